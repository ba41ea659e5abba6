"""Labels keep the share of words that the model did not know, so that drift can be told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Adds the column; of older labels the share stays unknown."""
    op.add_column("labels", sa.Column("unknown_words", sa.Double(), nullable=True))
