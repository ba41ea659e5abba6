"""The tables: items and their receipts, articles, events, hosts, and what the engine remembers of itself.

Times are seconds since 1970 in UTC; `leased_until` alone is on the engine's own clock (see `engine`).
Partial indexes keep what the dispatcher reads each tick small, however many items have ended.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()

SCHEMA = "0005"
"""The newest revision in `migrations/versions`; revisions sort as text."""

Id = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in a column of type INTEGER."""

STATES = ("waiting", "running", "stored", "duplicate", "refused", "dead")
TERMINAL = STATES[2:]
LANES = ("urgent", "normal", "bulk")
"""Their places in this tuple are what the column `lane` holds: lower goes first."""

items = Table(
    "items",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("lane", SmallInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("detail", Text),
    Column("due", Double, nullable=False),
    Column("token", BigInteger, nullable=False, server_default="0"),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("strikes", Integer, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("leased_until", Double),
    Column("taken", Boolean, nullable=False, server_default=text("false")),
    Column("alone", Boolean, nullable=False, server_default=text("false")),
    Column("suspect", Boolean, nullable=False, server_default=text("false")),
    Column("depth", SmallInteger, nullable=False, server_default="0"),
    Column("refetch", Boolean, nullable=False, server_default=text("false")),
    Column("host_wait_since", Double),
    Column("duplicate_of", BigInteger),
    Column("answer", JSON(none_as_null=True)),
    Column("changed_at", Double, nullable=False),
    UniqueConstraint("key", "kind", name="uq_items_key"),
)
Index(
    "ix_items_waiting",
    items.c.host,
    items.c.lane,
    items.c.due,
    sqlite_where=text("state = 'waiting'"),
    postgresql_where=text("state = 'waiting'"),
)
Index(
    "ix_items_urgent",
    items.c.due,
    sqlite_where=text("state = 'waiting' AND lane = 0"),
    postgresql_where=text("state = 'waiting' AND lane = 0"),
)
Index("ix_items_running", items.c.host, sqlite_where=text("state = 'running'"), postgresql_where=text("state = 'running'"))
Index("ix_items_dead", items.c.reason, items.c.changed_at, sqlite_where=text("state = 'dead'"), postgresql_where=text("state = 'dead'"))
Index(
    "ix_items_duplicate_of",
    items.c.duplicate_of,
    sqlite_where=text("duplicate_of IS NOT NULL"),
    postgresql_where=text("duplicate_of IS NOT NULL"),
)

receipts = Table(
    "receipts",
    metadata,
    Column("item_id", Id, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("at", Double, nullable=False),
)
"""One row for each accepted item, written with it, never changed and never deleted: what `accepted` counts."""

jobs = Table(
    "jobs",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False, unique=True),
    Column("created_at", Double, nullable=False),
    Column("stopped_at", Double),
    Column("refused", BigInteger, nullable=False, server_default="0"),
    Column("known", BigInteger, nullable=False, server_default="0"),
)

job_items = Table(
    "job_items",
    metadata,
    Column("job_id", BigInteger, primary_key=True),
    Column("item_id", BigInteger, primary_key=True, index=True),
)

hosts = Table(
    "hosts",
    metadata,
    Column("host", Text, primary_key=True),
    Column("look_at", Double, index=True),
    Column("free_at", Double, nullable=False, server_default="0"),
    Column("slowdown", Double, nullable=False, server_default="1"),
    Column("crawl_delay", Double),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("open_until", Double, nullable=False, server_default="0"),
    Column("paused", Boolean, nullable=False, server_default=text("false")),
    Column("answers", BigInteger, nullable=False, server_default="0"),
    Column("errors", BigInteger, nullable=False, server_default="0"),
    Column("last_at", Double),
)
"""`look_at`: no item of the host is due before (NULL: none waits). `free_at`: its pace allows nothing before."""

articles = Table(
    "articles",
    metadata,
    Column("item_id", Id, primary_key=True, autoincrement=False),
    Column("final_url", Text, nullable=False),
    Column("canonical_url", Text),
    Column("title", Text),
    Column("text", Text, nullable=False),
    Column("authors", JSON, nullable=False),
    Column("published_at", Text, index=True),
    Column("published_source", Text),
    Column("modified_at", Text),
    Column("language", Text),
    Column("site_name", Text),
    Column("description", Text),
    Column("image", Text),
    Column("extractor", JSON, nullable=False),
    Column("warnings", JSON, nullable=False),
    Column("opt_outs", JSON, nullable=False),
    Column("http", JSON, nullable=False),
    Column("content_sha256", Text, nullable=False, index=True),
    Column("simhash", Text, nullable=False),
    Column("band_0", Integer, nullable=False, index=True),
    Column("band_1", Integer, nullable=False, index=True),
    Column("band_2", Integer, nullable=False, index=True),
    Column("band_3", Integer, nullable=False, index=True),
    Column("cluster_id", BigInteger, nullable=False, index=True),
    Column("fetched_at", Text, nullable=False),
    Column("stored_at", Double, nullable=False, index=True),
)

labels = Table(
    "labels",
    metadata,
    Column("item_id", Id, primary_key=True, autoincrement=False),
    Column("model_id", Text, nullable=False),
    Column("model_sha256", Text, nullable=False),
    Column("primary_topic", Text, index=True),
    Column("source_type", JSON, nullable=False),
    Column("language_supported", Boolean, nullable=False),
    Column("unknown_words", Double),
    Column("label_ms", Integer, nullable=False),
)

topics = Table(
    "topics",
    metadata,
    Column("item_id", BigInteger, primary_key=True),
    Column("label", Text, primary_key=True),
    Column("place", SmallInteger, nullable=False),
    Column("probability", Double, nullable=False),
    Column("threshold", Double, nullable=False),
    Column("decision", Text, nullable=False),
)
Index("ix_topics_decision", topics.c.label, topics.c.decision)

evidence = Table(
    "evidence",
    metadata,
    Column("item_id", BigInteger, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("label", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("terms", JSON, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("item_id", BigInteger, nullable=False, index=True),
    Column("at", Double, nullable=False, index=True),
    Column("stage", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text),
    Column("detail", Text),
    Column("ms", Integer),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("item_id", BigInteger, nullable=False),
)

counters = Table(
    "counters",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

engine_state = Table(
    "engine",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("term", BigInteger, nullable=False),
    Column("beat", BigInteger, nullable=False),
    Column("leader", Text),
    Column("ticks", Double, nullable=False),
    Column("low_mark", Double, nullable=False),
    Column("epoch", Text),
)
"""One row. `term` fences leaders, `beat` shows that the leader lives, `ticks` is the engine's clock in seconds;
`low_mark` is what has surely left every queue: leases run out against it."""

controls = Table(
    "controls",
    metadata,
    Column("stage", Text, primary_key=True),
    Column("paused_at", Double, nullable=False),
)

samples = Table(
    "samples",
    metadata,
    Column("at", Double, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Double, nullable=False),
)

parked = Table(
    "parked",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("item_id", BigInteger, index=True),
    Column("at", Double, nullable=False),
    Column("error", Text, nullable=False),
    Column("body", Text, nullable=False),
)
"""Messages that nobody could read, kept as they came."""

models = Table(
    "models",
    metadata,
    Column("id", Text, primary_key=True),
    Column("sha256", Text, nullable=False, unique=True),
    Column("manifest", Text, nullable=False),
    Column("added_at", Double, nullable=False),
    Column("added_by", Text, nullable=False),
)
"""Trained models; `manifest` byte for byte as its file, since its digest is over those bytes."""

model_parts = Table(
    "model_parts",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
"""The arrays that manifests name, each once however many models share it."""

promotions = Table(
    "promotions",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("model_id", Text),
    Column("at", Double, nullable=False),
    Column("by", Text, nullable=False),
    Column("forced", Boolean, nullable=False),
    Column("note", Text, nullable=False),
)
"""Append-only; the newest row names the active model (NULL: the one that ships)."""

reviews = Table(
    "reviews",
    metadata,
    Column("item_id", BigInteger, primary_key=True),
    Column("who", Text, primary_key=True),
    Column("at", Double, nullable=False),
    Column("topics", JSON, nullable=False),
    Column("primary_topic", Text),
    Column("source_type", Text, nullable=False),
)
"""What people say of an article: one row a person, so that a disagreement stays visible."""
