"""Define every table; importing this package fills `metadata` with all of them."""

from worker.storage.tables.content import articles, evidence, facets, labels, topics, word_index
from worker.storage.tables.ledger import (
    LANES,
    controls,
    counters,
    engine_state,
    events,
    history,
    hosts,
    items,
    job_items,
    jobs,
    outbox,
    parked,
    receipts,
    samples,
)
from worker.storage.tables.pages import pages
from worker.storage.tables.registry import audit, model_parts, models, promotions, review_leases, review_skips, reviews, secrets
from worker.storage.tables.revisions import rechecks, revisions
from worker.storage.tables.schema import SCHEMA, metadata
from worker.storage.tables.sources import aliases, sources
from worker.storage.tables.webhooks import alerts, deliveries

__all__ = [
    "LANES",
    "SCHEMA",
    "alerts",
    "aliases",
    "articles",
    "audit",
    "controls",
    "counters",
    "deliveries",
    "engine_state",
    "events",
    "evidence",
    "facets",
    "history",
    "hosts",
    "items",
    "job_items",
    "jobs",
    "labels",
    "metadata",
    "model_parts",
    "models",
    "outbox",
    "pages",
    "parked",
    "promotions",
    "receipts",
    "rechecks",
    "review_leases",
    "review_skips",
    "reviews",
    "revisions",
    "samples",
    "secrets",
    "sources",
    "topics",
    "word_index",
]
