"""Tables of what is followed: sources, and the addresses that pages turned out to have besides their own."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Double, Integer, Table, Text, text

from worker.storage.tables.schema import Id, metadata

aliases = Table(
    "aliases",
    metadata,
    Column("key", Text, primary_key=True),
    Column("item_id", BigInteger, nullable=False, index=True),
)
"""Keys of addresses to which an item's own led: by redirects, or since the page names it as its own (`rel="canonical"`)."""

sources = Table(
    "sources",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("item_id", BigInteger, nullable=False, unique=True),
    Column("job_id", BigInteger, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("site_url", Text),
    Column("title", Text),
    Column("country", Text),
    Column("language", Text),
    Column("outlet_kind", Text),
    Column("added_at", Double, nullable=False),
    Column("paused", Boolean, nullable=False, server_default=text("false")),
    Column("next_at", Double, nullable=False, index=True),
    Column("interval", Double, nullable=False),
    Column("why", Text, nullable=False),
    Column("per_day", Double),
    Column("ttl", Double),
    Column("update_period", Double),
    Column("asked_at", Double),
    Column("polled_at", Double),
    Column("read_at", Double),
    Column("new_at", Double),
    Column("new_url", Text),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("reason", Text),
    Column("detail", Text),
    Column("warnings", JSON),
    Column("alarms", JSON),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("polls", BigInteger, nullable=False, server_default="0"),
    Column("unchanged", BigInteger, nullable=False, server_default="0"),
    Column("found", BigInteger, nullable=False, server_default="0"),
)
"""Feeds and sitemaps that are followed. Each is polled through its item, and its articles belong to its job.

`next_at`, `interval` and `why` say when it is polled again; `per_day` is how many new articles it brings; `asked_at` is when its
item was last sent, `polled_at` when an answer came, `read_at` when it could be read; `failures` are those in a row; `found` are new
articles in all.
"""
