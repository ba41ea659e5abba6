"""What every table shares: one MetaData, the type of row numbers, and the revision that these tables need."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, MetaData

metadata = MetaData()

SCHEMA = "0011"
"""The newest revision in `migrations/versions`; revisions sort as text."""

Id = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in a column of type INTEGER."""
