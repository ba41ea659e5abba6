"""Let labels keep the share of words that the model did not know, from which drift is computed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Adds the column; the share stays unknown for older labels."""
    op.add_column("labels", sa.Column("unknown_words", sa.Double(), nullable=True))
