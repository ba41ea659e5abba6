"""Prepare the installation that a command works on: its database and schema, and whether anything is running."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from worker.bootstrap import Services
from worker.config import Settings
from worker.errors import Unavailable
from worker.operations.document import Document
from worker.queues.address import redis_url
from worker.storage import database, word_index


@dataclass(frozen=True, slots=True)
class Migration(Document):
    """The schema's revision before and after; None where there were no tables."""

    before: str | None
    after: str
    note: str | None = None
    """What this database cannot do, in words."""


def exists(settings: Settings) -> bool:
    """False while nothing was ever accepted here; a database that is named by URL may always be there."""
    return settings.database_url is not None or Path(database.database_url(settings).database or "").exists()


def prepare(services: Services) -> None:
    """Brings the database to the current schema where that may be done unasked; raises Unavailable where not.

    A database without tables gets them, and one in the data folder is brought up to date, so that `enqueue`
    is the first command that anybody needs. A shared one that is older needs `pressmark migrate`: its other
    users have to be stopped first.
    """
    if services.settings.database_url is not None and database.schema_of(services.engine) is not None:
        database.require_current(services.engine)
    elif database.migrate(services.engine)[0] is None:
        word_index.build(services.engine)  # a moment without articles


def migrate(services: Services, progress: Callable[[int], None] = lambda done: None) -> Migration:
    """Brings the database to this version's schema and fills its index of words; may be run any number of times.

    Others may read and write while the index is filled; `progress` is called with how many articles are in it. Raises Unavailable.
    """
    before, after = database.migrate(services.engine)
    note, done = word_index.build(services.engine), 0
    while word_index.index_some(services.engine):
        done += word_index.AT_ONCE
        progress(done)
    return Migration(before, after, f"search reads every text: {note}" if note else None)


def is_up(settings: Settings) -> bool:
    """Whether there is a Redis to work with: one named in the settings, or the embedded one of a running `up`."""
    try:
        redis_url(settings)
    except Unavailable:
        return False
    return True
