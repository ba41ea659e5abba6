"""Tables of the ledger: items and their receipts, jobs, hosts, events, and what the engine keeps about itself.

Times are seconds since 1970 in UTC; `leased_until` alone is on the engine's own clock (see `engine_state`). Partial indexes
keep what the dispatcher reads at each tick small, however many items have ended. Their conditions stand here for SQLite; the
migrations give PostgreSQL the same ones, since to name them here would load its dialect into every command (docs/decisions/startup.md).
"""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Double, Index, Integer, SmallInteger, Table, Text, UniqueConstraint, text

from worker.reasons import Lane
from worker.storage.tables.schema import Id, metadata

LANES: tuple[Lane, ...] = ("urgent", "normal", "bulk")
"""The column `lane` holds an index in this tuple; lower ones are sent first."""

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
    Column("forced", Boolean, nullable=False, server_default=text("false")),
    Column("recheck", Boolean, nullable=False, server_default=text("false")),
    Column("host_wait_since", Double),
    Column("duplicate_of", BigInteger),
    Column("answer", JSON(none_as_null=True)),
    Column("changed_at", Double, nullable=False),
    UniqueConstraint("key", "kind", name="uq_items_key"),
)
"""Every accepted URL: what it is, its one state, when it is due, and its lease.

`lane` is an index in LANES; `token` rises with each lease; `tries` and `strikes` count what speaks against the page, `attempts`
every answer; `taken` and `alone` describe the lease: a worker has begun, and without others in its message; `depth` counts
the lists that led here; `forced`: what it lists is fetched again, too;
`recheck`: only a new version replaces its article; `answer` is the last answer in JSON, an `Answer`.
"""
Index(
    "ix_items_waiting",
    items.c.host,
    items.c.lane,
    items.c.due,
    sqlite_where=text("state = 'waiting'"),
)
Index(
    "ix_items_urgent",
    items.c.due,
    sqlite_where=text("state = 'waiting' AND lane = 0"),
)
Index("ix_items_running", items.c.host, sqlite_where=text("state = 'running'"))
WAITS = text("state = 'waiting'")
Index("ix_items_due", items.c.due, items.c.id, sqlite_where=WAITS)
"""What waits in the order of its next try: the list that `due` shows."""
ENDED = text("state IN ('stored', 'duplicate', 'refused', 'dead')")
Index("ix_items_ended", items.c.host, items.c.state, items.c.changed_at, sqlite_where=ENDED)
"""What came of a host's items lately."""
RARE = text("state IN ('duplicate', 'refused')")
Index("ix_items_rare", items.c.state, items.c.id, sqlite_where=RARE)
"""The states that few items end in: a list of them would read all the others, too."""
Index("ix_items_dead", items.c.reason, items.c.changed_at, sqlite_where=text("state = 'dead'"))
IS_DEAD = text("state = 'dead'")
Index(
    "ix_items_causes",
    *(items.c[name] for name in ("reason", "host", "detail", "changed_at", "id")),
    sqlite_where=IS_DEAD,
)
"""All that grouping dead letters by cause reads; `detail` has at most 500 characters."""
Index("ix_items_died", items.c.changed_at, items.c.id, sqlite_where=IS_DEAD)
"""Dead letters one by one, the newest first."""
Index(
    "ix_items_duplicate_of",
    items.c.duplicate_of,
    sqlite_where=text("duplicate_of IS NOT NULL"),
)

receipts = Table(
    "receipts",
    metadata,
    Column("item_id", Id, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("at", Double, nullable=False),
)
"""One row for each accepted item, written with it, never changed and never deleted: `accepted` counts these rows."""

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
"""Named sets of items; `refused` and `known` count URLs that a job named and that made no new item."""

job_items = Table(
    "job_items",
    metadata,
    Column("job_id", BigInteger, primary_key=True),
    Column("item_id", BigInteger, primary_key=True, index=True),
)
"""Which items a job has; an item may be in many jobs."""

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
    Column("asked_at", Double),
    Column("asked_until", Double, nullable=False, server_default="0"),
    Column("asked_reason", Text),
    Column("robots", Text),
    Column("robots_at", Double),
    Column("recent_ms", JSON(none_as_null=True)),
    Column("paused_at", Double),
    Column("paused_by", Text),
    Column("paused_note", Text),
)
"""Each host's pace and health. No item of it is due before `look_at` (NULL: none waits); its pace allows none before `free_at`.

`asked_until` is what the host asked for by `Retry-After`, `asked_at` when, `asked_reason` with which answer; `robots` is `read` or
`unavailable` since `robots_at`; `recent_ms` are the times of its last answers.
"""

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
"""What happened to each item, in the order of `id`; `ms` is how long it took."""

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("item_id", BigInteger, nullable=False),
)
"""Items whose Result has still to be published in the public stream."""

counters = Table(
    "counters",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)
"""Running counts, so that a ledger of millions answers at once; see `storage.counters`."""

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
"""One row: who leads, and the engine's clock.

`term` rises with each leader and fences the one before; `beat` rises while the leader lives; `ticks` is the clock in seconds;
everything that was sent before `low_mark` has left every queue, and leases expire against it.
"""

controls = Table(
    "controls",
    metadata,
    Column("stage", Text, primary_key=True),
    Column("paused_at", Double, nullable=False),
    Column("paused_by", Text),
    Column("paused_note", Text),
)
"""The stages that an operator has paused."""

samples = Table(
    "samples",
    metadata,
    Column("at", Double, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Double, nullable=False),
)
"""Metrics over time, a row for each name and moment."""

history = Table(
    "history",
    metadata,
    Column("step", Integer, primary_key=True),
    Column("at", BigInteger, primary_key=True),
    Column("series", Text, primary_key=True),
    Column("value", Double, nullable=False),
)
"""Figures of each minute, hour and day that was sampled; `step` is 60, 3600 or 86400, `at` the beginning, seconds since 1970."""

parked = Table(
    "parked",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("item_id", BigInteger, index=True),
    Column("at", Double, nullable=False),
    Column("error", Text, nullable=False),
    Column("body", Text, nullable=False),
)
"""Messages that could not be read, as they arrived."""
