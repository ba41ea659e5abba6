"""Send events to more than one receiver."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"


def upgrade() -> None:
    """Takes milliseconds: what waits belongs to the one receiver that there was."""
    op.add_column("deliveries", sa.Column("receiver", sa.Text(), nullable=False, server_default="default"))
    op.create_index("ix_deliveries_receiver", "deliveries", ["receiver", "due"])
