"""Labelled again: stored texts that an older model labelled, and the newer labels put in their place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Select, exists, func, select

from worker.messages import Relabel, Relabelled
from worker.storage import articles, model_registry
from worker.storage.database import reading
from worker.storage.tables import articles as kept
from worker.storage.tables import labels, reviews


class Relabelling:
    """What is still to do for a model; an article that a person labelled is never asked for again."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def count(self, model_sha256: str) -> int:
        """Articles whose labels are of another model, and that nobody reviewed."""
        with reading(self._engine) as connection:
            found: int = connection.execute(_outdated(select(func.count()), model_sha256)).scalar_one()
            return found

    def texts(self, model_sha256: str, after: int, limit: int) -> list[Relabel]:
        """Up to `limit` of them by item, beginning after the item `after`."""
        columns = (kept.c.item_id, kept.c.title, kept.c.text, kept.c.final_url, kept.c.site_name)
        query = _outdated(select(*columns), model_sha256).where(kept.c.item_id > after).order_by(kept.c.item_id).limit(limit)
        with reading(self._engine) as connection:
            rows = connection.execute(query)
            return [Relabel(item_id, title or "", text, url, site_name) for item_id, title, text, url, site_name in rows]


def _outdated(query: Select[Any], model_sha256: str) -> Select[Any]:
    reviewed = exists().where(reviews.c.item_id == kept.c.item_id)
    joined = kept.join(labels, labels.c.item_id == kept.c.item_id)
    return query.select_from(joined).where(labels.c.model_sha256 != model_sha256, ~reviewed)


def apply(connection: Connection, told: Sequence[Relabelled]) -> int:
    """Puts new labels in place of those of older models; how many it were. The ledger's states are not touched."""
    newest = {outcome.item_id: outcome for outcome in told}
    if not newest:
        return 0
    rank = model_registry.ranking(connection)
    rows = connection.execute(select(labels.c.item_id, labels.c.model_id).where(labels.c.item_id.in_(list(newest))))
    reviewed = set(connection.execute(select(reviews.c.item_id).where(reviews.c.item_id.in_(list(newest)))).scalars())
    chosen = [
        newest[item_id] for item_id, model_id in rows if item_id not in reviewed and rank(newest[item_id].labels.model.id) >= rank(model_id)
    ]
    articles.remove_labels(connection, [outcome.item_id for outcome in chosen])
    articles.write_labels(connection, [(outcome.item_id, outcome.labels, outcome.label_ms) for outcome in chosen])
    return len(chosen)
