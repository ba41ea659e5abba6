"""Tables of rechecks: the earlier versions of articles, and when each article is looked at again."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Double, Integer, Table, Text, UniqueConstraint

from worker.storage.tables.schema import Id, metadata

revisions = Table(
    "revisions",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("item_id", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
    Column("replaced_at", Double, nullable=False),
    Column("fetched_at", Text, nullable=False),
    Column("content_sha256", Text, nullable=False),
    Column("title", Text),
    Column("text", Text, nullable=False),
    Column("authors", JSON, nullable=False),
    Column("published_at", Text),
    Column("published_on", Text),
    Column("modified_at", Text),
    Column("topics", JSON, nullable=False),
    Column("primary_topic", Text),
    Column("source_type", JSON),
    Column("labelled_by", Text),
    Column("model_id", Text),
    Column("model_sha256", Text),
    Column("flips", JSON, nullable=False),
    UniqueConstraint("item_id", "number", name="uq_revisions_number"),
)
"""What an article was before its page changed, with the labels that counted then; the newest version is the article itself.

`number` begins with 1 for each item; `flips` are the labels that changed when this version was replaced.
"""

rechecks = Table(
    "rechecks",
    metadata,
    Column("item_id", Id, primary_key=True, autoincrement=False),
    Column("since", Double, nullable=False),
    Column("due", Double, index=True),
    Column("at", Double),
    Column("outcome", Text),
    Column("reason", Text),
    Column("detail", Text),
)
"""When an article is fetched again (`due`; NULL: not by itself), counted from `since`, and what came of the last time (`at`)."""
