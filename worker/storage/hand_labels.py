"""Put the labels that a person gave in place of the model's, which are kept beside them; the newest person's count."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, bindparam, literal_column, select, update

from worker.storage import facets
from worker.storage.database import one_of
from worker.storage.tables import labels, reviews, topics


def apply(connection: Connection, item_ids: Sequence[int]) -> None:
    """Lets the labels of these articles be those of the newest review, or the model's where there is none (any more)."""
    if not item_ids:
        return
    _restore(connection, item_ids)
    newest = {
        row.item_id: row for row in connection.execute(select(reviews).where(one_of(reviews.c.item_id, item_ids)).order_by(reviews.c.at))
    }
    stored = select(labels.c.item_id, labels.c.source_type).where(one_of(labels.c.item_id, list(newest)))
    kinds = dict(connection.execute(stored).all()) if newest else {}
    if kinds:
        connection.execute(_GIVE, [_given(newest[item_id], kinds[item_id]) for item_id in sorted(kinds)])
        marks = select(topics.c.item_id, topics.c.label).where(one_of(topics.c.item_id, list(kinds)))
        decided = [
            {"b_id": item_id, "b_label": label, "given": "yes" if label in newest[item_id].topics else "no"}
            for item_id, label in connection.execute(marks.order_by(topics.c.item_id, topics.c.place)).all()
        ]
        if decided:
            connection.execute(_DECIDE, decided)
    facets.read_labels_again(connection, item_ids)


_GIVE = (
    update(labels)
    .where(labels.c.item_id == bindparam("b_id"))
    .values(
        model_primary_topic=labels.c.primary_topic,
        model_source_type=labels.c.source_type,
        primary_topic=bindparam("primary"),
        source_type=bindparam("kind"),
        labelled_by=bindparam("who"),
        labelled_at=bindparam("when"),
    )
)
_DECIDE = (
    update(topics)
    .where(topics.c.item_id == bindparam("b_id"), topics.c.label == bindparam("b_label"))
    .values(model_decision=topics.c.decision, decision=bindparam("given"))
)


def _given(review: object, kind: dict[str, object]) -> dict[str, object]:
    item_id, who, at, primary, source_type = (getattr(review, name) for name in ("item_id", "who", "at", "primary_topic", "source_type"))
    return {
        "b_id": item_id,
        "primary": primary,
        "kind": {**kind, "label": source_type, "decision": "sure"},
        "who": who,
        "when": at,
    }


def _restore(connection: Connection, item_ids: Sequence[int]) -> None:
    """What the model said stands there again."""
    null: ColumnElement[None] = literal_column("NULL")
    connection.execute(
        update(topics)
        .where(one_of(topics.c.item_id, item_ids), topics.c.model_decision.is_not(None))
        .values(decision=topics.c.model_decision, model_decision=null)
    )
    connection.execute(
        update(labels)
        .where(one_of(labels.c.item_id, item_ids), labels.c.labelled_by.is_not(None))
        .values(
            primary_topic=labels.c.model_primary_topic,
            source_type=labels.c.model_source_type,
            **dict.fromkeys(("model_primary_topic", "model_source_type", "labelled_by", "labelled_at"), null),
        )
    )
