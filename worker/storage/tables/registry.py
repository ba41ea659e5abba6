"""Tables of the model registry: models and their parts, promotions, and the reviews of people."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Double, LargeBinary, Table, Text

from worker.storage.tables.schema import Id, metadata

models = Table(
    "models",
    metadata,
    Column("id", Text, primary_key=True),
    Column("sha256", Text, nullable=False, unique=True),
    Column("manifest", Text, nullable=False),
    Column("added_at", Double, nullable=False),
    Column("added_by", Text, nullable=False),
)
"""Trained models; `manifest` is the file byte for byte, since `sha256` is over those bytes."""

model_parts = Table(
    "model_parts",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
"""The arrays that manifests name; each is kept once, however many models share it."""

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
"""Every switch of the active model, never changed; the newest row names it (NULL: the one that ships)."""

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
"""The labels that people gave an article: one row for each person, so that a disagreement stays visible."""

review_leases = Table(
    "review_leases",
    metadata,
    Column("item_id", Id, primary_key=True, autoincrement=False),
    Column("who", Text, nullable=False),
    Column("until", Double, nullable=False),
)
"""Articles that a person is reviewing: nobody else gets them before `until`."""

review_skips = Table(
    "review_skips",
    metadata,
    Column("item_id", BigInteger, primary_key=True),
    Column("who", Text, primary_key=True),
    Column("at", Double, nullable=False),
)
"""Articles that a person did not want to label today."""

audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("at", Double, nullable=False, index=True),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("count", BigInteger),
    Column("reason", Text),
    Column("filter", JSON(none_as_null=True)),
)
"""Who did what, on how many, why, and with which filter. Rows are only ever added: triggers refuse to change or delete one."""

secrets = Table(
    "secrets",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""Random keys that all processes of an installation share, by what they sign."""
