"""The database opened: SQLite in the data folder, or PostgreSQL by URL, behaving alike to those above."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from worker.config import Settings
from worker.errors import PressmarkError


class Unacceptable(PressmarkError):
    """The database refuses a row: its content breaks a type or a constraint."""


def open_database(settings: Settings) -> Engine:
    """An engine for the database of these settings; connects at first use. Makes the data folder where needed."""
    raise NotImplementedError


def migrate(engine: Engine) -> tuple[str | None, str]:
    """Brings the schema up to date; the revisions before and after. Idempotent; raises Unavailable for a newer schema."""
    raise NotImplementedError


def require_current(engine: Engine) -> None:
    """Raises Unavailable, naming `pressmark migrate`, unless the schema is this program's own."""
    raise NotImplementedError


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One short write transaction; writers queue, on both databases."""
    raise NotImplementedError


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection for reading; ends with a rollback, so that no snapshot outlives it."""
    raise NotImplementedError
