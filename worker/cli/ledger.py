"""The services of a command, with a database that is ready for it."""

from __future__ import annotations

import click

from worker.bootstrap import Services
from worker.config import Settings
from worker.storage.database import migrate, require_current, schema_of


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
