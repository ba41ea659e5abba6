"""Keep the earlier versions of an article within the keeper's transaction, and read them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, Engine, func, insert, select, update

from classifier.labels import source_type_from_dict
from worker.results import Flip, RevisionSummary, rfc3339
from worker.storage.database import one_of, reading
from worker.storage.tables import articles, labels, revisions, topics

SAID = ("title", "text", "authors", "published_at", "published_on", "modified_at", "fetched_at", "content_sha256")
"""Columns of an article that a revision keeps."""
LABELLED = ("primary_topic", "source_type", "labelled_by", "model_id", "model_sha256")

Decisions = dict[str, str]
"""The labels that count, by topic, and the source type as `source_type`."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored article as a page that was fetched again is compared with it."""

    content_sha256: str
    title: str | None
    length: int
    """Characters."""


@dataclass(frozen=True, slots=True)
class Version:
    """An earlier version of an article; `number` begins with 1."""

    number: int
    replaced_at: float
    fetched_at: str
    content_sha256: str
    title: str | None
    text: str
    authors: Sequence[str]
    published_at: str | None
    published_on: str | None
    modified_at: str | None
    topics: Sequence[Mapping[str, object]]
    primary_topic: str | None
    source_type: Mapping[str, object] | None
    labelled_by: str | None
    model_id: str | None
    model_sha256: str | None
    flips: Sequence[Mapping[str, str]]


def stored(connection: Connection, item_ids: Collection[int]) -> dict[int, Stored]:
    """What is stored of these items, by item."""
    c = articles.c
    query = select(c.item_id, c.content_sha256, c.title, func.length(c.text)).where(one_of(c.item_id, item_ids))
    return {item_id: Stored(*row) for item_id, *row in connection.execute(query)} if item_ids else {}


def keep(connection: Connection, item_ids: Collection[int], now: float) -> dict[int, Decisions]:
    """Writes what these articles are as revisions, before they are replaced; returns the labels that count until then, by item."""
    if not item_ids:
        return {}
    c = revisions.c
    last = select(c.item_id, func.max(c.number)).where(one_of(c.item_id, item_ids)).group_by(c.item_id)
    numbers: dict[int, int] = dict(connection.execute(last).all())
    marks: dict[int, list[dict[str, object]]] = {}
    named = ("label", "probability", "threshold", "decision")
    query = select(topics.c.item_id, *(topics.c[name] for name in named)).where(one_of(topics.c.item_id, item_ids))
    for item_id, *mark in connection.execute(query.order_by(topics.c.item_id, topics.c.place)):
        marks.setdefault(item_id, []).append(dict(zip(named, mark, strict=True)))
    columns = [*(articles.c[name] for name in SAID), *(labels.c[name] for name in LABELLED)]
    rows = select(articles.c.item_id, *columns).outerjoin(labels, labels.c.item_id == articles.c.item_id)
    kept = []
    for item_id, *values in connection.execute(rows.where(one_of(articles.c.item_id, item_ids))):
        numbered = {"item_id": item_id, "number": numbers.get(item_id, 0) + 1, "replaced_at": now}
        kept.append({**numbered, **dict(zip(SAID + LABELLED, values, strict=True)), "topics": marks.get(item_id, []), "flips": []})
    before = decisions(connection, item_ids)
    connection.execute(insert(revisions), kept)
    return before


def decisions(connection: Connection, item_ids: Collection[int]) -> dict[int, Decisions]:
    """The labels that count for these articles now, by item."""
    found: dict[int, Decisions] = {item_id: {} for item_id in item_ids}
    of_topics = select(topics.c.item_id, topics.c.label, topics.c.decision).where(one_of(topics.c.item_id, item_ids))
    for item_id, label, decision in connection.execute(of_topics.order_by(topics.c.item_id, topics.c.place)):
        found[item_id][label] = decision
    for item_id, kind in connection.execute(select(labels.c.item_id, labels.c.source_type).where(one_of(labels.c.item_id, item_ids))):
        found[item_id] |= {"source_type": source_type_from_dict(kind).label or "none"}
    return found


def flips_between(before: Decisions, after: Decisions) -> list[Flip]:
    """The labels of which both tell, and not the same."""
    return [Flip(name, before[name], after[name]) for name in before if name in after and before[name] != after[name]]


def note_flips(connection: Connection, before: Mapping[int, Decisions]) -> dict[int, list[Flip]]:
    """The labels that the new versions changed, by item, none left out; they are written beside the version that was replaced."""
    after, found = decisions(connection, before), {}
    for item_id, old in before.items():
        found[item_id] = flips_between(old, after[item_id])
        if found[item_id]:
            newest = select(func.max(revisions.c.number)).where(revisions.c.item_id == item_id).scalar_subquery()
            which = (revisions.c.item_id == item_id, revisions.c.number == newest)
            connection.execute(update(revisions).where(*which).values(flips=[asdict(flip) for flip in found[item_id]]))
    return found


def summaries(connection: Connection, item_ids: Collection[int]) -> dict[int, RevisionSummary]:
    """Of those of these articles that changed: how often, when last, and which labels flipped then."""
    c = revisions.c
    query = select(c.item_id, c.number, c.replaced_at, c.flips).where(one_of(c.item_id, item_ids)).order_by(c.item_id, c.number)
    return {
        item_id: RevisionSummary(number, rfc3339(at), [Flip(**one) for one in flips])
        for item_id, number, at, flips in connection.execute(query)
    }


def of(engine: Engine, item_id: int) -> list[Version]:
    """The earlier versions of an article, the first one first. Raises Unavailable."""
    columns = [revisions.c[name] for name in Version.__dataclass_fields__]
    with reading(engine) as connection:
        rows = connection.execute(select(*columns).where(revisions.c.item_id == item_id).order_by(revisions.c.number))
        return [Version(**row._asdict()) for row in rows]
