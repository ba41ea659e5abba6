"""Keep what is to be sent to a webhook until it is delivered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from worker.storage.tables.schema import Id

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Takes milliseconds: both tables are new."""
    op.create_table(
        "deliveries",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("event_id", sa.Text(), nullable=False, unique=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("item_id", sa.BigInteger()),
        sa.Column("body", sa.Text()),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("due", sa.Double(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("given_up", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("said", sa.Text()),
    )
    op.create_index(op.f("ix_deliveries_item_id"), "deliveries", ["item_id"])
    op.create_index(op.f("ix_deliveries_due"), "deliveries", ["due"])
    op.create_table("alerts", sa.Column("key", sa.Text(), primary_key=True), sa.Column("body", sa.Text(), nullable=False))
