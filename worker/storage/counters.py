"""Running counters, moved in the transaction of what they count, and the same counted anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Connection, Select, bindparam, exists, func, literal_column, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from worker.storage.item_rules import Transition
from worker.storage.tables import STATES, articles, counters, items, receipts
from worker.storage.values import Balance

FEW = 50_000
"""Items up to which every row is counted at each question: under 100 ms."""

RECEIPTS, ARTICLES, REFETCHING, NAMING, FINISHED = "receipts", "articles", "refetching", "naming", "finished"


def add(connection: Connection, deltas: Counter[str]) -> None:
    """Moves the counters, in the order of their names."""
    rows = [{"name": name, "value": deltas[name]} for name in sorted(deltas) if deltas[name]]
    if not rows:
        return
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(counters)
    statement = insert.values(name=bindparam("name"), value=bindparam("value"))
    connection.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_={"value": counters.c.value + statement.excluded.value}), rows
    )


def of_moves(moves: Iterable[Transition]) -> Counter[str]:
    """What moves of items change: states and re-fetches of articles, names of originals, finished leases of any kind."""
    deltas: Counter[str] = Counter()
    for move in moves:
        deltas[FINISHED] += move.before.state == "running" and not move.after.open
        if move.before.kind == "article":
            deltas[move.before.state] -= 1
            deltas[move.after.state] += 1
            deltas[REFETCHING] += move.after.refetch - move.before.refetch
            deltas[NAMING] += (move.after.duplicate_of is not None) - (move.before.duplicate_of is not None)
    return deltas


def value(connection: Connection, name: str) -> int:
    """One counter."""
    return connection.execute(select(counters.c.value).where(counters.c.name == name)).scalar_one_or_none() or 0


def running_balance(connection: Connection) -> Balance:
    """The identity as the counters have it."""
    counted: dict[str, int] = {row.name: row.value for row in connection.execute(select(counters))}
    states = {state: counted.get(state, 0) for state in STATES}
    surplus = counted.get(ARTICLES, 0) - states["stored"] - counted.get(REFETCHING, 0)
    return Balance(
        accepted=counted.get(RECEIPTS, 0),
        states=states,
        articles=counted.get(ARTICLES, 0),
        stored_without_article=max(-surplus, 0),
        articles_without_item=max(surplus, 0),
        duplicates_of_nothing=abs(states["duplicate"] - counted.get(NAMING, 0)),
        counted=False,
    )


def counted_balance(connection: Connection) -> Balance:
    """The identity with every row counted anew."""

    def number(query: Select[int]) -> int:
        return connection.execute(query).scalar_one()

    is_article = items.c.kind == "article"
    rows = connection.execute(select(items.c.state, func.count()).where(is_article).group_by(items.c.state)).all()
    found: dict[str, int] = dict(rows)
    total = select(func.count())
    has_article = exists().where(articles.c.item_id == items.c.id)
    original = exists().where(articles.c.item_id == items.c.duplicate_of)
    keeps = exists().where(items.c.id == articles.c.item_id, or_(items.c.state == "stored", items.c.refetch))
    return Balance(
        accepted=number(total.select_from(receipts).where(receipts.c.kind == "article")),
        states={state: found.get(state, 0) for state in STATES},
        articles=number(total.select_from(articles)),
        stored_without_article=number(
            total.select_from(items).where(is_article, or_(items.c.state == "stored", items.c.refetch), ~has_article)
        ),
        articles_without_item=number(total.select_from(articles).where(~keeps)),
        duplicates_of_nothing=number(total.select_from(items).where(items.c.state == literal_column("'duplicate'"), ~original)),
        counted=True,
    )


def balance(connection: Connection) -> Balance:
    """Every row counted while they are few, else the running counters."""
    if value(connection, RECEIPTS) <= FEW:
        return counted_balance(connection)
    return running_balance(connection)
