"""Pause and resume stages, and list what is paused."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from worker.storage.tables import controls, hosts
from worker.storage.values import Paused


def paused(connection: Connection) -> Paused:
    """The stages and hosts that are paused."""
    stages = connection.execute(select(controls.c.stage)).scalars()
    names = connection.execute(select(hosts.c.host).where(hosts.c.paused).order_by(hosts.c.host)).scalars()
    return Paused(frozenset(stages), tuple(names))


def stages(connection: Connection) -> frozenset[str]:
    """The paused stages alone, which every process asks for again and again."""
    return frozenset(connection.execute(select(controls.c.stage)).scalars())


def pause(connection: Connection, stage: str, now: float) -> None:
    """Pauses a stage; one that is paused already keeps the time since when it is."""
    if stage not in stages(connection):
        connection.execute(insert(controls).values(stage=stage, paused_at=now))


def resume(connection: Connection, stage: str) -> None:
    """Resumes a stage."""
    connection.execute(delete(controls).where(controls.c.stage == stage))
