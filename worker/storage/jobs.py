"""Jobs: named sets of items, and how far each has come."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from worker.errors import UsageError
from worker.storage.database import one_of
from worker.storage.tables import STATES, items, job_items, jobs
from worker.storage.values import Job, Progress


def open_job(connection: Connection, name: str | None, now: float) -> Job:
    """The job with this name, made where needed; without one a new job, named by the time."""
    name = name or f"{datetime.fromtimestamp(now, UTC):%Y-%m-%dT%H:%M:%SZ}-{secrets.token_hex(3)}"
    found = connection.execute(select(jobs).where(jobs.c.name == name)).one_or_none()
    if found is not None:
        return _job(found)
    number = (connection.execute(select(func.max(jobs.c.id))).scalar() or 0) + 1
    connection.execute(insert(jobs).values(id=number, name=name, created_at=now))
    return Job(number, name, now)


def _job(row: Row[Any]) -> Job:
    return Job(row.id, row.name, row.created_at, row.stopped_at)


def find(connection: Connection, name: str) -> Job:
    """The job with this name, else with this number; raises UsageError."""
    row = connection.execute(select(jobs).where(jobs.c.name == name)).one_or_none()
    if row is None and name.isdecimal() and len(name) < 19:
        row = connection.execute(select(jobs).where(jobs.c.id == int(name))).one_or_none()
    if row is None:
        raise UsageError(f"expected the name or number of a job, came {name[:80]!r}; `pressmark jobs` lists them")
    return _job(row)


def count(connection: Connection, job_ids: Iterable[int], *, refused: int = 0, known: int = 0) -> None:
    """Adds to what a job had turned away at the door, or knew already."""
    if refused or known:
        statement = update(jobs).where(jobs.c.id.in_(list(job_ids)))
        connection.execute(statement.values(refused=jobs.c.refused + refused, known=jobs.c.known + known))


def progress(connection: Connection, job_id: int) -> Progress:
    """The states of its items, of every kind."""
    row = connection.execute(select(jobs).where(jobs.c.id == job_id)).one()
    joined = job_items.join(items, items.c.id == job_items.c.item_id)
    counted = connection.execute(
        select(items.c.state, func.count()).select_from(joined).where(job_items.c.job_id == job_id).group_by(items.c.state)
    )
    states = dict.fromkeys(STATES, 0) | dict(counted.all())
    return Progress(_job(row), states, row.refused, row.known)


def all_ids(connection: Connection) -> list[int]:
    """Newest first."""
    return list(connection.execute(select(jobs.c.id).order_by(jobs.c.id.desc())).scalars())


def stop(connection: Connection, job_id: int, now: float) -> None:
    """Notes that the job was stopped."""
    connection.execute(update(jobs).where(jobs.c.id == job_id, jobs.c.stopped_at.is_(None)).values(stopped_at=now))


def waiting_in_no_other(connection: Connection, job_id: int, limit: int) -> list[int]:
    """Items of this job that still wait and that no other job has."""
    other = job_items.alias()
    shared = select(other.c.item_id).where(other.c.item_id == job_items.c.item_id, other.c.job_id != job_id).exists()
    joined = job_items.join(items, items.c.id == job_items.c.item_id)
    query = select(items.c.id).select_from(joined).where(job_items.c.job_id == job_id, items.c.state == "waiting", ~shared)
    return list(connection.execute(query.limit(limit)).scalars())


def of_items(connection: Connection, item_ids: Iterable[int]) -> dict[int, list[int]]:
    """The jobs of each of these items, sorted."""
    found: dict[int, list[int]] = {}
    query = select(job_items.c.item_id, job_items.c.job_id).where(one_of(job_items.c.item_id, item_ids))
    for item_id, job_id in connection.execute(query.order_by(job_items.c.item_id, job_items.c.job_id)):
        found.setdefault(item_id, []).append(job_id)
    return found
