"""Delete articles and labels, with all that is derived from them; who takes articles out needs none of what writes and reads them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete

from worker.storage import facets, word_index
from worker.storage.tables import articles, evidence, labels, topics


def remove_labels(connection: Connection, item_ids: Sequence[int]) -> None:
    """Deletes the labels of articles; the articles stay."""
    for table in (labels, topics, evidence) if item_ids else ():
        connection.execute(delete(table).where(table.c.item_id.in_(item_ids)))


def remove(connection: Connection, item_ids: Sequence[int]) -> None:
    """Deletes articles with their labels."""
    remove_labels(connection, item_ids)
    facets.remove(connection, item_ids)
    if item_ids:
        word_index.remove(connection, item_ids)
        connection.execute(delete(articles).where(articles.c.item_id.in_(item_ids)))
