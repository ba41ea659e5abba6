"""Count feeds and sitemaps as articles are counted, and end take-downs as `refused: forgotten`.

Until now the running counters were over articles only, and a take-down ended as `dead: dropped-by-user`, where a requeue
of dead letters found it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

items = sa.table(
    "items",
    *map(sa.column, ("kind", "url", "state", "reason", "detail", "token", "leased_until", "taken", "alone", "suspect", "refetch")),
    *map(sa.column, ("host_wait_since", "duplicate_of", "answer")),
)
articles = sa.table("articles")
receipts = sa.table("receipts")
counters = sa.table("counters", *map(sa.column, ("name", "value")))


def upgrade() -> None:
    """Reads every item; on millions this takes seconds."""
    refuse_forgotten()
    count_anew()


def refuse_forgotten() -> None:
    """Whatever state they are in: a requeue may have sent some of them again, to an address that is none."""
    ended = {"state": "refused", "reason": "forgotten", "detail": None, "answer": None, "duplicate_of": None, "refetch": sa.false()}
    unleased = {"leased_until": None, "taken": sa.false(), "alone": sa.false(), "suspect": sa.false(), "host_wait_since": None}
    forgotten = items.c.url.startswith("forgotten:")
    op.execute(items.update().where(forgotten).values(**ended, **unleased, token=items.c.token + 1))


def count_anew() -> None:
    """All counters but `finished`, which only grows and is over every kind."""
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
