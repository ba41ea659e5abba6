"""Plan when stored articles are looked at again, send those that are due, and keep what came of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, bindparam, select, update

from worker.storage import transitions
from worker.storage.database import insert_into, one_of, reading
from worker.storage.item_rules import ItemRules
from worker.storage.tables import LANES, items, rechecks
from worker.storage.values import Stage, State

AT_ONCE = 200
"""Articles sent in one transaction, which takes some ten milliseconds."""


@dataclass(frozen=True, slots=True)
class Recheck:
    """When an article is looked at again, and what came of the last time; times in seconds since 1970."""

    due: float | None
    at: float | None
    outcome: str | None
    """`unchanged`, `revised`, `gone`, or `kept`: the stored article stays, for this reason."""
    reason: str | None
    detail: str | None


def schedule(connection: Connection, item_ids: Collection[int], rules: ItemRules) -> None:
    """Plans the rechecks of articles that were stored just now; those that are planned already stay so."""
    if rules.settings.recheck_after and item_ids:
        common = {"since": rules.now, "due": rules.now + rules.settings.recheck_after[0]}
        rows = [{"item_id": item_id, **common} for item_id in sorted(item_ids)]
        connection.execute(insert_into(connection, rechecks).on_conflict_do_nothing(), rows)


def any_due(connection: Connection, now: float) -> bool:
    """Whether an article is due; one look into an index."""
    return connection.execute(select(rechecks.c.item_id).where(rechecks.c.due <= now).limit(1)).first() is not None


def send_due(connection: Connection, rules: ItemRules) -> int:
    """Sends up to AT_ONCE articles that are due; what was missed meanwhile is not made up for."""
    rows = connection.execute(
        select(rechecks.c.item_id, rechecks.c.since).where(rechecks.c.due <= rules.now).order_by(rechecks.c.due).limit(AT_ONCE)
    ).all()
    later = [{"b_id": item_id, "b_due": _next(since, rules)} for item_id, since in rows]
    if later:
        connection.execute(update(rechecks).where(rechecks.c.item_id == bindparam("b_id")).values(due=bindparam("b_due")), later)
    return send(connection, [row.item_id for row in rows], rules, Stage.DISPATCH)


def _next(since: float, rules: ItemRules) -> float | None:
    return next((since + after for after in rules.settings.recheck_after if since + after > rules.now), None)


def send(connection: Connection, item_ids: Sequence[int], rules: ItemRules, stage: Stage) -> int:
    """Fetches these articles again, after everything else that their hosts have; returns how many are stored and not under way."""
    found = transitions.load(connection, item_ids).values() if item_ids else []
    stored = [item for item in found if item.state == State.STORED and item.kind == "article"]
    if stored:
        last = {"lane": LANES.index("bulk")}
        connection.execute(update(items).where(one_of(items.c.id, [item.id for item in stored])).values(last))
    transitions.apply(connection, [rules.requeued(item, stage, recheck=True) for item in stored], rules.now)
    return len(stored)


def last(engine: Engine, item_id: int) -> Recheck | None:
    """What is planned and known of an article's rechecks; None: nothing. Raises Unavailable."""
    columns = [rechecks.c[name] for name in Recheck.__dataclass_fields__]
    with reading(engine) as connection:
        row = connection.execute(select(*columns).where(rechecks.c.item_id == item_id)).one_or_none()
        return None if row is None else Recheck(*row)
