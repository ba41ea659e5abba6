"""Stop stages and hosts, and let them go on."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, model_validator

from worker.dashboard.api.routing import Api, Asked, Body, Dashboard, Name
from worker.dashboard.security.access import Role
from worker.operations import pauses as operations
from worker.operations.pauses import STAGES, Pauses, Target

api = Api("pauses")

Stage = Literal["fetch", "label", "store", "all"]


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


class EndOfPause(_StageOrHost, Asked):
    """What is to go on."""


@api.get("/pauses", Paused)
def list_pauses(state: Dashboard) -> dict[str, object]:
    """What is stopped."""
    paused = state.services.operator_ledger.paused()
    return {"stages": sorted(paused.stages), "hosts": list(paused.hosts)}


@api.post("/pauses", Paused, role=Role.OPERATOR)
def pause(state: Dashboard, body: NewPause) -> Pauses:
    """Stop a stage or a host until it is resumed; what is under way is finished. Shows what is stopped then."""
    return operations.pause(state.services, body.target())


@api.delete("/pauses", Paused, role=Role.OPERATOR)
def resume(state: Dashboard, asked: Annotated[EndOfPause, Query()]) -> Pauses:
    """Let a stage or a host go on. Shows what is stopped then."""
    return operations.resume(state.services, asked.target())
