"""Judge whether the webhook takes what is sent to it."""

from __future__ import annotations

from collections.abc import Iterator

from worker.bootstrap import Services
from worker.operations.problem_types import Problem
from worker.operations.times import rfc3339
from worker.storage.webhooks.deliveries import Deliveries


def of_webhooks(services: Services) -> Iterator[Problem]:
    """An event that failed several times, or was given up; nothing is lost while it waits."""
    failing = Deliveries(services.engine).failing()
    if failing is None:
        return
    lost = f", {failing.given_up} of them given up" if failing.given_up else ""
    told = f"The webhook takes no events: {failing.count} wait{lost}. It answered: {failing.said}."
    what = f"{told} Try `pressmark webhooks test`, then `retry`."
    yield Problem("needs", "webhook-failing", what, rfc3339(failing.since), failing.count, None, None)
