"""Prepare the installation that a command works on: its database and schema, and whether anything is running."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from worker.bootstrap import Services
from worker.config import Settings
from worker.errors import Unavailable
from worker.operations.document import Document
from worker.queues.address import redis_url
from worker.storage import database


@dataclass(frozen=True, slots=True)
class Migration(Document):
    """The schema's revision before and after; None where there were no tables."""

    before: str | None
    after: str


def exists(settings: Settings) -> bool:
    """False while nothing was ever accepted here; a database that is named by URL may always be there."""
    return settings.database_url is not None or Path(database.database_url(settings).database or "").exists()


def prepare(services: Services) -> None:
    """Brings the database to the current schema where that may be done unasked; raises Unavailable where not.

    A database without tables gets them, and one in the data folder is brought up to date, so that `enqueue`
    is the first command that anybody needs. A shared one that is older needs `pressmark migrate`: its other
    users have to be stopped first.
    """
    if services.settings.database_url is None or database.schema_of(services.engine) is None:
        database.migrate(services.engine)
    else:
        database.require_current(services.engine)


def migrate(services: Services) -> Migration:
    """Brings the database to this version's schema; may be run any number of times."""
    return Migration(*database.migrate(services.engine))


def is_up(settings: Settings) -> bool:
    """Whether there is a Redis to work with: one named in the settings, or the embedded one of a running `up`."""
    try:
        redis_url(settings)
    except Unavailable:
        return False
    return True
