"""Load a million rows into an empty database: by COPY on PostgreSQL, without waiting for the disk on SQLite, indexes last on both.

A database that is loaded so is thrown away if the machine stops meanwhile; nothing but benchmarks may do this.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from psycopg import Connection as Driver
from pydantic_core import to_json
from sqlalchemy import JSON, Connection, Engine, Table, event, insert, text

from worker.config import Settings
from worker.storage.database import open_database, writing

AT_ONCE = 20_000
"""Rows of one transaction: on SQLite 80 MB of articles stand in its log until they are written to their place."""
CACHE_KIB = 512 * 1024
"""Of SQLite while it loads: an index of a million short values fits, so that no page of it is written twice."""


@contextmanager
def loading(settings: Settings, tables: Iterable[Table]) -> Iterator[Engine]:
    """A database to load rows into: the indexes of these tables are taken away first, and are made again at the end."""
    engine = open_database(settings)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _hurry)
    indexes = [index for table in tables for index in table.indexes]
    with writing(engine) as connection:
        for index in indexes:
            index.drop(connection)
    yield engine
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        for index in indexes:
            index.create(connection)
    _settle(engine)
    engine.dispose()


def _hurry(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")


def _settle(engine: Engine) -> None:
    """What the database does by itself in time: it learns how its values are spread, and which rows everybody may see."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"))


def add(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Writes rows, each with the columns of the first."""
    if connection.dialect.name != "postgresql":
        connection.execute(insert(table), rows)
        return
    columns = [table.c[name] for name in rows[0]]
    names = ", ".join(f'"{column.name}"' for column in columns)
    as_json = [isinstance(column.type, JSON) for column in columns]
    with _driver(connection).cursor().copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([to_json(value).decode() if json else value for value, json in zip(row.values(), as_json, strict=True)])


def _driver(connection: Connection) -> Driver[tuple[object, ...]]:
    found = connection.connection.driver_connection
    if not isinstance(found, Driver):
        raise TypeError(f"expected a connection of psycopg, got {type(found).__name__}")
    return found
