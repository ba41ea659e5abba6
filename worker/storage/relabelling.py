"""Find stored texts that an older model labelled, and put newer labels in place of theirs."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Engine, and_, exists, func, select

from worker.messages import Relabel, Relabelled
from worker.storage import articles, model_registry
from worker.storage.article_removal import remove_labels
from worker.storage.database import reading
from worker.storage.tables import articles as kept
from worker.storage.tables import labels, reviews


class Relabelling:
    """The texts that are still to be labelled by a model; never those of an article that a person reviewed."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def count(self, model_sha256: str) -> int:
        """How many articles have labels of another model and no review."""
        with reading(self._engine) as connection:
            # only what has an article has labels; those reviewed are few, and counted apart: no look at them for each label
            others = connection.execute(select(func.count()).select_from(labels).where(labels.c.model_sha256 != model_sha256)).scalar_one()
            joined = reviews.join(labels, labels.c.item_id == reviews.c.item_id)
            reviewed = select(func.count(reviews.c.item_id.distinct())).select_from(joined).where(labels.c.model_sha256 != model_sha256)
            return others - connection.execute(reviewed).scalar_one()

    def texts(self, model_sha256: str, after: int, limit: int) -> list[Relabel]:
        """Up to `limit` of their texts in the order of items, the first of them after the item `after`."""
        columns = (kept.c.item_id, kept.c.title, kept.c.text, kept.c.final_url, kept.c.site_name)
        query = select(*columns).select_from(_LABELLED).where(_is_outdated(model_sha256), kept.c.item_id > after)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(kept.c.item_id).limit(limit))
            return [Relabel(item_id, title or "", text, url, site_name) for item_id, title, text, url, site_name in rows]


_LABELLED = kept.join(labels, labels.c.item_id == kept.c.item_id)


def _is_outdated(model_sha256: str) -> ColumnElement[bool]:
    reviewed = exists().where(reviews.c.item_id == labels.c.item_id)
    return and_(labels.c.model_sha256 != model_sha256, ~reviewed)


def apply(connection: Connection, outcomes: Sequence[Relabelled]) -> int:
    """Writes new labels in place of those of older models, and returns how many. The ledger's states do not change."""
    newest = {outcome.item_id: outcome for outcome in outcomes}
    if not newest:
        return 0
    rank = model_registry.ranking(connection)
    rows = connection.execute(select(labels.c.item_id, labels.c.model_id).where(labels.c.item_id.in_(list(newest))))
    reviewed = set(connection.execute(select(reviews.c.item_id).where(reviews.c.item_id.in_(list(newest)))).scalars())
    chosen = [
        newest[item_id] for item_id, model_id in rows if item_id not in reviewed and rank(newest[item_id].labels.model.id) >= rank(model_id)
    ]
    remove_labels(connection, [outcome.item_id for outcome in chosen])
    articles.write_labels(connection, [(outcome.item_id, outcome.labels, outcome.label_ms) for outcome in chosen])
    return len(chosen)
