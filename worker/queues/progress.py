"""Tell the installation that a process which serves no queue goes on: dispatcher, keeper, dashboard."""

from __future__ import annotations

import logging
import time
from types import TracebackType
from typing import Literal

from worker.errors import Unavailable
from worker.queues.control import BEAT, Control, this_process

log = logging.getLogger(__name__)

Kind = Literal["dispatcher", "keeper", "dashboard"]


class Progress:
    """The heartbeat of one such process, under `kind@host-process` among the workers; `with Progress(…)` takes it back at the end.

    A process calls `made` after every round of its work, so that one which was stopped, or waits without end, falls silent.
    A dashboard calls it on a timer of the loop that serves its requests, at least once in BEAT seconds.
    """

    def __init__(self, control: Control, kind: Kind) -> None:
        self._control = control
        self._name = f"{kind}@{this_process()}"
        self._beat_at = -BEAT

    def made(self) -> None:
        """Writes a heartbeat where the last one is BEAT seconds old; raises nothing, also while Redis is away."""
        now = time.monotonic()
        if now - self._beat_at < BEAT:
            return
        self._beat_at = now
        try:
            self._control.heartbeat(self._name, (), 0)
        except Unavailable as away:
            log.debug("no heartbeat, Redis is away: %s", away)

    def __enter__(self) -> Progress:
        self.made()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            self._control.deregister(self._name)
        except Unavailable as away:
            log.debug("could not deregister: %s", away)
