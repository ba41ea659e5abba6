"""Plan when stored articles are looked at again, send those that are due, and judge what came of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, bindparam, insert, select, update

from worker.messages import Extracted, Failed, Outcome
from worker.reasons import Reason
from worker.storage import transitions
from worker.storage.database import insert_into, one_of, reading
from worker.storage.item_rules import Item, ItemRules, one_line
from worker.storage.revisions.versions import Stored
from worker.storage.tables import LANES, items, rechecks
from worker.storage.values import Stage, State

AT_ONCE = 200
"""Articles sent in one transaction, which takes some ten milliseconds."""
SHRUNK = 4
"""Part of its text under which a page counts as a wall or an excerpt: corrections and withdrawals by an editor leave more, or say so."""
GONE = (Reason.HTTP_404.word, Reason.HTTP_410.word)


@dataclass(frozen=True, slots=True)
class Recheck:
    """When an article is looked at again, and what came of the last time; times in seconds since 1970."""

    due: float | None
    at: float | None
    outcome: str | None
    """`unchanged`, `revised`, `gone`, or `kept`: the stored article stays, for this reason."""
    reason: str | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why what a page shows now does not replace the article."""

    outcome: str
    reason: str | None = None
    detail: str | None = None


def verdict(stored: Stored | None, found: Extracted, original: int | None) -> Verdict | None:
    """None where the page shows a new version of the article; `original` is another item that has exactly this text."""
    if stored is None:
        return None
    if found.content_sha256 == stored.content_sha256 and found.article.title in (stored.title, None):
        return Verdict("unchanged", Reason.NOT_MODIFIED.word)
    if original is not None:
        return Verdict("kept", Reason.DUPLICATE.word, f"the page shows the text of item {original} now")
    length = len(found.article.text)
    if length * SHRUNK < stored.length:
        return Verdict("kept", None, f"the page shows {length} characters of {stored.length} now: a wall or an excerpt")
    return None


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


def judged(item: Item, outcome: Outcome) -> Verdict:
    """What came of a recheck whose outcome brought no article."""
    if isinstance(outcome, Failed):
        return Verdict("gone" if outcome.reason in GONE else "kept", outcome.reason, one_line(outcome.detail) or None)
    return Verdict("kept", item.reason, item.detail)


def note(connection: Connection, ended: Iterable[tuple[int, Verdict]], now: float) -> None:
    """Notes what came of rechecks, by item."""
    known = dict(ended)
    if not known:
        return
    planned = set(connection.execute(select(rechecks.c.item_id).where(one_of(rechecks.c.item_id, known))).scalars())
    for item_id, said in known.items():
        values = {"at": now, "outcome": said.outcome, "reason": said.reason, "detail": said.detail}
        if item_id in planned:
            connection.execute(update(rechecks).where(rechecks.c.item_id == item_id).values(**values))
        else:
            connection.execute(insert(rechecks).values(item_id=item_id, since=now, due=None, **values))


def last(engine: Engine, item_id: int) -> Recheck | None:
    """What is planned and known of an article's rechecks; None: nothing. Raises Unavailable."""
    columns = [rechecks.c[name] for name in Recheck.__dataclass_fields__]
    with reading(engine) as connection:
        row = connection.execute(select(*columns).where(rechecks.c.item_id == item_id)).one_or_none()
        return None if row is None else Recheck(*row)
