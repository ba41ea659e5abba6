"""Show hosts, lift a host's wait; stop stages and hosts, and let them go on."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, model_validator
from starlette.requests import Request
from starlette.responses import Response

from worker.dashboard.api.core.routing import Api, Asked, Body, Dashboard, Name, Page, Text, Who, paged
from worker.dashboard.security.access import Role
from worker.operations import due as waits
from worker.operations import hosts as operations
from worker.operations import pauses
from worker.operations.due import Lifted
from worker.operations.hosts import HostDetail, HostStatus
from worker.operations.pauses import STAGES, Pauses, Target

api = Api("hosts")

Stage = Literal["fetch", "label", "store", "all"]


class HostsAsked(Asked):
    """Which hosts."""

    like: Name | None = None
    """A part of their name."""
    limit: Page = operations.PAGE
    cursor: Text | None = None


class Paused(BaseModel):
    """What is stopped."""

    stages: list[str]
    hosts: list[str]
    """Name and port."""


class _StageOrHost(BaseModel):
    stage: Stage | None = None
    host: Name | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> _StageOrHost:
        if (self.stage is None) == (self.host is None):
            raise ValueError("expected either a stage or a host")
        return self

    def target(self) -> Target:
        """What is meant."""
        stages = STAGES if self.stage == "all" else (self.stage,) if self.stage else ()
        return Target(tuple(stages), self.host)


class NewPause(_StageOrHost, Body):
    """What is to be stopped: one stage or all, or a host, with one port or all of them."""

    note: Text | None = None
    """Why; shown beside what waits."""


class EndOfPause(_StageOrHost, Asked):
    """What is to go on."""


@api.get("/hosts", list[HostStatus])
def list_hosts(request: Request, state: Dashboard, asked: Annotated[HostsAsked, Query()]) -> Response:
    """Hosts with pace, health and robots.txt, those first for which most waits; the header Link names the next page."""
    found = operations.hosts(state.services, asked.limit, asked.cursor, asked.like)
    return paged(request, found.hosts, found.next)


@api.post("/hosts/{host}/lift", Lifted, role=Role.OPERATOR)
def lift_host(state: Dashboard, who: Who, host: Name) -> Lifted:
    """Lift what a host asked for, or was made to wait after failures: one page is tried first."""
    return waits.lift(state.services, host, who)


@api.get("/hosts/{host}", HostDetail, errors=(404,))
def show_host(state: Dashboard, host: Name) -> HostDetail:
    """One host with its last requests."""
    return operations.host(state.services, host)


@api.get("/pauses", Paused)
def list_pauses(state: Dashboard) -> Pauses:
    """What is stopped."""
    return pauses.paused(state.services)


@api.post("/pauses", Paused, role=Role.OPERATOR)
def pause(state: Dashboard, who: Who, body: NewPause) -> Pauses:
    """Stop a stage or a host until it is resumed; what is under way is finished. Shows what is stopped then."""
    return pauses.pause(state.services, body.target(), who, body.note)


@api.delete("/pauses", Paused, role=Role.OPERATOR)
def resume(state: Dashboard, who: Who, asked: Annotated[EndOfPause, Query()]) -> Pauses:
    """Let a stage or a host go on. Shows what is stopped then."""
    return pauses.resume(state.services, asked.target(), who)
