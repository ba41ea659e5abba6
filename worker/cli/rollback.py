"""`pressmark rollback`: go back to the model that was active before."""

from __future__ import annotations

from worker.cli._shared.options import command, json_option, who
from worker.cli._shared.output import show_json, tell
from worker.cli._shared.services import opened
from worker.config import Settings
from worker.operations import promote


@command("rollback", help="Go back to the model that was active before.", example="pressmark rollback")
@json_option
def rollback(settings: Settings, as_json: bool) -> None:
    """Workers follow within five seconds."""
    model = promote.rollback(opened(settings), who())
    show_json({"id": model}) if as_json else tell(f"{model} is the active model again")
