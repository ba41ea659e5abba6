"""`pressmark models`: every registered model, and which one is active."""

from __future__ import annotations

from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import show_lines, show_table, tell
from worker.cli._shared.services import opened
from worker.config import Settings
from worker.operations.models import ModelList, RegisteredModel, listed
from worker.operations.times import rfc3339
from worker.storage.model_registry import SHIPPED, Promotion

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
    _show_table(found)
    for promotion in found.promotions[:PROMOTIONS]:
        tell(_sentence(promotion))


def _show_table(found: ModelList) -> None:
    shipped = (found.shipped.id, found.shipped.active, None, None, None, None, None)
    show_table(("id", "active", "added_at", "added_by", "articles", "macro_f1", "sha256"), [*map(_row, found.registered), shipped])


def _row(model: RegisteredModel) -> tuple[object, ...]:
    macro_f1 = f"{model.macro_f1:.3f}" if model.macro_f1 is not None else None
    return model.id, model.active, model.added_at, model.added_by, model.articles, macro_f1, model.sha256


def _sentence(promotion: Promotion) -> str:
    forced = ", forced" if promotion.forced else ""
    note = f" - {promotion.note}" if promotion.note else ""
    return f"{rfc3339(promotion.at)} {promotion.by}: {promotion.model_id or SHIPPED}{forced}{note}"
