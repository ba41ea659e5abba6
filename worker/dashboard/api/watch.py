"""Show how things are: queues, processes, what waits, history, settings, and who did what."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from worker.dashboard.api.core.routing import Api, Asked, Dashboard, Moment, Name, Page, Text, moment
from worker.operations import audit, due, settings
from worker.operations import workers as processes
from worker.operations.audit import LogPage
from worker.operations.due import Due
from worker.operations.history import Gap, History, OutcomeCount, Range
from worker.operations.problems import Problem
from worker.operations.queues import QueueReport
from worker.operations.settings import SettingTable
from worker.operations.workers import Worker
from worker.storage.audit import DeedFilter

api = Api("watch")


class DueAsked(Asked):
    """What of all that waits."""

    host: Name | None = None
    reason: Name | None = None
    """Why it waits (host, paused, robots, again, pace), or the reason of its last failure."""
    limit: Page = due.PAGE
    cursor: Text | None = None


class HistoryAsked(Asked):
    """Which stretch of time."""

    range: Range = "hour"


class HistoryShown(BaseModel):
    """Figures of equal steps in time, as they were sampled; null where nothing was."""

    range: Range
    step_s: int
    begins_at: str = Field(alias="from")
    series: dict[str, list[float | None]]
    outcomes: list[OutcomeCount]
    gaps: list[Gap]
    begins: list[str]


class LogAsked(Asked):
    """Which deeds."""

    who: Name | None = None
    what: Name | None = None
    """The beginning of what was done, as `dead` for `dead requeue`."""
    since: Moment | None = None
    limit: Page = audit.PAGE
    cursor: Text | None = None


@api.get("/queues", QueueReport)
def queues(state: Dashboard) -> QueueReport:
    """Depth, age and flow of every queue, the ledger, dead letters by reason, processes and model: what `queues --json` prints."""
    return state.queues()


@api.get("/workers", list[Worker])
def workers(state: Dashboard) -> list[Worker]:
    """Every process that was seen within a day: what `workers --json` prints."""
    return processes.workers(state.services)


@api.get("/problems", list[Problem])
def show_problems(state: Dashboard) -> list[Problem]:
    """What is wrong, what needs a person and what is held back, the worst first: the judgement of `status --check` and `doctor`."""
    return list(state.problems())


@api.get("/due", Due)
def show_due(state: Dashboard, asked: Annotated[DueAsked, Query()]) -> Due:
    """What waits in the ledger, for which host, why and until when: what `due --json` prints."""
    return due.due(state.services, asked.host, asked.reason, asked.limit, asked.cursor)


@api.get("/history", HistoryShown)
def show_history(state: Dashboard, asked: Annotated[HistoryAsked, Query()]) -> History:
    """The figures of the last hour by minutes, day by quarters of an hour, or month by days."""
    return state.history(asked.range)


@api.get("/settings", SettingTable)
def show_settings(state: Dashboard) -> SettingTable:
    """Every setting with its source and reason, secrets masked: what `config --json` prints."""
    return settings.table(state.settings)


@api.get("/log", LogPage)
def show_log(state: Dashboard, asked: Annotated[LogAsked, Query()]) -> LogPage:
    """Who did what, the newest first."""
    which = DeedFilter(asked.who, asked.what, moment(asked.since, state.settings.timezone))
    return audit.entries(state.services, which, asked.limit, asked.cursor)
