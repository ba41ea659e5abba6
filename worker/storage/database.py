"""Open the database, SQLite in the data folder or PostgreSQL by URL, so that both behave alike.

On both, writers queue: SQLite has one write lock, and on PostgreSQL every write transaction takes one advisory lock
first. So no two of them can deadlock or see half of each other, and what is tested on one holds on the other.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from pydantic_core import from_json, to_json
from sqlalchemy import URL, ColumnElement, Connection, Engine, Table, bindparam, create_engine, event, inspect, make_url, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import ArgumentError, DataError, IntegrityError, SQLAlchemyError, StatementError

from worker.config import Settings
from worker.errors import PressmarkError, Unavailable, UsageError
from worker.storage.tables import SCHEMA

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

LOCK_WAIT = 30.0
"""Seconds that a writer waits for the lock: write transactions last milliseconds, a stopped process holds it far longer."""
COMMAND_LOCK_WAIT = 2.0
"""Seconds that a command waits for it: it has to report a locked database within 5 s, and takes one or two to start."""
LOCK_RETRY = 0.004
"""Seconds between two tries at SQLite's lock, with jitter; SQLite's own back-off grows to 100 ms and starves a writer."""
BUSY_MS = 5000
"""Milliseconds that SQLite itself waits at most for other locks than that of writers: opening, closing, recovery."""
PAGE_CACHE_KIB = 32 * 1024
"""For each SQLite connection: holds the upper levels of the key index of 10 million items."""
CHECKPOINT_PAGES = 8000
"""Pages of 4 KiB in the write-ahead log before a checkpoint, instead of SQLite's 1,000: one batch of bulk intake touches a thousand
leaves of the key index, and each would be written twice. After a crash 32 MiB are read again, in well under a second."""
WRITERS = 0x50524553
"""The advisory lock of PostgreSQL's writers: "PRES" in ASCII."""
POSTGRES_OPTIONS = "-c idle_in_transaction_session_timeout=60000 -c synchronous_commit=on"
"""A process that is stopped inside a transaction loses it after a minute, and its lock with it."""

POSTGRES_LINK = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
"""Seconds, and tries: a server that has vanished is noticed after 25 s instead of two hours (tcp(7))."""
CONNECT_WAIT = 10
"""Seconds that a process waits for PostgreSQL to accept a connection: a server that recovers after a crash takes a few."""
COMMAND_CONNECT_WAIT = 2
"""Seconds that a command waits for each address of the server: a name such as `localhost` often has two, and 5 s is the limit."""

T = TypeVar("T")


class Unacceptable(PressmarkError):
    """The database refuses a row, since its content breaks a type or a constraint."""


class Unaskable(UsageError, Unacceptable):
    """The database cannot be asked for this: half an emoji, a number beyond its types."""


def open_database(settings: Settings, *, for_command: bool = False) -> Engine:
    """An engine for the database of these settings, which connects at first use. Makes the data folder where needed.

    A command waits for locks and for the server only as long as somebody who called it would; a process waits out an outage.
    """
    url, lock_wait = database_url(settings), COMMAND_LOCK_WAIT if for_command else LOCK_WAIT
    if url.get_backend_name() == "sqlite":
        return _open_sqlite(url, lock_wait)
    limits = f"-c lock_timeout={int(lock_wait * 1000)} -c statement_timeout={int(settings.statement_timeout * 1000)}"
    options = f"{limits} {POSTGRES_OPTIONS}"
    arguments = {**POSTGRES_LINK, "connect_timeout": COMMAND_CONNECT_WAIT if for_command else CONNECT_WAIT, "options": options}
    pool = {"pool_size": settings.database_pool, "max_overflow": settings.database_pool, "pool_pre_ping": True}
    return create_engine(url, **pool, json_serializer=_json, json_deserializer=from_json, connect_args=arguments)


def _json(value: object) -> str:
    """JSON through pydantic's serializer, which the messages need anyway: five times as fast as the module json."""
    return to_json(value).decode()


def database_url(settings: Settings) -> URL:
    """Where these settings put the database; raises Unavailable for a URL that cannot be read."""
    if settings.database_url is None:
        return URL.create("sqlite", database=str(settings.data_dir / "pressmark.sqlite"))
    try:
        return make_url(settings.database_url)
    except ArgumentError as error:
        raise Unavailable("PRESSMARK_DATABASE_URL: expected a URL such as postgresql+psycopg://user@host/name") from error


def _open_sqlite(url: URL, lock_wait: float) -> Engine:
    path = Path(url.database or "pressmark.sqlite")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(f"{path.parent}: expected a folder that can be written: {error.strerror}") from error
    busy_ms = min(BUSY_MS, int(lock_wait * 1000))
    engine = create_engine(url, json_serializer=_json, json_deserializer=from_json, connect_args={"timeout": busy_ms / 1000})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", partial(_begin_sqlite, lock_wait=lock_wait, busy_ms=busy_ms))
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # sqlite3 must not begin transactions of its own
    connection.create_function("lower", 1, _lower, deterministic=True)  # SQLite's own changes ASCII letters only
    connection.create_function("holds", 3, _holds, deterministic=True)
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"cache_size=-{PAGE_CACHE_KIB}",
        f"wal_autocheckpoint={CHECKPOINT_PAGES}",
        "journal_size_limit=67108864",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _lower(value: str | None) -> str | None:
    return None if value is None else value.lower()


def _holds(title: str | None, text: str, word: str) -> bool:
    """Whether a word in lower case stands in either, in any case; as it stands is looked for first, which costs least."""
    both = (text, title or "")
    return any(word in one for one in both) or (word.upper() != word and any(word in one.lower() for one in both))


def _begin_sqlite(connection: Connection, *, lock_wait: float, busy_ms: int) -> None:
    if not connection.get_execution_options().get("writes"):
        connection.exec_driver_sql("BEGIN")
        return
    raw = cast(sqlite3.Connection, connection.connection.dbapi_connection)
    raw.execute("PRAGMA busy_timeout=0")  # for this lock only, which we try for at shorter and more even intervals
    deadline = time.monotonic() + lock_wait
    try:
        while not _lock_taken(raw, last=time.monotonic() > deadline):
            time.sleep(LOCK_RETRY * random.uniform(0.5, 1.5))  # noqa: S311 - spreads writers, guards nothing
    finally:
        raw.execute(f"PRAGMA busy_timeout={busy_ms}")


def _lock_taken(raw: sqlite3.Connection, *, last: bool) -> bool:
    try:
        raw.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if last or error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise
        return False
    return True


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One short write transaction; on both databases, writers queue.

    Raises Unavailable where the database is away, full or locked for too long, Unacceptable where it refuses a row.
    """
    with _our_errors(engine), engine.execution_options(writes=True).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITERS})
        yield connection


def expect_writable(engine: Engine) -> None:
    """Begins a write that changes no row; raises Unavailable for a database that is locked or may only be read.

    The lock alone shows nothing: SQLite makes a reader of whoever begins to write to a file that may only be read, and a standby
    of PostgreSQL gives the lock too. Both refuse the UPDATE.
    """
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = version_num WHERE 1 = 0"))


def one_of(column: ColumnElement[T], values: Iterable[int] | Iterable[str]) -> ColumnElement[bool]:
    """`column IN (values)`, sorted, with the values written out: hundreds of parameters cost psycopg milliseconds a query.

    SQLAlchemy quotes the texts; pass only texts of our own making, such as digests.
    """
    return column.in_(bindparam("among", sorted(values), expanding=True, literal_execute=True, unique=True))


def insert_into(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """INSERT of the connection's dialect: both know ON CONFLICT, each in a class of its own."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    return sqlite.insert(table)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection for reading; ends with a rollback, so that no snapshot outlives it.

    Raises Unavailable, and Unaskable for a question that the database cannot be asked.
    """
    try:
        with _our_errors(engine), engine.connect() as connection:
            yield connection
    except Unacceptable as error:
        why = _one_line(error.__cause__ or error)
        raise Unaskable(f"expected text and numbers that a database can hold, got some that it cannot: {why}") from error


@contextmanager
def _our_errors(engine: Engine) -> Iterator[None]:
    """Turns the database's errors into ours, in one line."""
    try:
        yield
    except (DataError, IntegrityError, UnicodeError, OverflowError) as error:
        raise Unacceptable(f"the database refuses a row: {_one_line(error)}") from error
    except SQLAlchemyError as error:
        if isinstance(error, StatementError) and isinstance(error.orig, (UnicodeError, OverflowError, ValueError, TypeError)):
            raise Unacceptable(f"the database refuses a row: {_one_line(error)}") from error
        raise Unavailable(f"the database {engine.url.render_as_string()} cannot be used: {_one_line(error)}") from error
    except sqlite3.Error as error:
        raise Unavailable(f"the database {engine.url.render_as_string()} cannot be used: {_one_line(error)}") from error


def _one_line(error: BaseException) -> str:
    cause = getattr(error, "orig", None) or error
    return " ".join(str(cause).split())[:300] or type(cause).__name__


def schema_of(engine: Engine) -> str | None:
    """The revision of the database's schema, None where it has none."""
    with reading(engine) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def require_current(engine: Engine) -> None:
    """Raises Unavailable, with the remedy, unless the database has the schema of this program."""
    found = schema_of(engine)
    if found is None:
        raise Unavailable("the database has no tables of Pressmark yet; run `pressmark migrate`")
    if found > SCHEMA:
        raise Unavailable(f"the database has schema {found}, made by a newer Pressmark; this one knows up to {SCHEMA}: upgrade the program")
    if found < SCHEMA:
        raise Unavailable(f"the database has schema {found}, this Pressmark needs {SCHEMA}; run `pressmark migrate`")


def migrate(engine: Engine, to: str = SCHEMA) -> tuple[str | None, str]:
    """Brings the schema up to the revision `to` and returns those before and after; raises Unavailable for a newer schema."""
    found = schema_of(engine)
    if found == to:
        return found, to
    if found is not None and found > SCHEMA:
        require_current(engine)
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))  # to rewrite a large table takes as long as it takes
        config.attributes["connection"] = connection
        command.upgrade(config, to)
    return found, to
