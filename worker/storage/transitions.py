"""Read items and write their transitions: the one place where the state of an item is written.

A transition compares before it sets: it names the state and the token that were read. A transaction in which a single item
has changed meanwhile is rolled back as a whole. Counters, events, hosts and outbox are written together with the states.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, bindparam, insert, literal_column, select, update

from worker.errors import Unavailable
from worker.storage import counters
from worker.storage.database import one_of
from worker.storage.hosts import look
from worker.storage.item_rules import Item, Transition
from worker.storage.tables import events, items, outbox
from worker.storage.values import TERMINAL, Event, State

WAITING = items.c.state == literal_column("'waiting'")
RUNNING = items.c.state == literal_column("'running'")
URGENT = items.c.lane == literal_column("0")
DEAD = items.c.state == literal_column("'dead'")
ENDED = items.c.state.in_([literal_column(f"'{state}'") for state in TERMINAL])
RARE = items.c.state.in_([literal_column("'duplicate'"), literal_column("'refused'")])
"""Written out, since neither database uses a partial index for a bound parameter."""

FIELDS = tuple(Item.__dataclass_fields__)
CHANGING = [name for name in FIELDS if name not in ("id", "kind", "url", "host", "lane", "depth")]
"""Columns that a transition may change; the others stay as they were accepted."""

_WRITE = (
    update(items)
    .where(items.c.id == bindparam("b_id"), items.c.state == bindparam("b_state"), items.c.token == bindparam("b_token"))
    .values({name: bindparam(name) for name in [*CHANGING, "changed_at"]})
)


_READ = select(*(items.c[name] for name in FIELDS))


def find(
    connection: Connection, *where: ColumnElement[bool], order_by: ColumnElement[float] | None = None, limit: int | None = None
) -> list[Item]:
    """The items that meet every condition."""
    rows = connection.execute(_READ.where(*where).order_by(order_by).limit(limit))
    named = (dict(zip(FIELDS, row, strict=True)) for row in rows)  # in half the time that Row._asdict takes
    return [Item(**{**values, "state": State(values["state"])}) for values in named]


def load(connection: Connection, ids: Collection[int]) -> dict[int, Item]:
    """Those of the items with these ids that exist, by id."""
    return {item.id: item for item in find(connection, one_of(items.c.id, ids))}


def apply(connection: Connection, made: Sequence[Transition], now: float) -> None:
    """Writes transitions, at most one an item, sorted by item, with everything that follows from them.

    Raises Unavailable where an item has changed since it was read.
    """
    if not made:
        return
    made = sorted(made, key=lambda transition: transition.before.id)
    done = connection.execute(_WRITE, [_parameters(transition, now) for transition in made])
    if done.rowcount != len(made):
        raise Unavailable(f"{len(made) - done.rowcount} items were changed by another process meanwhile; nothing was written, try again")
    record(connection, [(transition.after.id, event) for transition in made for event in transition.events])
    look(connection, [(one.after.host, one.after.due) for one in made if one.after.state == State.WAITING])
    published = [{"item_id": transition.after.id} for transition in made if transition.publish]
    if published:
        connection.execute(insert(outbox), published)
    counters.add(connection, counters.of_transitions(made))


def _parameters(transition: Transition, now: float) -> dict[str, object]:
    before, after = transition.before, transition.after
    values = {name: getattr(after, name) for name in CHANGING}
    return values | {"changed_at": now, "b_id": before.id, "b_state": before.state, "b_token": before.token}


def record(connection: Connection, happened: Iterable[tuple[int, Event]]) -> None:
    """Appends events, each with the id of its item."""
    rows = [
        {"item_id": item_id, "at": e.at, "stage": e.stage, "outcome": e.outcome, "reason": e.reason, "detail": e.detail, "ms": e.ms}
        for item_id, e in happened
    ]
    if rows:
        connection.execute(insert(events), rows)
