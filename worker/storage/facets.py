"""Keep a short row for each article beside its long one: what it is filtered, ordered and counted by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from classifier.labels import Labels
from worker.storage.database import one_of
from worker.storage.tables import facets, items, labels, topics

if TYPE_CHECKING:
    from worker.messages import Labelled

Decisions = Iterable[tuple[str, str]]
"""Pairs of a topic and its decision, in the order of the label set."""


def topics_text(decisions: Decisions) -> str:
    """As the column `topics` holds them: `|trade|culture?|` for a topic that is sure and one that is not; `|` for none."""
    return "|" + "".join(f"{label}{'?' if decision == 'unsure' else ''}|" for label, decision in decisions if decision != "no")


def topic_keys(topics: str) -> list[str]:
    """What an article with these topics (`|trade|culture?|`) counts as: each that is yes, `` without any, and `?` in doubt."""
    marks = [mark for mark in topics.split("|") if mark]
    sure = [mark for mark in marks if not mark.endswith("?")]
    return (sure or [""]) + (["?"] if len(sure) < len(marks) else [])


def write(connection: Connection, kept: Sequence[tuple[Labelled, int]]) -> None:
    """Writes the rows of new articles: pairs of article and cluster."""
    ids = [labelled.extracted.item_id for labelled, _ in kept]
    hosts: dict[int, str] = dict(connection.execute(select(items.c.id, items.c.host).where(one_of(items.c.id, ids))).all())
    rows = [_row(labelled, cluster, hosts.get(labelled.extracted.item_id, "")) for labelled, cluster in kept]
    if rows:
        connection.execute(insert(facets), rows)


def _row(labelled: Labelled, cluster: int, host: str) -> dict[str, object]:
    extracted = labelled.extracted
    article = extracted.article
    return {
        "item_id": extracted.item_id,
        "day": article.published_on or (article.published_at or "")[:10],
        "published_at": article.published_at or "",
        "outlet": article.site_name or (extracted.final_url or "//").split("/")[2],
        "host": host,
        "language": article.language or "",
        "cluster_id": cluster,
        **_labels(labelled.labels),
    }


def _labels(given: Labels) -> dict[str, object]:
    return {
        "source_type": given.source_type.label or "",
        "topics": topics_text((topic.label, topic.decision) for topic in given.topics),
    }


def remove(connection: Connection, item_ids: Sequence[int]) -> None:
    """Deletes the rows of articles that are gone."""
    if item_ids:
        connection.execute(delete(facets).where(facets.c.item_id.in_(item_ids)))


def read_labels_again(connection: Connection, item_ids: Sequence[int]) -> None:
    """Takes over the labels as they stand in their own tables now, after some have changed."""
    if not item_ids:
        return
    found: dict[int, list[tuple[str, str]]] = {item_id: [] for item_id in item_ids}
    marks = select(topics.c.item_id, topics.c.label, topics.c.decision).where(one_of(topics.c.item_id, item_ids))
    for item_id, label, decision in connection.execute(marks.order_by(topics.c.item_id, topics.c.place)):
        found[item_id].append((label, decision))
    kinds: dict[int, Mapping[str, str | None]] = dict(
        connection.execute(select(labels.c.item_id, labels.c.source_type).where(one_of(labels.c.item_id, item_ids))).all()
    )
    rows = [
        {"b_id": item_id, "topics": topics_text(decisions), "source_type": kinds.get(item_id, {}).get("label") or ""}
        for item_id, decisions in sorted(found.items())
    ]
    statement = update(facets).where(facets.c.item_id == bindparam("b_id"))
    connection.execute(statement.values(topics=bindparam("topics"), source_type=bindparam("source_type")), rows)
