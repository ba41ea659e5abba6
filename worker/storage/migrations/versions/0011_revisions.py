"""Keep the earlier versions of articles, look at articles again, and send events to more than one receiver."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from worker.storage.tables.schema import Id

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Takes milliseconds: both tables are new, and what waits for a webhook belongs to the one receiver that there was."""
    op.add_column("deliveries", sa.Column("receiver", sa.Text(), nullable=False, server_default="default"))
    op.create_index("ix_deliveries_receiver", "deliveries", ["receiver", "due"])
    op.add_column("items", sa.Column("recheck", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.create_table(
        "revisions",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("replaced_at", sa.Double(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("fetched_at", "content_sha256", "text")),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("authors", "topics", "flips")),
        *(sa.Column(name, sa.Text()) for name in ("title", "published_at", "published_on", "modified_at", "primary_topic")),
        *(sa.Column(name, sa.Text()) for name in ("labelled_by", "model_id", "model_sha256")),
        sa.Column("source_type", sa.JSON()),
        sa.UniqueConstraint("item_id", "number", name="uq_revisions_number"),
    )
    op.create_table(
        "rechecks",
        sa.Column("item_id", Id, primary_key=True, autoincrement=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.Column("due", sa.Double()),
        sa.Column("at", sa.Double()),
        *(sa.Column(name, sa.Text()) for name in ("outcome", "reason", "detail")),
    )
    op.create_index(op.f("ix_rechecks_due"), "rechecks", ["due"])
