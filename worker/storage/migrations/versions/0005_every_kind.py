"""Count feeds and sitemaps too: the running counters, which were over articles only, are counted anew over every kind."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

items = sa.table("items", *map(sa.column, ("kind", "state", "refetch", "duplicate_of")))
articles = sa.table("articles")
receipts = sa.table("receipts")
counters = sa.table("counters", *map(sa.column, ("name", "value")))


def upgrade() -> None:
    """Counts every row; on millions this takes seconds. `finished` only grows, over every kind, and stays."""
    op.execute(counters.delete().where(counters.c.name != "finished"))
    expected = (items.c.kind == "article") & sa.or_(items.c.state == "stored", items.c.refetch)
    number = sa.func.count()
    for counted in (
        sa.select(items.c.state, number).group_by(items.c.state),
        sa.select(sa.literal("receipts", sa.Text), number).select_from(receipts),
        sa.select(sa.literal("articles", sa.Text), number).select_from(articles),
        sa.select(sa.literal("articles-expected", sa.Text), number).select_from(items).where(expected),
        sa.select(sa.literal("naming", sa.Text), number).select_from(items).where(items.c.duplicate_of.is_not(None)),
    ):
        op.execute(counters.insert().from_select(["name", "value"], counted))
