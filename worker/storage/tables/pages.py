"""Table of the pages that are kept as they were received; their bytes are files in the archive."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Index, Table, Text

from worker.storage.tables.schema import Id, metadata

pages = Table(
    "pages",
    metadata,
    Column("item_id", Id, primary_key=True, autoincrement=False),
    Column("sha256", Text, nullable=False, index=True),
    Column("bytes", BigInteger, nullable=False),
    Column("kept_at", Double, nullable=False),
)
"""The newest kept page of an item: the digest that names its file, and the size of that file."""
Index("ix_pages_age", pages.c.kept_at, pages.c.bytes)
"""All that retention by age and by size reads."""
