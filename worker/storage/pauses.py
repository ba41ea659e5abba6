"""Pause and resume stages, and list what is paused."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from worker.storage.tables import controls, hosts
from worker.storage.values import Paused


@dataclass(frozen=True, slots=True)
class Pause:
    """A stage or a host that is paused; the time is in seconds since 1970."""

    what: str
    since: float | None
    """None for a pause of an earlier version."""
    who: str | None
    note: str | None
    """Why, as the person put it."""


def paused(connection: Connection) -> Paused:
    """The stages and hosts that are paused."""
    stages = connection.execute(select(controls.c.stage)).scalars()
    names = connection.execute(select(hosts.c.host).where(hosts.c.paused).order_by(hosts.c.host)).scalars()
    return Paused(frozenset(stages), tuple(names))


def stages(connection: Connection) -> frozenset[str]:
    """The paused stages alone, which every process asks for again and again."""
    return frozenset(connection.execute(select(controls.c.stage)).scalars())


def stage_pauses(connection: Connection) -> list[Pause]:
    """Which stages are paused, since when, by whom, and why."""
    rows = connection.execute(select(controls.c.stage, controls.c.paused_at, controls.c.paused_by, controls.c.paused_note))
    return [Pause(*row) for row in rows]


def pause(connection: Connection, stage: str, now: float, who: str | None, note: str | None) -> None:
    """Pauses a stage; one that is paused already keeps who paused it, when and why."""
    if stage not in stages(connection):
        connection.execute(insert(controls).values(stage=stage, paused_at=now, paused_by=who, paused_note=note))


def resume(connection: Connection, stage: str) -> None:
    """Resumes a stage."""
    connection.execute(delete(controls).where(controls.c.stage == stage))
