"""Tie items to the pages that are kept of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from worker.storage.tables.schema import Id

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Takes milliseconds: the table is new."""
    op.create_table(
        "pages",
        sa.Column("item_id", Id, primary_key=True, autoincrement=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("kept_at", sa.Double(), nullable=False),
    )
    op.create_index(op.f("ix_pages_sha256"), "pages", ["sha256"])
    op.create_index("ix_pages_age", "pages", ["kept_at", "bytes"])
