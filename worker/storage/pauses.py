"""What an operator has stopped: stages and hosts, until they are let go on."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from worker.storage.tables import controls, hosts
from worker.storage.values import Paused


def paused(connection: Connection) -> Paused:
    """The stages and hosts that are stopped."""
    stages = connection.execute(select(controls.c.stage)).scalars()
    stopped = connection.execute(select(hosts.c.host).where(hosts.c.paused).order_by(hosts.c.host)).scalars()
    return Paused(frozenset(stages), tuple(stopped))


def stages(connection: Connection) -> frozenset[str]:
    """The stages alone, for those who ask at every turn."""
    return frozenset(connection.execute(select(controls.c.stage)).scalars())


def pause(connection: Connection, stage: str, now: float) -> None:
    """Stops a stage; stopped already, it keeps the time when it was."""
    if stage not in stages(connection):
        connection.execute(insert(controls).values(stage=stage, paused_at=now))


def resume(connection: Connection, stage: str) -> None:
    """Lets a stage go on."""
    connection.execute(delete(controls).where(controls.c.stage == stage))
