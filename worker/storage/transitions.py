"""Items read and moved: the one place where the state of an item is written.

A move compares before it sets: it names the state and the token that it found, and a transaction in which a single
item has moved meanwhile is given up as a whole. With the states go counters, events, hosts and outbox.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, cast

from sqlalchemy import Connection, Row, bindparam, insert, literal_column, select, update

from worker.errors import Unavailable
from worker.storage import counters
from worker.storage.database import one_of
from worker.storage.hosts import look
from worker.storage.item_rules import Item, Transition
from worker.storage.tables import events, items, outbox
from worker.storage.values import Event

WAITING = items.c.state == literal_column("'waiting'")
RUNNING = items.c.state == literal_column("'running'")
URGENT = items.c.lane == literal_column("0")
DEAD = items.c.state == literal_column("'dead'")
"""Written out, for neither database uses a partial index for a bound parameter."""

CHANGING = [name for name in Item.__dataclass_fields__ if name not in ("id", "kind", "url", "host", "lane", "depth")]
"""What a move may change; the rest of an item stays as it was accepted."""
COLUMNS = [items.c[name] for name in Item.__dataclass_fields__]

_MOVE = (
    update(items)
    .where(items.c.id == bindparam("b_id"), items.c.state == bindparam("b_state"), items.c.token == bindparam("b_token"))
    .values({name: bindparam(name) for name in [*CHANGING, "changed_at"]})
)


def item_of(row: Row[Any]) -> Item:
    """The row of COLUMNS as a value."""
    return Item(*cast("tuple[Any, ...]", row))


def load(connection: Connection, ids: Collection[int]) -> dict[int, Item]:
    """The items with these ids, as far as they exist."""
    rows = connection.execute(select(*COLUMNS).where(one_of(items.c.id, ids)))
    return {row.id: item_of(row) for row in rows}


def apply(connection: Connection, moves: Sequence[Transition], now: float) -> None:
    """Writes the moves, sorted by item, with all that follows from them. One move an item."""
    if not moves:
        return
    moves = sorted(moves, key=lambda move: move.before.id)
    done = connection.execute(_MOVE, [_parameters(move, now) for move in moves])
    if done.rowcount != len(moves):
        raise Unavailable(f"{len(moves) - done.rowcount} items moved while they were being moved; nothing was changed, try again")
    record(connection, [(move.after.id, event) for move in moves for event in move.events])
    look(connection, [(move.after.host, move.after.due) for move in moves if move.after.state == "waiting"])
    published = [{"item_id": move.after.id} for move in moves if move.publish]
    if published:
        connection.execute(insert(outbox), published)
    counters.add(connection, counters.of_transitions(moves))


def _parameters(move: Transition, now: float) -> dict[str, Any]:
    values = {name: getattr(move.after, name) for name in CHANGING}
    return values | {"changed_at": now, "b_id": move.before.id, "b_state": move.before.state, "b_token": move.before.token}


def record(connection: Connection, happened: Iterable[tuple[int, Event]]) -> None:
    """Appends events."""
    rows = [
        {"item_id": item_id, "at": e.at, "stage": e.stage, "outcome": e.outcome, "reason": e.reason, "detail": e.detail, "ms": e.ms}
        for item_id, e in happened
    ]
    if rows:
        connection.execute(insert(events), rows)
