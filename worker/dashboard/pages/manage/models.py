"""Show the models, what the gate says of a new one and what it would change; promote, roll back, and label again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from worker.dashboard.pages.page import ACT_WITHIN, page
from worker.dashboard.security.access import Role, Route
from worker.dashboard.security.answers import not_found
from worker.dashboard.security.forms import Form
from worker.dashboard.security.middleware import caller_of
from worker.dashboard.state import State, state_of
from worker.dashboard.view.rendering import Flash, go, part, show
from worker.errors import UsageError
from worker.models.training import Verdict
from worker.operations import compare_models, models, promote, relabel
from worker.operations.models import ModelList, RegisteredModel

NEWEST = 200
"""Articles whose labels a comparison looks at: a few seconds of work."""
SHOWN = 20
"""Changes that are shown one by one."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What the gate says, or why it cannot be asked."""

    verdict: Verdict | None
    fault: str


def listing(request: Request) -> Response:
    """Every model, the active one and those before it."""
    state = state_of(request)
    found = models.listed(state.services)
    return show(
        *(request, "models.html"),
        page="/models",
        found=found,
        active=_active(found),
        outdated=relabel.outdated(state.services),
        running=state.background.state,
        can_go_back=bool(found.promotions),
    )


def _active(found: ModelList) -> str:
    return next((model.id for model in found.registered if model.active), found.shipped.id)


def live(state: State, fields: Mapping[str, str]) -> Mapping[str, str]:
    """How far labelling again is."""
    return {"relabelling": part("relabelling.html", state.settings, running=state.background.state)}


def one(request: Request) -> Response:
    """One model beside the active one: the gate's verdict, its card, and on demand what would change."""
    state = state_of(request)
    found = models.listed(state.services)
    model = _named(found, request.path_params["model"])
    compared = None if model.active else _compared(state, model.id)
    changes = _changes(state, model.id) if "changes" in request.query_params else None
    return show(
        *(request, "model.html"),
        page="/models",
        model=model,
        active=_active(found),
        compared=compared,
        changes=changes,
        newest=NEWEST,
        card=_card(state, model.id),
        fault="",
        status=200,
    )


def _named(found: ModelList, name: str) -> RegisteredModel:
    model = next((model for model in found.registered if model.id == name), None)
    if model is None:
        raise not_found(f"There is no model “{name[:80]}”.")
    return model


def seeds_of(state: State) -> Path:
    """The labelled articles that the gate measures on."""
    return state.settings.seeds_dir or Path("seeds")


def _compared(state: State, model: str) -> Compared:
    try:
        return Compared(promote.verdict(state.services, model, seeds_of(state)), "")
    except UsageError as error:
        return Compared(None, str(error))


def _changes(state: State, model: str) -> dict[str, object]:
    found = list(compare_models.changes(state.services, model, NEWEST))
    return {"articles": len({change.item_id for change in found}), "all": len(found), "some": list(islice(found, SHOWN))}


def _card(state: State, model: str) -> str:
    """The text of its card, empty where it has none."""
    file = state.settings.data_dir / "cards" / model / "card.md"
    return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""


def promote_it(request: Request) -> Response:
    """Makes it the active one; against the gate only with a reason."""
    state, form, name = state_of(request), Form.of(request), request.path_params["model"]
    force, why = form.has("force"), form.text("why")[:500]
    address = f"/models/{quote(name, safe='')}"
    if force and not why:
        return go(request, address, Flash("Say why: promoting in spite of the gate needs a reason, which stands in the log.", bad=True))
    report = promote.promote(state.services, name, seeds_of(state), caller_of(request).name, force=force, note=why)
    if not report.promoted:
        return go(request, address, Flash("The gate says no: " + "; ".join(report.objections)[:400], bad=True))
    return go(request, "/models", Flash(f"Promoted {name}. Workers follow within 5 s. {_offer(state)}"))


def _offer(state: State) -> str:
    """What is to be done about labels of the model before."""
    left = relabel.outdated(state.services).left
    return f"{left:,} articles still carry labels of another model: label them again below." if left else ""


def back_form(request: Request) -> Response:
    """What rolling back would do."""
    found = models.listed(state_of(request).services)
    return show(request, "rollback.html", page="/models", active=_active(found))


def back(request: Request) -> Response:
    """Goes back to the model before."""
    state = state_of(request)
    name = promote.rollback(state.services, caller_of(request).name)
    return go(request, "/models", Flash(f"{name} labels again. Workers follow within 5 s. {_offer(state)}"))


def label_again(request: Request) -> Response:
    """Begins to label again, with the active model, everything that another one labelled."""
    state, who = state_of(request), caller_of(request).name
    state.background.begin(who, lambda tell: relabel.relabel(state.services, tell, who=who))
    return go(request, "/models", Flash("Begun. New articles come first; labels of people stay."))


ROUTES = (
    Route("GET", "/models", Role.VIEWER, page(listing)),
    Route("GET", "/models/rollback", Role.OPERATOR, page(back_form)),
    Route("POST", "/models/rollback", Role.OPERATOR, page(back), form=True),
    Route("POST", "/models/label-again", Role.OPERATOR, page(label_again), form=True),
    Route("GET", "/models/{model}", Role.VIEWER, page(one, ACT_WITHIN)),
    Route("POST", "/models/{model}/promote", Role.OPERATOR, page(promote_it, ACT_WITHIN), form=True),
)
LIVE = {"models": live}
