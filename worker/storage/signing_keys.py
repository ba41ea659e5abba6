"""Keep the random keys that all processes of an installation share, each made at its first use."""

from __future__ import annotations

import secrets

from sqlalchemy import Engine, select

from worker.storage.database import insert_into, reading, writing
from worker.storage.tables import secrets as table

BYTES = 32
"""As long as the digest of SHA-256: a longer key adds nothing (RFC 2104)."""


def signing_key(engine: Engine, name: str) -> bytes:
    """The key that signs what `name` says. Raises Unavailable."""
    query = select(table.c.value).where(table.c.name == name)
    with reading(engine) as connection:
        found = connection.execute(query).scalar_one_or_none()
    if found is None:
        with writing(engine) as connection:
            made = insert_into(connection, table).values(name=name, value=secrets.token_hex(BYTES)).on_conflict_do_nothing()
            connection.execute(made)
            found = connection.execute(query).scalar_one()
    return bytes.fromhex(found)
