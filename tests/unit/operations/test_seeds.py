"""Seeds from stored and reviewed articles, and from files of other tools."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.operations.stored import store
from worker.bootstrap import Services
from worker.errors import UsageError
from worker.operations.seeds import IMPORTED, REVIEWED, GivenLabels, Imported, add_article, add_reviewed, import_labelled, read
from worker.storage.reviews import Answer


def written(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_a_stored_article_has_the_models_labels_where_a_person_gives_none(services: Services, tmp_path: Path) -> None:
    [item] = store(services, 1)
    assert add_article(services, item, GivenLabels(), "ann", tmp_path) == 1
    assert add_article(services, item, GivenLabels(topics=("trade", "culture"), primary="trade"), "ann", tmp_path) == 1
    [seed] = written(tmp_path / REVIEWED)
    assert (seed["topics"], seed["primary"], seed["source_type"], seed["labelled_by"]) == (
        ["trade", "culture"],
        "trade",
        "independent",
        "ann",
    )


def test_labels_that_the_guide_does_not_have_change_nothing(services: Services, tmp_path: Path) -> None:
    [item] = store(services, 1)
    with pytest.raises(UsageError, match="expected `topics`"):
        add_article(services, item, GivenLabels(topics=("sport",)), "ann", tmp_path)
    assert not (tmp_path / REVIEWED).exists()


def test_what_is_no_stored_article_is_no_seed(services: Services, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="got 9"):
        add_article(services, 9, GivenLabels(), "ann", tmp_path)


def test_a_seed_that_people_dispute_is_withdrawn_and_comes_back_when_they_agree(services: Services, tmp_path: Path) -> None:
    # Given a review that became a seed
    [item] = store(services, 1)
    services.reviews.keep(Answer(item, (), None, "official"), "ann")
    assert add_reviewed(services, tmp_path).written == 1
    # When another person differs
    services.reviews.keep(Answer(item, ("trade",), "trade", "official"), "ben")
    added = add_reviewed(services, tmp_path)
    # Then the seed is gone, and the dispute has both reviews
    assert (added.written, [[review.who for review in of_one] for of_one in added.disputes]) == (0, [["ann", "ben"]])
    assert written(tmp_path / REVIEWED) == []
    # When they agree
    services.reviews.keep(Answer(item, ("trade",), "trade", "official"), "ann")
    added = add_reviewed(services, tmp_path)
    assert (added.written, added.disputes) == (1, ())
    assert written(tmp_path / REVIEWED)[0]["labelled_by"] == "ann, ben"


def test_an_import_counts_what_is_new_known_and_bad(tmp_path: Path) -> None:
    base = {"id": "own", "title": "", "text": "Rice was sold.", "topics": ["trade"], "primary": None, "source_type": "official"}
    (tmp_path / "own.jsonl").write_text(json.dumps(base | {"language": "en", "origin": "authored"}) + "\n")
    lines = [json.dumps(base), json.dumps({"text": "Mines.", "label": ["demining", "official"]}), "{"]
    imported, faults = import_labelled("\n".join(lines), "in.jsonl", tmp_path)
    assert imported == Imported(written=1, known=1, bad=1)
    assert [fault.partition(": ")[0] for fault in faults] == ["in.jsonl:3"]
    assert [seed.topics for seed in read(tmp_path)] == [{"demining"}, {"trade"}]
    assert [seed["text"] for seed in written(tmp_path / IMPORTED)] == ["Mines."]


def test_an_import_that_contradicts_a_seed_is_refused(tmp_path: Path) -> None:
    base = {"id": "own", "title": "", "text": "Rice was sold.", "topics": ["trade"], "primary": None, "source_type": "official"}
    (tmp_path / "own.jsonl").write_text(json.dumps(base | {"language": "en", "origin": "authored"}) + "\n")
    imported, [fault] = import_labelled(json.dumps(base | {"topics": ["culture"]}), "in.jsonl", tmp_path)
    assert (imported.written, imported.bad) == (0, 1)
    assert "expected the labels of seed own, which has the same words, got others" in fault
