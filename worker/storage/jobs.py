"""Open, find and stop jobs, which are named sets of items, and count how far each is."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import count as count_from
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Select, func, insert, select, update

from worker.errors import NotFound
from worker.storage.database import one_of
from worker.storage.tables import items, job_items, jobs
from worker.storage.values import Job, Progress, State


def open_job(connection: Connection, name: str | None, now: float, zone: str = "UTC") -> Job:
    """The job with this name, made where there is none; without a name, a new one with the day in `zone` and a number, `2024-03-22-1`."""
    name = name or _free_name(connection, f"{datetime.fromtimestamp(now, ZoneInfo(zone)):%Y-%m-%d}")
    found = _select_one(connection, jobs.c.name == name)
    if found is not None:
        return found
    number = (connection.execute(select(func.max(jobs.c.id))).scalar() or 0) + 1
    connection.execute(insert(jobs).values(id=number, name=name, created_at=now))
    return Job(number, name, now)


def open_jobs(connection: Connection, names: Collection[str], now: float) -> dict[str, Job]:
    """The jobs with these names, by name, made where there are none."""
    if not names:
        return {}
    fields = [jobs.c[name] for name in Job.__dataclass_fields__]
    found = {row.name: Job(**row._asdict()) for row in connection.execute(select(*fields).where(jobs.c.name.in_(list(names))))}
    first = (connection.execute(select(func.max(jobs.c.id))).scalar() or 0) + 1
    made = [Job(number, name, now) for number, name in enumerate((name for name in dict.fromkeys(names) if name not in found), first)]
    if made:
        connection.execute(insert(jobs), [{"id": job.id, "name": job.name, "created_at": now} for job in made])
    return found | {job.name: job for job in made}


def _free_name(connection: Connection, day: str) -> str:
    """One that no job has; writers queue, so that it stays free until it is taken."""
    taken = set(connection.execute(select(jobs.c.name).where(jobs.c.name.startswith(f"{day}-", autoescape=True))).scalars())
    return next(name for number in count_from(1) if (name := f"{day}-{number}") not in taken)


def _select_one(connection: Connection, where: ColumnElement[bool]) -> Job | None:
    row = connection.execute(select(*(jobs.c[name] for name in Job.__dataclass_fields__)).where(where)).one_or_none()
    return None if row is None else Job(**row._asdict())


def find(connection: Connection, name: str) -> Job:
    """The job with this name, else with this number; raises NotFound."""
    found = _select_one(connection, jobs.c.name == name)
    if found is None and name.isdecimal() and len(name) < 19:
        found = _select_one(connection, jobs.c.id == int(name))
    if found is None:
        raise NotFound(f"expected the name or number of a job, got {name[:80]!r}; `pressmark jobs` lists them")
    return found


def count(connection: Connection, job_ids: Iterable[int], *, refused: int = 0, known: int = 0) -> None:
    """Adds to the URLs of these jobs that were refused at intake, or known already."""
    if refused or known:
        statement = update(jobs).where(jobs.c.id.in_(list(job_ids)))
        connection.execute(statement.values(refused=jobs.c.refused + refused, known=jobs.c.known + known))


def progress(connection: Connection, job_id: int) -> Progress:
    """How many of its items, of every kind, are in each state."""
    row = connection.execute(select(jobs).where(jobs.c.id == job_id)).one()
    joined = job_items.join(items, items.c.id == job_items.c.item_id)
    counted = connection.execute(
        select(items.c.state, func.count()).select_from(joined).where(job_items.c.job_id == job_id).group_by(items.c.state)
    )
    states = dict.fromkeys(State, 0) | dict(counted.all())
    return Progress(Job(row.id, row.name, row.created_at, row.stopped_at), states, row.refused, row.known)


def all_ids(connection: Connection) -> list[int]:
    """The ids of all jobs, newest first."""
    return list(connection.execute(select(jobs.c.id).order_by(jobs.c.id.desc())).scalars())


def stop(connection: Connection, job_id: int, now: float) -> None:
    """Writes when the job was stopped, unless it was stopped before."""
    connection.execute(update(jobs).where(jobs.c.id == job_id, jobs.c.stopped_at.is_(None)).values(stopped_at=now))


def waiting_in_no_other(connection: Connection, job_id: int, limit: int) -> list[int]:
    """Up to `limit` items of this job that still wait and that no other job has."""
    return list(connection.execute(_waiting_in_no_other(job_id, items.c.id).limit(limit)).scalars())


def mark_of_waiting(connection: Connection, job_id: int) -> tuple[int, int]:
    """How many those are, and the sum of their numbers, which differs where the items do."""
    count, ids = connection.execute(_waiting_in_no_other(job_id, func.count(), func.coalesce(func.sum(items.c.id), 0))).one()
    return int(count), int(ids)


def _waiting_in_no_other(job_id: int, *columns: ColumnElement[int]) -> Select[*tuple[int, ...]]:
    other = job_items.alias()
    shared = select(other.c.item_id).where(other.c.item_id == job_items.c.item_id, other.c.job_id != job_id).exists()
    joined = job_items.join(items, items.c.id == job_items.c.item_id)
    return select(*columns).select_from(joined).where(job_items.c.job_id == job_id, items.c.state == State.WAITING, ~shared)


def of_items(connection: Connection, item_ids: Iterable[int]) -> dict[int, list[int]]:
    """The ids of the jobs of each of these items, sorted."""
    found: dict[int, list[int]] = {}
    query = select(job_items.c.item_id, job_items.c.job_id).where(one_of(job_items.c.item_id, item_ids))
    for item_id, job_id in connection.execute(query.order_by(job_items.c.item_id, job_items.c.job_id)):
        found.setdefault(item_id, []).append(job_id)
    return found
