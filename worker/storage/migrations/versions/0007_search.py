"""Keep the paper's own day of an article."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Takes milliseconds, however many articles there are: rows without the day are read as the day in `published_at`."""
    op.add_column("articles", sa.Column("published_on", sa.Text()))
