"""Show how things are: the queues and the processes."""

from __future__ import annotations

from worker.dashboard.api.routing import Api, Dashboard
from worker.operations import workers as operations
from worker.operations.queues import QueueReport
from worker.operations.workers import Worker

api = Api("watch")


@api.get("/queues", QueueReport)
def queues(state: Dashboard) -> QueueReport:
    """Depth, age and flow of every queue, the ledger, dead letters by reason, processes and model: what `queues --json` prints."""
    return state.queues()


@api.get("/workers", list[Worker])
def workers(state: Dashboard) -> list[Worker]:
    """Every process that was seen within a day: what `workers --json` prints."""
    return operations.workers(state.services)
