"""Label stored articles again with the active model, through the workers; a call that was stopped is resumed by the next one."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from worker.bootstrap import Services
from worker.celery_app import Sender
from worker.errors import Conflict, Unavailable
from worker.operations.audit import record
from worker.operations.document import Document
from worker.queues import LABEL_BULK, RESULTS

AT_ONCE = 20
"""Texts in a message, as many as articles in a group: a worker is free for new articles again after a tenth of a second."""
WINDOW = 400
"""Texts in the queues at once: some seconds of work, so that new articles never wait longer than that."""
PAUSE = 0.2
"""Seconds between two looks at the queues."""
PATIENCE = 60.0
"""Seconds without progress after which no label worker can be running."""


@dataclass(frozen=True, slots=True)
class RelabelReport(Document):
    """How far relabelling is."""

    model: str
    relabelled: int
    """By this call."""
    left: int
    """Articles with labels of another model; those that people reviewed are not counted, and keep their labels."""


@dataclass(frozen=True, slots=True)
class Outdated(Document):
    """Articles with labels of another model than the active one: what relabelling would change."""

    model: str
    """The active one."""
    left: int
    """Those that people reviewed are not counted, and keep their labels."""


def outdated(services: Services) -> Outdated:
    """How many articles still carry another model's labels. Raises Unavailable."""
    model = services.model_note
    return Outdated(model.id, services.relabelling.count(model.sha256))


def relabel(services: Services, progress: Callable[[int, int], None], *, dry_run: bool = False, who: str | None = None) -> RelabelReport:
    """Labels every article with labels of another model again, and waits until that is done; `dry_run` only counts them.

    `progress` is called with how many are done, and of how many. Raises Unavailable, also where nothing is done for a minute.
    """
    model = services.model_note
    total = services.relabelling.count(model.sha256)
    if not dry_run and total:
        record(services, who, "relabel", count=total, which={"model": model.id})
        _relabel_all(services, model.sha256, total, progress)
    left = services.relabelling.count(model.sha256)
    return RelabelReport(model.id, total - left, left)


def again(services: Services, item_id: int, who: str) -> None:
    """Sends one article to be labelled by the active model. Raises Conflict where a person or that model labelled it, Unavailable."""
    found = services.relabelling.texts(services.labeller.sha256, item_id - 1, 1)
    if not found or found[0].item_id != item_id:
        raise Conflict("Its labels are those of the active model already, or a person gave them. Nothing was sent.")
    Sender.of(services.settings).send_texts(found)
    record(services, who, "relabel", count=1, which={"item_id": item_id})


def _relabel_all(services: Services, sha256: str, total: int, progress: Callable[[int, int], None]) -> None:
    """Repeats passes over the outdated articles until none is left."""
    left, moved_at, sender = total, time.monotonic(), Sender.of(services.settings)
    while left and time.monotonic() - moved_at < PATIENCE:
        _pass(services, sender, sha256)
        now_left = services.relabelling.count(sha256)
        moved_at = time.monotonic() if now_left < left else moved_at
        left = now_left
        progress(total - left, total)
        time.sleep(PAUSE)
    if left:
        raise Unavailable(f"{left} articles wait to be relabelled, and no label worker takes them; see `pressmark workers`")


def _pass(services: Services, sender: Sender, sha256: str) -> None:
    """Sends every outdated text once, as the window allows, and waits until the queues are empty."""
    after = 0
    while texts := services.relabelling.texts(sha256, after, AT_ONCE):
        _wait(services, WINDOW)
        sender.send_texts(texts)
        after = texts[-1].item_id
    _wait(services, 0)


def _wait(services: Services, most: int) -> None:
    """Until no more than `most` texts are in the queues, or a minute has passed."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        waiting = {depth.name: depth.waiting for depth in services.depths.all()}
        if waiting[LABEL_BULK] + waiting[RESULTS] <= most:
            return
        time.sleep(PAUSE)
