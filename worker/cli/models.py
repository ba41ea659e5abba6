"""`pressmark models`: every registered model, and which one is active."""

from __future__ import annotations

from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import show_lines, show_table, tell
from worker.cli._shared.services import opened
from worker.config import Settings
from worker.operations.models import ModelList, RegisteredModel, listed
from worker.operations.times import local_time, rfc3339
from worker.storage.model_registry import Promotion

PROMOTIONS = 5
"""Shown below the table, the newest first."""


@command("models", help="Every registered model, and which one is active.", example="pressmark models --json")
@json_option
def models(settings: Settings, as_json: bool) -> None:
    """Newest first; the shipped one comes last."""
    found = listed(opened(settings))
    if as_json:
        show_lines(model.to_dict() for model in (*found.registered, found.shipped))
        return
    _show_table(found, settings.timezone)
    for promotion in found.promotions[:PROMOTIONS]:
        tell(_sentence(promotion, found.shipped.id, settings.timezone))


def _show_table(found: ModelList, zone: str) -> None:
    shipped = (found.shipped.id, found.shipped.active, "with the program", None, None, None, None)
    rows = [*(_row(model, zone) for model in found.registered), shipped]
    show_table(("model", "active", "added", "by", "seeds", "macro-F1", "sha256"), rows)


def _row(model: RegisteredModel, zone: str) -> tuple[object, ...]:
    macro_f1 = f"{model.macro_f1:.3f}" if model.macro_f1 is not None else None
    return model.id, model.active, local_time(model.added_at, zone), model.added_by, model.articles, macro_f1, model.sha256[:12]


def _sentence(promotion: Promotion, shipped: str, zone: str) -> str:
    forced = ", forced past the gate" if promotion.forced else ""
    note = f" - {promotion.note}" if promotion.note else ""
    return f"{local_time(rfc3339(promotion.at), zone)} {promotion.by} made {promotion.model_id or shipped} the active one{forced}{note}"
