"""Follow sources, remember where pages led, and let `--force` reach what a feed lists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from worker.storage.tables.schema import Id

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Takes milliseconds: existing items keep their keys, under which intake finds them as well."""
    op.add_column("items", sa.Column("forced", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.create_table("aliases", sa.Column("key", sa.Text(), primary_key=True), sa.Column("item_id", sa.BigInteger(), nullable=False))
    op.create_index(op.f("ix_aliases_item_id"), "aliases", ["item_id"])
    op.create_table(
        "sources",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        *(sa.Column(name, sa.BigInteger(), nullable=False, unique=True) for name in ("item_id", "job_id")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "url", "why")),
        *(sa.Column(name, sa.Text()) for name in TEXTS),
        *(sa.Column(name, sa.Double(), nullable=False) for name in ("added_at", "next_at", "interval")),
        *(sa.Column(name, sa.Double()) for name in ("per_day", "ttl", "update_period", "asked_at", "polled_at", "read_at", "new_at")),
        *(sa.Column(name, sa.JSON()) for name in ("warnings", "alarms")),
        *(sa.Column(name, sa.BigInteger(), nullable=False, server_default="0") for name in ("polls", "unchanged", "found")),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("paused", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
    op.create_index(op.f("ix_sources_next_at"), "sources", ["next_at"])


TEXTS = ("site_url", "title", "country", "language", "outlet_kind", "new_url", "reason", "detail", "etag", "last_modified")
"""Columns of text that may be empty."""
