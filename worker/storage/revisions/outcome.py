"""Judge what came of looking at a stored article again, and note it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from worker.messages import Extracted, Failed, Outcome
from worker.reasons import Reason
from worker.storage.database import one_of
from worker.storage.item_rules import Item, one_line
from worker.storage.revisions.versions import Stored
from worker.storage.tables import rechecks

SHRUNK = 4
"""Part of its text under which a page counts as a wall or an excerpt: corrections and withdrawals by an editor leave more, or say so."""
GONE = (Reason.HTTP_404.word, Reason.HTTP_410.word)


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
