"""Make what people see and steer by: who paused what, why hosts wait, history, facets, labels by hand, the log of who did what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Nullable = sa.JSON(none_as_null=True)
WAITS = sa.text("state = 'waiting'")
ENDED = sa.text("state IN ('stored', 'duplicate', 'refused', 'dead')")
NEWEST = ("day", "published_at", "item_id")
DEAD = sa.text("state = 'dead'")
RARE = sa.text("state IN ('duplicate', 'refused')")
AT_ONCE = 2000
"""Articles whose facets are written at once: a few megabytes of parameters."""

articles = sa.table("articles", *map(sa.column, ("item_id", "published_at", "site_name", "final_url", "language", "cluster_id")))
items = sa.table("items", *map(sa.column, ("id", "host")))
topics = sa.table("topics", *map(sa.column, ("item_id", "place", "label", "decision")))
labels = sa.table("labels", sa.column("item_id"), sa.column("source_type", sa.JSON()))
FACETS = ("item_id", "day", "published_at", "outlet", "host", "language", "source_type", "topics", "cluster_id")
facets = sa.table("facets", *map(sa.column, FACETS))


def upgrade() -> None:
    """Reads every article; on a million this takes a minute."""
    add_columns()
    make_tables()
    fill_facets()
    make_indexes()
    make_append_only()


def add_columns() -> None:
    """Columns that may stay empty."""
    for name in ("asked_at", "robots_at", "paused_at"):
        op.add_column("hosts", sa.Column(name, sa.Double()))
    for name in ("asked_reason", "robots", "paused_by", "paused_note"):
        op.add_column("hosts", sa.Column(name, sa.Text()))
    op.add_column("hosts", sa.Column("asked_until", sa.Double(), nullable=False, server_default="0"))
    op.add_column("hosts", sa.Column("recent_ms", Nullable))
    for name in ("paused_by", "paused_note"):
        op.add_column("controls", sa.Column(name, sa.Text()))
    op.add_column("topics", sa.Column("model_decision", sa.Text()))
    for name in ("labelled_by", "model_primary_topic"):
        op.add_column("labels", sa.Column(name, sa.Text()))
    op.add_column("labels", sa.Column("labelled_at", sa.Double()))
    op.add_column("labels", sa.Column("model_source_type", Nullable))


def make_tables() -> None:
    """History, facets, leases of reviews, the log, the keys that sign."""
    op.create_table(
        "history",
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("step", "at", "series"),
    )
    op.create_table(
        "facets",
        sa.Column("item_id", Id, autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in FACETS[1:-1]),
        sa.Column("cluster_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("item_id"),
    )
    op.create_table(
        "review_leases",
        sa.Column("item_id", Id, autoincrement=False, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("item_id"),
    )
    op.create_table(
        "review_skips",
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("item_id", "who"),
    )
    op.create_table(
        "audit",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("who", "what")),
        sa.Column("count", sa.BigInteger()),
        sa.Column("reason", sa.Text()),
        sa.Column("filter", Nullable),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "secrets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def fill_facets() -> None:
    """A short row for each article that is there already."""
    connection, last = op.get_bind(), 0
    joined = articles.join(items, items.c.id == articles.c.item_id).outerjoin(labels, labels.c.item_id == articles.c.item_id)
    query = sa.select(articles, items.c.host, labels.c.source_type).select_from(joined).order_by(articles.c.item_id).limit(AT_ONCE)
    while rows := connection.execute(query.where(articles.c.item_id > last)).all():
        marks = sa.select(topics).where(topics.c.item_id.between(rows[0].item_id, rows[-1].item_id), topics.c.decision != "no")
        found: dict[int, list[str]] = {}
        for mark in connection.execute(marks.order_by(topics.c.item_id, topics.c.place)):
            found.setdefault(mark.item_id, []).append(mark.label + ("?" if mark.decision == "unsure" else ""))
        connection.execute(
            sa.insert(facets),
            [
                {
                    "item_id": row.item_id,
                    "day": (row.published_at or "")[:10],
                    "published_at": row.published_at or "",
                    "outlet": row.site_name or (row.final_url or "//").split("/")[2],
                    "host": row.host,
                    "language": row.language or "",
                    "source_type": (row.source_type or {}).get("label") or "",
                    "topics": "|" + "".join(f"{topic}|" for topic in found.get(row.item_id, [])),
                    "cluster_id": row.cluster_id,
                }
                for row in rows
            ],
        )
        last = rows[-1].item_id


def make_indexes() -> None:
    """After the rows: an index is quicker made than kept."""
    op.create_index("ix_items_due", "items", ["due", "id"], unique=False, sqlite_where=WAITS, postgresql_where=WAITS)
    op.create_index("ix_items_ended", "items", ["host", "state", "changed_at"], unique=False, sqlite_where=ENDED, postgresql_where=ENDED)
    causes = ["reason", "host", "detail", "changed_at", "id"]
    op.create_index("ix_items_causes", "items", causes, unique=False, sqlite_where=DEAD, postgresql_where=DEAD)
    op.create_index("ix_items_died", "items", ["changed_at", "id"], unique=False, sqlite_where=DEAD, postgresql_where=DEAD)
    op.create_index("ix_items_rare", "items", ["state", "id"], unique=False, sqlite_where=RARE, postgresql_where=RARE)
    op.create_index("ix_facets_newest", "facets", [*NEWEST, "language", "source_type", "topics", "outlet", "host", "cluster_id"])
    op.create_index("ix_facets_outlet", "facets", ["outlet", *NEWEST])
    for name in ("day", "language", "source_type", "topics"):
        op.create_index(f"ix_facets_{name}", "facets", [name])
    op.create_index(op.f("ix_facets_cluster_id"), "facets", ["cluster_id"], unique=False)
    op.create_index(op.f("ix_labels_labelled_by"), "labels", ["labelled_by"], unique=False)
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)


def make_append_only() -> None:
    """The database itself refuses to change or delete a row of the log."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_refuses_{act.lower()} BEFORE {act} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'the log of who did what is append-only'); END"
            )
        op.execute(  # INSERT OR REPLACE deletes without asking the trigger of DELETE
            "CREATE TRIGGER audit_refuses_replace BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id) "
            "BEGIN SELECT RAISE(ABORT, 'the log of who did what is append-only'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION 'the log of who did what is append-only'; END $$"
    )
    op.execute("CREATE TRIGGER audit_refuses_changes BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()")
