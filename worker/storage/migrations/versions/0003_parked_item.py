"""Let parked messages name their item, so that a take-down deletes them too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds the column and its index."""
    op.add_column("parked", sa.Column("item_id", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_parked_item_id"), "parked", ["item_id"], unique=False)
