"""Define every table; importing this package fills `metadata` with all of them."""

from worker.storage.tables.content import articles, evidence, labels, topics
from worker.storage.tables.ledger import (
    LANES,
    controls,
    counters,
    engine_state,
    events,
    hosts,
    items,
    job_items,
    jobs,
    outbox,
    parked,
    receipts,
    samples,
)
from worker.storage.tables.registry import model_parts, models, promotions, reviews
from worker.storage.tables.schema import SCHEMA, metadata

__all__ = [
    "LANES",
    "SCHEMA",
    "articles",
    "controls",
    "counters",
    "engine_state",
    "events",
    "evidence",
    "hosts",
    "items",
    "job_items",
    "jobs",
    "labels",
    "metadata",
    "model_parts",
    "models",
    "outbox",
    "parked",
    "promotions",
    "receipts",
    "reviews",
    "samples",
    "topics",
]
