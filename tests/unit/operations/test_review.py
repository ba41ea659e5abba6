"""What is asked for, and answers: kept, taken back, refused where they are no answers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.operations.stored import store
from worker.bootstrap import Services
from worker.errors import UsageError
from worker.operations.review import answer_of, candidate, keep, take_back, to_review
from worker.storage.reviews import Answer

GOOD = {"item_id": 1, "topics": ["trade"], "primary": "trade", "source_type": "official"}


def asked(services: Services, who: str, *, second: bool = False) -> list[int]:
    return sorted(article.stored_id for article in to_review(services, 10, who, second=second))


def test_what_is_answered_is_not_asked_for_again_until_the_answer_is_taken_back(services: Services) -> None:
    items = store(services, 3)
    keep(services, Answer(items[0], (), None, "official"), "ann")
    assert asked(services, "ann") == items[1:]
    take_back(services, items[0], "ann")
    assert asked(services, "ann") == items


def test_a_second_person_is_asked_for_what_others_reviewed_and_they_did_not(services: Services) -> None:
    items = store(services, 3)
    keep(services, Answer(items[0], (), None, "official"), "ann")
    assert (asked(services, "ben", second=True), asked(services, "ann", second=True)) == (items[:1], [])


def test_the_budget_is_kept(services: Services) -> None:
    store(services, 3)
    assert len(to_review(services, 2, "ann")) == 2


def test_a_candidate_names_the_article_its_outlet_and_the_models_doubt(services: Services) -> None:
    store(services, 1)
    [article] = to_review(services, 1, "ann")
    document = candidate(article).to_dict()
    assert list(document) == ["item_id", "url", "title", "outlet", "doubt"]
    assert document["outlet"] == "outlet0.test"
    assert 0 < float(str(document["doubt"])) < 1


def test_an_answer_on_no_article_is_refused(services: Services) -> None:
    with pytest.raises(UsageError, match="got 99"):
        keep(services, Answer(99, (), None, "official"), "ann")


def test_json_becomes_an_answer() -> None:
    assert answer_of(GOOD) == Answer(1, ("trade",), "trade", "official")
    assert answer_of({"item_id": 1, "topics": [], "source_type": "independent"}) == Answer(1, (), None, "independent")


@pytest.mark.parametrize(
    ("value", "got"),
    [
        (None, "got no JSON"),
        ([1], r"got \[1\]"),
        (GOOD | {"item_id": True}, "expected"),
        (GOOD | {"item_id": "1"}, "expected"),
        (GOOD | {"topics": "trade"}, "expected"),
        (GOOD | {"topics": ["sport"], "primary": None}, "labels of the guide"),
        (GOOD | {"topics": [["trade"]], "primary": None}, "labels of the guide"),
        (GOOD | {"primary": "culture"}, "labels of the guide"),
        (GOOD | {"source_type": None}, "labels of the guide"),
    ],
)
def test_what_is_no_answer_says_what_was_expected_and_what_was_there(value: Any, got: str) -> None:
    with pytest.raises(UsageError, match=got):
        answer_of(value)
