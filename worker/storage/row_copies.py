"""Read every row of the database as it was at one moment, and write such rows into an empty database of either kind."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice

from pydantic_core import from_json, to_json
from sqlalchemy import Connection, Engine, LargeBinary, MetaData, Table, delete, func, insert, select, text

from worker.errors import UsageError
from worker.storage import word_index
from worker.storage.database import migrate, reading, schema_of, writing
from worker.storage.tables import jobs, metadata, models, receipts, secrets

LEFT_OUT = frozenset({secrets.name, "word_index"})
"""Tables without a copy: keys that sign, which each installation has for itself, and what the index of words has reached."""
AT_ONCE = 500
"""Rows in memory: about two megabytes of articles."""


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the database as it is now, however much is written meanwhile. Raises Unavailable."""
    isolated = engine
    if engine.dialect.name == "postgresql":
        isolated = engine.execution_options(isolation_level="REPEATABLE READ")
    with reading(isolated) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        connection.execute(select(func.count()).select_from(jobs))  # the first read fixes what is seen
        yield connection


def table_names() -> list[str]:
    """The tables that are copied, in the order of their names."""
    return sorted(name for name in metadata.tables if name not in LEFT_OUT)


def rows(connection: Connection, name: str) -> Iterator[bytes]:
    """Each row of a table as a line of JSON: an object by column, binary values in base64."""
    table = metadata.tables[name]
    result = connection.execution_options(yield_per=AT_ONCE).execute(select(table).order_by(*table.primary_key.columns))
    binary = _binary(table)
    for row in result.mappings():
        yield to_json({column: _as_text(value) if column in binary else value for column, value in row.items()}) + b"\n"


def _as_text(value: bytes | None) -> str | None:
    return None if value is None else base64.b64encode(value).decode()


def expect_empty(engine: Engine, schema: str) -> None:
    """Raises UsageError where the database holds anything but fresh tables of this schema, Unavailable where it is away."""
    found = schema_of(engine)
    if found is None:
        return
    if found != schema:
        raise UsageError(f"expected a database without tables, got one with schema {found}, and the backup has {schema}")
    with reading(engine) as connection:
        counts = (select(func.count()).select_from(table).scalar_subquery() for table in (receipts, models, jobs))
        held = connection.execute(select(*counts)).one()
    if any(held):
        raise UsageError(f"expected an empty installation, got a database with {held[0]} accepted URLs")


def write(engine: Engine, schema: str, lines_of: Mapping[str, Iterable[bytes]]) -> None:
    """Writes rows of that schema, all or none, brings them to this version's schema, and has them indexed. Raises Unavailable."""
    if schema_of(engine) is None:
        migrate(engine, schema)
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        there = MetaData()
        there.reflect(connection, only=lambda name, _: name in lines_of)
        for name in lines_of:
            _fill(connection, there.tables[name], lines_of[name])
    migrate(engine)
    _index_anew(engine)


def _fill(connection: Connection, table: Table, lines: Iterable[bytes]) -> None:
    if table.name != "audit":  # which refuses it, and is empty
        connection.execute(delete(table))
    binary, pending = _binary(table), iter(lines)
    while batch := [_decoded(line, binary) for line in islice(pending, AT_ONCE)]:
        connection.execute(insert(table), batch)
    if connection.dialect.name == "postgresql":
        for column in table.primary_key.columns:
            _go_on_counting(connection, table.name, column.name)


def _go_on_counting(connection: Connection, table: str, column: str) -> None:
    """PostgreSQL numbers new rows after the last one that was written."""
    sequence = connection.execute(text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": table, "column": column}).scalar()
    if sequence:
        last = select(func.coalesce(func.max(text(f'"{column}"')), 0)).select_from(text(f'"{table}"')).scalar_subquery()
        connection.execute(select(func.setval(sequence, last + 1, False)))


def _decoded(line: bytes, binary: Sequence[str]) -> dict[str, object]:
    row: dict[str, object] = from_json(line)
    return {name: base64.b64decode(str(value)) if name in binary and value is not None else value for name, value in row.items()}


def _binary(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns if isinstance(column.type, LargeBinary))


def _index_anew(engine: Engine) -> None:
    """The index of words: PostgreSQL keeps its own; SQLite's is filled from the texts."""
    word_index.build(engine)
    with writing(engine) as connection:
        word_index.begin_anew(connection)
    while word_index.index_some(engine):
        pass
