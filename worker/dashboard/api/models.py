"""List models, promote one, roll a promotion back."""

from __future__ import annotations

from pydantic import BaseModel

from worker.dashboard.api.core.routing import ACT_WITHIN, Api, Body, Dashboard, Name, Text, Who
from worker.dashboard.security.access import Role
from worker.dashboard.security.answers import Refused, conflict
from worker.errors import UsageError
from worker.models.seed_folder import seed_folder
from worker.operations import models as operations
from worker.operations import promote
from worker.operations.models import RegisteredModel, ShippedModel
from worker.operations.promote import PromotionReport

api = Api("models")


class Promotion(Body):
    """How a model is promoted."""

    force: bool = False
    """Past the gate; written into the registry."""
    note: Text = ""
    """Why; written into the registry."""


class Promoted(BaseModel):
    """A model that is active now."""

    id: str
    promoted: bool


class RolledBack(BaseModel):
    """The model that is active again."""

    id: str


@api.get("/models", list[RegisteredModel | ShippedModel])
def list_models(state: Dashboard) -> list[RegisteredModel | ShippedModel]:
    """Every model, the newest first, the shipped one last: what `models --json` prints."""
    found = operations.listed(state.services)
    return [*found.registered, found.shipped]


@api.post("/models/{model}/promote", Promoted, role=Role.OPERATOR, errors=(404, 409), within=ACT_WITHIN)
def promote_model(state: Dashboard, who: Who, model: Name, body: Promotion) -> PromotionReport:
    """Make a model the active one if the gate allows it; 409 with its objections where it does not."""
    report = promote.promote(state.services, model, seed_folder(state.services.settings), who, force=body.force, note=body.note)
    if not report.promoted:
        raise Refused(409, "gate", f"{report.id} is not promoted: {'; '.join(report.objections)}")
    return report


@api.post("/models/rollback", RolledBack, role=Role.OPERATOR, errors=(409,))
def roll_back(state: Dashboard, who: Who) -> dict[str, object]:
    """Make the model active that was before."""
    try:
        return {"id": promote.rollback(state.services, who)}
    except UsageError as nothing:
        raise conflict(str(nothing), "no-promotion") from None
