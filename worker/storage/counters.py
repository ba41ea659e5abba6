"""Keep running counters, changed in the transaction of what they count, and count the same rows anew on demand.

Every count is over items of every kind: articles, feeds and sitemaps. A feed or a sitemap that was read is `stored`, and
has no row in `articles`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import ColumnElement, Connection, FromClause, exists, func, literal_column, or_, select, true

from worker.storage.database import insert_into
from worker.storage.item_rules import Item, Transition
from worker.storage.tables import articles, counters, items, receipts
from worker.storage.values import Balance, State

FEW = 50_000
"""Items up to which every row is counted at each question: under 100 ms."""

RECEIPTS, ARTICLES, FINISHED = "receipts", "articles", "finished"
EXPECTED = "articles-expected"
"""Items that must have an article: those of kind article that are stored, or stored and being fetched again."""
ENDED, AGAIN = "ended", "again"
"""Beginnings of counters that only grow: `ended.dead.http-404` is how many leases ended so, `again.timeout` how many will be tried
again. History and metrics are made of them, since the count of a state falls when a dead letter is sent again."""
EXPIRED = "expired"
"""Leases that ran out; only grows."""
NAMING = "naming"
"""Items that name the original that they copy: as many as are `duplicate`."""


def add(connection: Connection, deltas: Counter[str]) -> None:
    """Changes the counters, in the order of their names."""
    rows = [{"name": name, "value": deltas[name]} for name in sorted(deltas) if deltas[name]]
    if not rows:
        return
    statement = insert_into(connection, counters)
    total = counters.c.value + statement.excluded.value
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": total}), rows)


def of_transitions(made: Iterable[Transition]) -> Counter[str]:
    """What these transitions change: states, expected articles, named originals, finished leases."""
    deltas: Counter[str] = Counter()
    for before, after in ((transition.before, transition.after) for transition in made):
        deltas[before.state] -= 1
        deltas[after.state] += 1
        deltas[EXPECTED] += after.has_article - before.has_article
        deltas[NAMING] += (after.duplicate_of is not None) - (before.duplicate_of is not None)
        deltas[FINISHED] += before.state == State.RUNNING and not after.open
        if outcome := _outcome(before, after):
            deltas[outcome] += 1
    return deltas


def _outcome(before: Item, after: Item) -> str | None:
    """The counter of how an item that was under way, or waited, ended or will be tried again; None for any other change."""
    if before.open and not after.open:
        return ".".join([ENDED, after.state, *([after.reason] if after.reason else [])])
    retried = before.state == State.RUNNING and after.tries + after.strikes > before.tries + before.strikes
    waits_for_host = before.state == State.RUNNING and after.host_wait_since is not None
    return f"{AGAIN}.{after.reason}" if after.open and after.reason and (retried or waits_for_host) else None


def outcomes(connection: Connection) -> dict[str, int]:
    """Every counter of ENDED and AGAIN, by name."""
    names = or_(counters.c.name.startswith(f"{ENDED}."), counters.c.name.startswith(f"{AGAIN}."))
    return {row.name: row.value for row in connection.execute(select(counters).where(names))}


def value(connection: Connection, name: str) -> int:
    """One counter; 0 where it was never changed."""
    return connection.execute(select(counters.c.value).where(counters.c.name == name)).scalar_one_or_none() or 0


def running_balance(connection: Connection) -> Balance:
    """The balance by the running counters."""
    counted: dict[str, int] = {row.name: row.value for row in connection.execute(select(counters))}
    states = {state: counted.get(state, 0) for state in State}
    surplus = counted.get(ARTICLES, 0) - counted.get(EXPECTED, 0)
    return Balance(
        accepted=counted.get(RECEIPTS, 0),
        states=states,
        articles=counted.get(ARTICLES, 0),
        stored_without_article=max(-surplus, 0),
        articles_without_item=max(surplus, 0),
        duplicates_of_nothing=abs(states[State.DUPLICATE] - counted.get(NAMING, 0)),
        counted=False,
    )


def counted_balance(connection: Connection) -> Balance:
    """The balance with every row counted anew."""

    def number(table: FromClause, where: ColumnElement[bool]) -> int:
        return connection.execute(select(func.count()).select_from(table).where(where)).scalar_one()

    found: dict[str, int] = dict(connection.execute(select(items.c.state, func.count()).group_by(items.c.state)).all())
    expected = (items.c.kind == "article") & or_(items.c.state == State.STORED, items.c.refetch)
    has_article = exists().where(articles.c.item_id == items.c.id)
    original = exists().where(articles.c.item_id == items.c.duplicate_of)
    return Balance(
        accepted=number(receipts, true()),
        states={state: found.get(state, 0) for state in State},
        articles=number(articles, true()),
        stored_without_article=number(items, expected & ~has_article),
        articles_without_item=number(articles, ~exists().where(items.c.id == articles.c.item_id, expected)),
        duplicates_of_nothing=number(items, (items.c.state == literal_column("'duplicate'")) & ~original),
        counted=True,
    )


def checked_balance(connection: Connection) -> tuple[Balance, bool]:
    """The balance as `balance` has it, and whether the running counters say the same."""
    running = running_balance(connection)
    if running.accepted > FEW:
        return running, True
    counted = counted_balance(connection)
    return counted, replace(running, counted=True) == counted


def balance(connection: Connection) -> Balance:
    """Every row counted while they are few, else the running counters."""
    if value(connection, RECEIPTS) <= FEW:
        return counted_balance(connection)
    return running_balance(connection)
