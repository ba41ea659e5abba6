"""Keep the paper's own day of an article, and an index of words.

Nothing that is there is read or rewritten. The keeper, or `pressmark
migrate`, then fills SQLite's index of words in small transactions; PostgreSQL's is built by `pressmark migrate` while others write.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

WORDS = "CREATE VIRTUAL TABLE article_words USING fts5(words, content='', detail=none, tokenize='trigram case_sensitive 1')"
TERMS = "CREATE VIRTUAL TABLE article_terms USING fts5vocab(article_words, 'row')"


def upgrade() -> None:
    """Rows without the paper's day are read as the day in `published_at`."""
    op.add_column("articles", sa.Column("published_on", sa.Text()))
    op.create_table(
        "word_index",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("missing_to", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute(sa.table("word_index", *map(sa.column, ("id", "missing_to"))).insert().values(id=1, missing_to=missing_to()))


def missing_to() -> int | None:
    """Makes SQLite's index; the newest article, since none is in it yet, None where this SQLite has no FTS5 or no trigrams."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return 0
    try:
        connection.exec_driver_sql(WORDS)
        connection.exec_driver_sql(TERMS)
    except sa.exc.OperationalError:
        return None
    return connection.execute(
        sa.select(sa.func.coalesce(sa.func.max(sa.column("item_id")), 0)).select_from(sa.table("articles"))
    ).scalar_one()
