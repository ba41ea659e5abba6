"""Elect the leading dispatcher and advance the engine's clock: one row, with a term that fences earlier leaders."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, select, update

from worker.errors import PressmarkError
from worker.storage.tables import engine_state
from worker.storage.values import Leadership

TICK = 1.0
"""Seconds by which one beat advances the clock at most: a suspended machine or a long outage counts as one second."""
CATCH_UP = 2.0
"""How many times faster than the clock the low mark advances once a queue is read again. Meanwhile a lease that has waited for long
still has some seconds in which the next message about it can be read."""


class LeadLost(PressmarkError):
    """Another dispatcher leads."""


def read(connection: Connection) -> Leadership:
    """The row as it is now."""
    row = connection.execute(select(*(engine_state.c[name] for name in Leadership.__dataclass_fields__))).one()
    return Leadership(**row._asdict())


def take(connection: Connection, seen: Leadership, leader: str) -> Leadership | None:
    """Begins the next term with this leader; None where another one led, or showed life, since `seen`."""
    current = read(connection)
    if (current.term, current.beat) != (seen.term, seen.beat):
        return None
    return _write(connection, replace(current, term=current.term + 1, beat=0, leader=leader))


def require(connection: Connection, lead: Leadership) -> Leadership:
    """The row, if this leader still leads, else raises LeadLost. Since writers queue, it holds until the transaction ends."""
    current = read(connection)
    if current.term != lead.term:
        raise LeadLost(f"{current.leader} leads since term {current.term}")
    return current


def beat(connection: Connection, lead: Leadership, elapsed: float, oldest_age: float) -> Leadership:
    """Shows life and advances the clock; see `advanced`."""
    return _write(connection, advanced(require(connection, lead), elapsed, oldest_age))


def advanced(lead: Leadership, elapsed: float, oldest_age: float) -> Leadership:
    """The lead after `elapsed` seconds, while the oldest entry in any queue has waited for `oldest_age` seconds.

    The low mark never passes the time when that entry was sent, so that no lease expires whose message may still be in a queue.
    """
    passed = min(max(elapsed, 0.0), TICK)
    ticks = lead.ticks + passed
    low_mark = min(lead.low_mark + CATCH_UP * passed, ticks - max(oldest_age, 0.0))
    return replace(lead, beat=lead.beat + 1, ticks=ticks, low_mark=max(low_mark, lead.low_mark))


def resign(connection: Connection, lead: Leadership) -> None:
    """Gives the lead up, so that the next leader need not wait."""
    _write(connection, replace(require(connection, lead), leader=None))


def set_epoch(connection: Connection, lead: Leadership, epoch: str) -> None:
    """Writes the mark that Redis must carry."""
    _write(connection, replace(require(connection, lead), epoch=epoch))


def _write(connection: Connection, lead: Leadership) -> Leadership:
    values = {name: getattr(lead, name) for name in Leadership.__dataclass_fields__}
    connection.execute(update(engine_state).values(values))
    return lead
