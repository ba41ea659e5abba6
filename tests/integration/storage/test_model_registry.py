"""The registry of models, on both databases: what is added, active, promoted and rolled back."""

import hashlib
import json

import pytest
from sqlalchemy import Engine

from worker.errors import UsageError
from worker.storage.model_registry import ModelRegistry


def model(name: str, content: bytes = b"weights") -> tuple[str, dict[str, bytes]]:
    manifest = {"id": name, "sha256": hashlib.sha256(name.encode()).hexdigest(), "parts": {"weights": hashlib.sha256(content).hexdigest()}}
    return json.dumps(manifest), {"weights": content}


@pytest.fixture
def registry(engine: Engine) -> ModelRegistry:
    moments = iter(range(1, 1000))
    return ModelRegistry(engine, now=lambda: float(next(moments)))


def test_without_a_promotion_the_shipped_model_is_active(registry: ModelRegistry) -> None:
    assert registry.active() is None
    assert registry.all() == []


def test_a_model_comes_back_byte_for_byte_and_shares_equal_parts(registry: ModelRegistry) -> None:
    registry.add(*model("a"), by="ann")
    registry.add(*model("b"), by="ann")
    manifest, parts = registry.files("b")
    assert (manifest, parts) == model("b")


def test_adding_a_model_twice_changes_nothing(registry: ModelRegistry) -> None:
    first = registry.add(*model("a"), by="ann")
    assert registry.add(*model("a"), by="bob") == first
    assert len(registry.all()) == 1


def test_the_name_of_another_model_is_refused(registry: ModelRegistry) -> None:
    registry.add(*model("a"), by="ann")
    manifest, parts = model("a", b"others")
    other = json.dumps(json.loads(manifest) | {"sha256": "f" * 64})
    with pytest.raises(UsageError, match="name of another"):
        registry.add(other, parts, by="ann")


def test_a_part_that_is_not_the_manifests_is_refused(registry: ModelRegistry) -> None:
    manifest, _ = model("a")
    with pytest.raises(UsageError, match="parts"):
        registry.add(manifest, {"weights": b"flipped"}, by="ann")
    assert registry.all() == []


def test_a_model_is_found_by_the_beginning_of_its_name(registry: ModelRegistry) -> None:
    registry.add(*model("2026-11-24-1"), by="ann")
    registry.add(*model("2026-11-25-1"), by="ann")
    assert registry.find("2026-11-25").id == "2026-11-25-1"
    with pytest.raises(UsageError, match="is the beginning of 2 models"):
        registry.find("2026")


def test_promotions_are_written_down_with_who_and_why(registry: ModelRegistry) -> None:
    registry.add(*model("a"), by="ann")
    registry.promote("a", "bob", forced=True, note="the old one was worse")
    (switch,) = registry.history()
    assert (registry.active(), switch.by, switch.forced, switch.note) == ("a", "bob", True, "the old one was worse")


def test_an_unknown_model_cannot_be_promoted(registry: ModelRegistry) -> None:
    with pytest.raises(UsageError, match="no model 'x'"):
        registry.promote("x", "bob")
    assert registry.active() is None


def test_each_rollback_goes_one_step_further_back(registry: ModelRegistry) -> None:
    for name in ("a", "b", "c"):
        registry.add(*model(name), by="ann")
        registry.promote(name, "ann")
    assert [registry.rollback("bob") for _ in range(3)] == ["b", "a", None]
    with pytest.raises(UsageError, match="active already"):
        registry.rollback("bob")


def test_after_a_rollback_a_new_promotion_rolls_back_to_where_it_began(registry: ModelRegistry) -> None:
    for name in ("a", "b", "c"):
        registry.add(*model(name), by="ann")
    registry.promote("a", "ann")
    registry.promote("b", "ann")
    registry.rollback("ann")
    registry.promote("c", "ann")
    assert registry.rollback("ann") == "a"
