"""Hold what the answers to programs share, beside the state of the dashboard."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from worker.dashboard.api.core.observer import Observer
from worker.dashboard.fresh import Fresh
from worker.dashboard.live.sampler import Sampler
from worker.dashboard.state import State
from worker.operations.readiness import Readiness, readiness
from worker.operations.snapshot import Snapshots

READY_FOR = 1.0
"""Seconds for which a look at the progress holds: however often orchestrators ask."""


class Programs:
    """The snapshots for metrics, the readiness, and what changes."""

    def __init__(self, state: State) -> None:
        observer = Observer(state)
        self.changes = Sampler(lambda _: observer.look())
        self.snapshots = Snapshots(state.services)
        self.readiness: Fresh[Readiness] = Fresh(lambda: readiness(state.services), READY_FOR)


def programs_of(connection: HTTPConnection) -> Programs:
    """Of the dashboard that this request is asked of."""
    found: Programs = connection.app.state.programs
    return found
