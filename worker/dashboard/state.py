"""Hold what every request of one dashboard works with."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from starlette.requests import HTTPConnection

from worker.bootstrap import Services
from worker.config import Settings
from worker.dashboard.background import Background
from worker.dashboard.counts import ListCounts
from worker.dashboard.discovery import Discoveries
from worker.dashboard.fresh import Drawn, Fresh, Outcomes
from worker.dashboard.security.callers import Callers
from worker.dashboard.security.limits import Streams
from worker.operations import articles, problems, queues, sources
from worker.operations.capacity import Capacity, capacity
from worker.operations.figures import WatchedFigures
from worker.operations.history import Histories
from worker.operations.problems import Problem
from worker.operations.queues import QueueReport
from worker.operations.times import midnights

FRESH = 2.0
"""Seconds for which the figures of all pages hold: many pages and viewers within a moment ask once."""
TODAY = 10.0
"""Seconds for which hold what was stored today, which costs more by the hour, and how much room is left, which changes slowly."""


class State:
    """One dashboard: the services that operations take, who may call, the streams that are open, and the figures of this moment."""

    def __init__(self, services: Services, settings: Settings) -> None:
        self.services = services
        self.settings = settings
        self.callers = Callers(settings)
        self.streams = Streams()
        self.ledger = WatchedFigures(services)
        self.queues: Fresh[QueueReport] = Fresh(lambda: queues.report(services, self.ledger.figures), FRESH)
        self.problems: Fresh[Sequence[Problem]] = Fresh(self._problems, FRESH)
        self.history = Histories(services)

        self.stored_today: Fresh[Mapping[str, int]] = Fresh(self._stored_today, TODAY)
        """Articles stored since midnight: by topic, and all of them under `all`."""
        self.counts = ListCounts(services)
        self.room: Fresh[Capacity] = Fresh(lambda: capacity(services), TODAY)
        self.drawn: Drawn[object, Mapping[str, str]] = Drawn()
        """The parts of open pages that only the history changes."""

        self.added: Outcomes[object] = Outcomes()
        """What the lines of an Add became, for the page after it."""

        self.background = Background()
        self.discoveries = Discoveries(lambda url: sources.discovered(settings, url))

    def changed(self) -> None:
        """After an act: the next page asks anew."""
        self.ledger.forget()
        for one in (self.queues, self.problems, self.stored_today, self.counts):
            one.forget()

    def _problems(self) -> Sequence[Problem]:
        return problems.problems(self.services, report=self.queues, figures=self.ledger.figures)

    def _stored_today(self) -> Mapping[str, int]:
        return articles.stored_since(self.services, midnights(time.time(), self.settings.timezone, 1)[0])


def state_of(connection: HTTPConnection) -> State:
    """The dashboard that this request is asked of."""
    state: State = connection.app.state.dashboard
    return state
