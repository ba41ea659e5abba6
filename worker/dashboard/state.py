"""Hold what every request of one dashboard works with."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import HTTPConnection

from worker.bootstrap import Services
from worker.config import Settings
from worker.dashboard.background import Background
from worker.dashboard.discovery import Discoveries
from worker.dashboard.fresh import Fresh, Outcomes
from worker.dashboard.security.callers import Callers
from worker.dashboard.security.limits import Streams
from worker.operations import problems, queues, sources
from worker.operations.problems import Problem
from worker.operations.queues import QueueReport

FRESH = 2.0
"""Seconds for which the figures of all pages hold: many pages and viewers within a moment ask once."""


class State:
    """One dashboard: the services that operations take, who may call, the streams that are open, and the figures of this moment."""

    def __init__(self, services: Services, settings: Settings) -> None:
        self.services = services
        self.settings = settings
        self.callers = Callers(settings)
        self.streams = Streams()
        self.queues: Fresh[QueueReport] = Fresh(lambda: queues.report(services), FRESH)
        self.problems: Fresh[Sequence[Problem]] = Fresh(lambda: problems.problems(services, report=self.queues), FRESH)

        self.added: Outcomes[object] = Outcomes()
        """What the lines of an Add became, for the page after it."""

        self.background = Background()
        self.discoveries = Discoveries(lambda url: sources.discovered(settings, url))

    def changed(self) -> None:
        """After an act: the next page asks anew."""
        self.queues.forget()
        self.problems.forget()


def state_of(connection: HTTPConnection) -> State:
    """The dashboard that this request is asked of."""
    state: State = connection.app.state.dashboard
    return state
