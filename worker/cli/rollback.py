"""`pressmark rollback`: go back to the model that was active before."""

from __future__ import annotations

from worker.cli._shared.options import command, json_option, who
from worker.cli._shared.output import show_json, tell
from worker.cli._shared.services import opened
from worker.cli.relabel import offer
from worker.config import Settings
from worker.operations import promote


@command("rollback", help="Go back to the model that was active before.", example="pressmark rollback")
@json_option
def rollback(settings: Settings, as_json: bool) -> None:
    """Workers follow within five seconds."""
    services = opened(settings)
    model = promote.rollback(services, who())
    if as_json:
        show_json({"id": model})
        return
    tell(f"{model} is the active model again; workers follow within five seconds")
    offer(services)
