"""Judge whether the webhook takes what is sent to it."""

from __future__ import annotations

from collections.abc import Iterator

from worker.bootstrap import Services
from worker.config.webhooks import FIRST_RECEIVER
from worker.operations.problem_types import Problem
from worker.operations.times import rfc3339
from worker.storage.webhooks.deliveries import Deliveries, Failing


def of_webhooks(services: Services) -> Iterator[Problem]:
    """One for all receivers of which an event failed several times or was given up, or that are none any more."""
    named = [receiver.name for receiver in services.settings.told]
    failing = Deliveries(services.engine).failing(named)
    if failing:
        since = rfc3339(min(one.since for one in failing))
        what = " ".join(_told(one, known=one.receiver in named) for one in failing)
        yield Problem("needs", "webhook-failing", what, since, sum(one.count for one in failing), None, None)


def _told(failing: Failing, *, known: bool) -> str:
    lost = f", {failing.given_up} of them given up" if failing.given_up else ""
    if not known:
        told = f"{failing.count} events wait for the webhook {failing.receiver}, which no setting names{lost}."
        return f"{told} Name it again, or `pressmark webhooks drop --to {failing.receiver}`."
    whose = "The webhook" if failing.receiver == FIRST_RECEIVER else f"The webhook {failing.receiver}"
    told = f"{whose} takes no events: {failing.count} wait{lost}. It answered: {failing.said}."
    return f"{told} Try `pressmark webhooks test`, then `retry`."
