"""Tables of what is sent to a webhook: deliveries that wait, and the problems that were told."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, Table, Text, text

from worker.storage.tables.schema import Id, metadata

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("event_id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("item_id", BigInteger, index=True),
    Column("body", Text),
    Column("created_at", Double, nullable=False),
    Column("due", Double, nullable=False, index=True),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("given_up", Boolean, nullable=False, server_default=text("false")),
    Column("said", Text),
    Column("receiver", Text, nullable=False, server_default="default"),
)
"""Events that were not delivered yet, a row for each receiver; a delivered one is deleted. An article's body is made when it is sent,
from what is stored then.

`event_id` is the same at every try; `receiver` is its name in the settings; `due` is when the next is; `said` is why the last one failed.
"""
Index("ix_deliveries_receiver", deliveries.c.receiver, deliveries.c.due)
"""What is due for one receiver, however much waits for another that is away."""

alerts = Table(
    "alerts",
    metadata,
    Column("key", Text, primary_key=True),
    Column("body", Text, nullable=False),
)
"""The problems whose beginning was told and whose end was not, as JSON."""
