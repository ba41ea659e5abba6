"""Repeat a process's work until it is to stop; log an outage once and wait it out."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from worker.errors import Unavailable

log = logging.getLogger(__name__)

OUTAGE_PAUSE = 1.0
"""Seconds between two attempts while Redis or the database is away: short beside an outage, and no load."""


def run_until(
    do: Callable[[], object], stop: threading.Event, who: str, pause: float = 0.0, made_progress: Callable[[], None] = lambda: None
) -> None:
    """Calls `do` until `stop` is set, with `pause` seconds between two calls; `made_progress` after each call that succeeded.

    While it raises Unavailable, that is logged once, and once more when `who` (a kind of process) works again.
    """
    away = False
    while not stop.is_set():
        try:
            do()
        except Unavailable as error:
            log.log(logging.DEBUG if away else logging.ERROR, "%s; trying again", error)
            away = True
            stop.wait(OUTAGE_PAUSE)
            continue
        made_progress()
        if away:
            log.info("the %s works again", who)
        away = False
        stop.wait(pause)
