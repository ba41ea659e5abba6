"""Who leads, and the engine's clock: one row, and a term that fences whoever led before."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, select, update

from worker.errors import PressmarkError
from worker.storage.tables import engine_state
from worker.storage.values import Leadership

TICK = 1.0
"""Seconds that one beat moves the clock at most: a suspended machine, a stopped process or a long outage is one second."""
CATCH_UP = 2.0
"""How many times faster than time the low mark follows once a queue moves again; while it does, a lease that waited for long
still has its seconds for the next message about it to be read."""


class LeadLost(PressmarkError):
    """Another dispatcher leads."""


def read(connection: Connection) -> Leadership:
    """The row as it stands."""
    c = engine_state.c
    return Leadership(*connection.execute(select(c.term, c.beat, c.leader, c.ticks, c.low_mark, c.epoch)).one())


def take(connection: Connection, seen: Leadership, leader: str) -> Leadership | None:
    """The next term, unless somebody beat or led since `seen`."""
    stands = read(connection)
    if (stands.term, stands.beat) != (seen.term, seen.beat):
        return None
    return _write(connection, replace(stands, term=stands.term + 1, beat=0, leader=leader))


def require(connection: Connection, lead: Leadership) -> Leadership:
    """The row, if this leader still leads; raises LeadLost. Writers queue, so it holds until the transaction ends."""
    stands = read(connection)
    if stands.term != lead.term:
        raise LeadLost(f"{stands.leader} leads since term {stands.term}")
    return stands


def beat(connection: Connection, lead: Leadership, elapsed: float, oldest_age: float) -> Leadership:
    """One sign of life."""
    return _write(connection, advanced(require(connection, lead), elapsed, oldest_age))


def advanced(lead: Leadership, elapsed: float, oldest_age: float) -> Leadership:
    """The clock after `elapsed` seconds, while the oldest entry in any queue has waited for `oldest_age`.

    The low mark never passes the time when that entry was sent, so nothing runs out that may still lie in a queue.
    """
    passed = min(max(elapsed, 0.0), TICK)
    ticks = lead.ticks + passed
    low_mark = min(lead.low_mark + CATCH_UP * passed, ticks - max(oldest_age, 0.0))
    return replace(lead, beat=lead.beat + 1, ticks=ticks, low_mark=max(low_mark, lead.low_mark))


def resign(connection: Connection, lead: Leadership) -> None:
    """Leaves the place free for the next."""
    _write(connection, replace(require(connection, lead), leader=None))


def set_epoch(connection: Connection, lead: Leadership, epoch: str) -> None:
    """Notes the mark that Redis will carry."""
    _write(connection, replace(require(connection, lead), epoch=epoch))


def _write(connection: Connection, lead: Leadership) -> Leadership:
    values = {name: getattr(lead, name) for name in Leadership.__dataclass_fields__}
    connection.execute(update(engine_state).values(values))
    return lead
