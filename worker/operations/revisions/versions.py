"""Show the earlier versions of an article, and how each differs from the next, as plain lines of a diff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import unified_diff

from worker.bootstrap import Services
from worker.errors import NotFound
from worker.operations.document import Document
from worker.operations.times import rfc3339
from worker.results import Flip, Result
from worker.storage.revisions import rechecks, versions
from worker.storage.revisions.versions import Version

CONTEXT = 1
"""Paragraphs around a change: enough to find the place."""
LONGEST = 4000
"""Lines of a text that are compared: difflib's time grows with their square, and hostile pages have hundreds of thousands."""


@dataclass(frozen=True, slots=True)
class Revision(Document):
    """An earlier version of an article, with the labels that counted then."""

    number: int
    """1 is the first that was stored."""
    fetched_at: str
    replaced_at: str
    """When a newer version took its place: RFC 3339, UTC."""
    title: str | None
    authors: tuple[str, ...]
    published_at: str | None
    published_on: str | None
    modified_at: str | None
    content_sha256: str
    topics: tuple[dict[str, object], ...]
    primary_topic: str | None
    source_type: dict[str, object] | None
    labelled_by: str | None
    model_id: str | None
    flips: tuple[Flip, ...]
    """The labels that changed when it was replaced."""
    diff: tuple[str, ...]
    """Title and paragraphs, from this version to the next one: lines that begin with `-`, `+` or a blank."""
    text: str | None = None
    """None in a list."""


@dataclass(frozen=True, slots=True)
class LastRecheck(Document):
    """When an article is looked at again, and what came of the last time; times in RFC 3339, UTC."""

    at: str | None
    outcome: str | None
    """`unchanged`, `revised`, `gone`, or `kept`: the page shows something else, and the stored article stays."""
    reason: str | None
    detail: str | None
    next_at: str | None
    """None: not by itself."""


def of(services: Services, item_id: int, article: Result | None) -> list[Revision]:
    """The earlier versions of an article that is stored as `article` now, the first one first. Raises Unavailable."""
    found = versions.of(services.engine, item_id)
    texts = [*((one.title, one.text) for one in found), (article.title, article.text or "") if article else (None, "")]
    return [_revision(one, difference(texts[at], texts[at + 1])) for at, one in enumerate(found)]


def one(services: Services, item_id: int, number: int, article: Result | None) -> Revision:
    """One of them with its text; raises NotFound."""
    found = versions.of(services.engine, item_id)
    if not 0 < number <= len(found):
        has = f"one of 1 to {len(found)}" if found else "none, since the article has no earlier version"
        raise NotFound(f"revision: expected {has}, got {number}")
    listed = of(services, item_id, article)[number - 1]
    return replace(listed, text=found[number - 1].text)


def last(services: Services, item_id: int) -> LastRecheck | None:
    """What is planned and known of an article's rechecks; None: nothing. Raises Unavailable."""
    found = rechecks.last(services.engine, item_id)
    return None if found is None else LastRecheck(rfc3339(found.at), found.outcome, found.reason, found.detail, rfc3339(found.due))


def difference(before: tuple[str | None, str], after: tuple[str | None, str]) -> list[str]:
    """Plain lines of a unified diff of title and paragraphs, without its two lines of file names."""
    old, new = _lines(before), _lines(after)
    return list(unified_diff(old, new, lineterm="", n=CONTEXT))[2:]


def _lines(version: tuple[str | None, str]) -> Sequence[str]:
    title, text = version
    return [title or "", *(line for line in text.split("\n") if line)][:LONGEST]


def _revision(row: Version, diff: list[str]) -> Revision:
    return Revision(
        *(row.number, row.fetched_at, rfc3339(row.replaced_at), row.title, tuple(row.authors), row.published_at, row.published_on),
        *(row.modified_at, row.content_sha256, tuple(map(dict, row.topics)), row.primary_topic),
        *(dict(row.source_type) if row.source_type else None, row.labelled_by, row.model_id),
        *(tuple(Flip(**flip) for flip in row.flips), tuple(diff)),
    )
