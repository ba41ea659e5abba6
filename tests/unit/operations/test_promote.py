"""Promotion: the gate decides, force goes past it, and a rollback goes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.operations.stored import register
from worker.bootstrap import Services
from worker.errors import UsageError
from worker.models import training
from worker.models.manifest import shipped_name
from worker.models.training import Verdict
from worker.operations.label_texts import labeller
from worker.operations.models import listed
from worker.operations.promote import promote, rollback
from worker.operations.train_model import evaluate_articles

SEEDS = Path("seeds")
REFUSED = Verdict(False, 60, 0.7, 0.8, 0.04, 0.03, ("macro-F1 is worse",))


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gate that refuses everybody."""
    monkeypatch.setattr(training, "compare", lambda *_: REFUSED)


def active(services: Services) -> list[str]:
    return [row.id for row in (*listed(services).registered, listed(services).shipped) if row.active]


def test_what_the_gate_refuses_is_not_promoted_and_the_report_has_its_figures(services: Services, gate: None) -> None:
    register(services, "mine")
    report = promote(services, "mine", SEEDS, "ann")
    assert report.to_dict() == {
        "id": "mine",
        "promoted": False,
        "forced": False,
        "objections": ["macro-F1 is worse"],
        "rows": 60,
        "candidate_f1": 0.7,
        "active_f1": 0.8,
        "candidate_ece": 0.04,
        "active_ece": 0.03,
        "labels": (),
    }
    assert active(services) == [shipped_name()]


def test_force_goes_past_the_gate_and_is_written_down(services: Services, gate: None) -> None:
    register(services, "mine")
    assert promote(services, "mine", SEEDS, "ann", force=True, note="a test").to_dict() == {
        "id": "mine",
        "promoted": True,
        "forced": True,
        "objections": [],
    }
    assert active(services) == ["mine"]
    [promotion] = listed(services).promotions
    assert (promotion.by, promotion.forced, promotion.note) == ("ann", True, "a test")


def test_the_active_and_the_shipped_model_are_promoted_without_asking_the_gate(services: Services, gate: None) -> None:
    register(services, "mine")
    promote(services, "mine", SEEDS, "ann", force=True)
    assert promote(services, "mine", SEEDS, "ann").to_dict() == {"id": "mine", "promoted": True, "objections": []}
    assert promote(services, "shipped", SEEDS, "ann").promoted
    assert active(services) == [shipped_name()]


def test_an_unknown_model_is_refused(services: Services) -> None:
    with pytest.raises(UsageError, match="no model 'nosuch'"):
        promote(services, "nosuch", SEEDS, "ann")


def test_a_rollback_names_the_model_that_is_active_again(services: Services) -> None:
    register(services, "mine")
    promote(services, "mine", SEEDS, "ann", force=True)
    assert rollback(services, "ann") == shipped_name()
    with pytest.raises(UsageError, match="expected a promotion to roll back"):
        rollback(services, "ann")


def test_the_commands_of_this_machine_that_use_no_database_follow_before_any_worker_does(services: Services, gate: None) -> None:
    # Given a promotion, and no worker that has labelled since
    register(services, "mine")
    register(services, "other")
    promote(services, "mine", SEEDS, "ann", force=True)
    # Then `label` and `try` use the promoted model, and what a rollback goes back to
    assert labeller(services.settings).model_id == "mine"
    promote(services, "other", SEEDS, "ann", force=True)
    rollback(services, "ann")
    assert labeller(services.settings).model_id == "mine"
    promote(services, shipped_name(), SEEDS, "ann")
    assert labeller(services.settings).model_id == shipped_name()


def test_evaluate_judges_the_active_model_where_none_is_named(services: Services, gate: None, monkeypatch: pytest.MonkeyPatch) -> None:
    register(services, "mine")
    promote(services, "mine", SEEDS, "ann", force=True)
    judged: list[Path | None] = []
    monkeypatch.setattr(training, "evaluate_articles", lambda _, folder: judged.append(folder))
    evaluate_articles(services, Path("labelled.jsonl"), None)
    assert judged == [services.model_cache.folder("mine")]
