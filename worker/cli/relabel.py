"""Stored texts labelled again by the active model, without fetching; stopped and begun again at will."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from worker.bootstrap import Services
from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import Progress, show_json, tell
from worker.cli._shared.services import opened
from worker.config import Settings
from worker.errors import Unavailable
from worker.queues import LABEL_BULK, RESULTS

if TYPE_CHECKING:  # Celery is imported only where something is sent
    from worker.celery_app import Sender

AT_ONCE = 20
"""Texts in a message, as many as a group of new articles: a worker is free again for those after a tenth of a second."""
WINDOW = 400
"""Texts in flight: some seconds of work, so that new articles never wait behind more."""
PAUSE = 0.2
"""Seconds between two looks at the queue."""
PATIENCE = 60.0
"""Seconds without any progress after which no label worker can be there."""


@command("relabel", help="Label stored articles again with the active model; what a person labelled stays.")
@click.option("--dry-run", is_flag=True, help="Only count them.")
@json_option
def relabel(settings: Settings, *, dry_run: bool, as_json: bool) -> int:
    """Feeds `label.bulk` and waits; what is left after Ctrl-C is taken up by the next call."""
    services = opened(settings)
    sha256 = services.labeller.sha256
    todo = services.relabelling.count(sha256)
    if not dry_run and todo:
        _feed(services, sha256, todo)
    left = services.relabelling.count(sha256)
    told = {"model": services.labeller.model_id, "relabelled": todo - left, "left": left}
    if as_json:
        show_json(told)
    else:
        tell(f"{told['relabelled']} articles relabelled by {told['model']}, {left} to do")
    return 0 if dry_run or not left else 1


def _feed(services: Services, sha256: str, todo: int) -> None:
    """Passes over what is still to do until nothing is; raises Unavailable where nothing moves for a minute."""
    from worker.celery_app import Sender

    left, moved_at, sender = todo, time.monotonic(), Sender.of(services.settings)
    with Progress("articles relabelled") as progress:
        while left and time.monotonic() - moved_at < PATIENCE:
            _pass(services, sender, sha256)
            now_left = services.relabelling.count(sha256)
            moved_at = time.monotonic() if now_left < left else moved_at
            left = now_left
            progress.show(todo - left, todo)
            time.sleep(PAUSE)
    if left:
        raise Unavailable(f"{left} articles wait to be relabelled, and no label worker takes them; see `pressmark workers`")


def _pass(services: Services, sender: Sender, sha256: str) -> None:
    """Sends every outdated text once, as the window allows, and waits until what was sent is kept."""
    after = 0
    while texts := services.relabelling.texts(sha256, after, AT_ONCE):
        _wait(services, WINDOW)
        sender.send_texts(texts)
        after = texts[-1].item_id
    _wait(services, 0)


def _wait(services: Services, most: int) -> None:
    """Until no more than `most` texts are under way, or a minute has passed."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        depths = {depth.name: depth.waiting for depth in services.depths.all()}
        if depths[LABEL_BULK] + depths[RESULTS] <= most:
            return
        time.sleep(PAUSE)


COMMANDS = {"relabel": relabel}
