"""Rounds done: the same work again and again until told to stop, an outage told once and waited out."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from worker.errors import Unavailable

log = logging.getLogger(__name__)

OUTAGE_PAUSE = 1.0
"""Seconds between two tries while Redis or the database is away."""


def run_until(do: Callable[[], object], stop: threading.Event, who: str, pause: float = 0.0) -> None:
    """Calls `do` until `stop`, with a `pause` in seconds between; where it raises Unavailable, `who` tells so once and goes on after it."""
    away = False
    while not stop.is_set():
        try:
            do()
        except Unavailable as error:
            log.log(logging.DEBUG if away else logging.ERROR, "%s; trying again", error)
            away = True
            stop.wait(OUTAGE_PAUSE)
            continue
        if away:
            log.info("the %s goes on", who)
        away = False
        stop.wait(pause)
