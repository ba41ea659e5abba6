"""Look for problems, and queue an event for each that begins or ends."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable

from worker.bootstrap import Services
from worker.operations.problems import Problem, problems
from worker.storage.webhooks.deliveries import Deliveries

LOOK = 30.0
"""Seconds between two looks at problems, which change within minutes, not seconds."""
SURE = 2
"""Looks in a row after which a problem counts as begun or ended, so that a figure near its limit does not send a message each minute."""


class Watch:
    """Tells the receivers that want problems; several may watch, and each problem is told once."""

    def __init__(self, services: Services, now: Callable[[], float] = time.time) -> None:
        self._services = services
        self._deliveries = Deliveries(services.engine, now)
        self._seen: dict[str, int] = {}
        """For each problem that was not told yet: in how many looks in a row it was there."""
        self._gone: dict[str, int] = {}
        """For each problem that was told: in how many looks in a row it was not there."""

    def round(self) -> bool:
        """Looks once; never has more to do at once. Raises Unavailable."""
        self.look(problems(self._services))
        return False

    def look(self, found: Iterable[Problem]) -> None:
        """Tells of problems that begin and end, but not of what is held back on purpose."""
        now = {_name(problem): json.dumps(problem.to_dict(), ensure_ascii=False) for problem in found if problem.level != "held"}
        told = self._deliveries.told()
        self._seen = {key: self._seen.get(key, 0) + 1 for key in now.keys() - told.keys()}
        self._gone = {key: self._gone.get(key, 0) + 1 for key in told.keys() - now.keys()}
        opened = {key: now[key] for key, looks in self._seen.items() if looks >= SURE}
        closed = {key: told[key] for key, looks in self._gone.items() if looks >= SURE}
        if opened or closed:
            wanted = [receiver for receiver in self._services.settings.told if "problems" in receiver.events]
            self._deliveries.tell(wanted, opened, closed)


def _name(problem: Problem) -> str:
    """The same for a problem while it lasts, whatever its figures are."""
    return f"{problem.code} {problem.host or ''} {problem.act.href if problem.act else ''}".strip()
