"""The services of a command, with a database that is ready for it."""

from __future__ import annotations

from pathlib import Path

import click

from worker.bootstrap import Services
from worker.config import Settings
from worker.storage.database import database_url, migrate, require_current, schema_of


def is_there(settings: Settings) -> bool:
    """False while nothing was ever accepted here; a database that is named by URL may always be there."""
    return settings.database_url is not None or Path(database_url(settings).database or "").exists()


def opened(settings: Settings) -> Services:
    """Services on a current schema, closed when the command ends; raises Unavailable.

    A database without tables gets them, and one in the data folder is brought up to date, so that `enqueue`
    is the first command that anybody needs. A shared one that is older says `pressmark migrate`: its other
    users have to be stopped first.
    """
    services = Services(settings)
    click.get_current_context().call_on_close(services.close)
    if settings.database_url is None or schema_of(services.engine) is None:
        migrate(services.engine)
    else:
        require_current(services.engine)
    return services
