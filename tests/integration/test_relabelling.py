"""Stored articles labelled again, on both databases: newer over older, never over a person, states untouched."""

from dataclasses import replace
from typing import Literal

import pytest
from sqlalchemy import Engine

from classifier.labels import Labels, ModelName
from tests.integration.parts.samples import LABELS, admit, delivered, entry, labelled
from tests.integration.storage.test_model_registry import model
from worker.messages import Relabelled
from worker.storage.articles import Articles
from worker.storage.ledger import Ledger
from worker.storage.model_registry import ModelRegistry
from worker.storage.relabelling import Relabelling
from worker.storage.reviews import Answer, Reviews


def by(name: str, decision: Literal["yes", "no"] = "yes") -> Labels:
    """Labels of the model `name`, with this decision on trade."""
    topics = [replace(topic, decision=decision) if topic.label == "trade" else topic for topic in LABELS.topics]
    return replace(LABELS, topics=topics, primary_topic="trade", model=ModelName(name, name * 8))


@pytest.fixture
def stored(ledger: Ledger) -> list[int]:
    """Three stored articles, labelled by the model `m-1`."""
    accepted = ledger.accept([entry(number) for number in range(3)], ledger.open_job("job"))
    ids = [one.item_id for one in accepted if one.item_id is not None]
    lead = ledger.take_lead(ledger.leadership(), "test")
    assert lead
    requests = [request for _, request in ledger.lease(lead, 10)]
    ledger.keep(delivered(*(labelled(request) for request in requests)), admit)
    return ids


@pytest.fixture
def registry(engine: Engine) -> ModelRegistry:
    """Two promoted models: `old`, then `new`."""
    found = ModelRegistry(engine)
    for name in ("old", "new"):
        found.add(*model(name), by="ann")
        found.promote(name, "ann")
    return found


def labels_of(articles: Articles, item_id: int) -> tuple[str, str]:
    (result,) = articles.of([item_id])
    return result.model.id, result.topics[1].decision


def test_newer_labels_take_the_place_of_older_ones(ledger, articles, registry, stored) -> None:
    ledger.keep(delivered(Relabelled(stored[0], by("new"))), admit)
    assert labels_of(articles, stored[0]) == ("new", "yes")
    assert labels_of(articles, stored[1]) == ("m-1", "no")


def test_an_older_model_never_overwrites_a_newer(ledger, articles, registry, stored) -> None:
    ledger.keep(delivered(Relabelled(stored[0], by("new"))), admit)
    ledger.keep(delivered(Relabelled(stored[0], by("old", "no"))), admit)
    assert labels_of(articles, stored[0]) == ("new", "yes")


def test_after_a_rollback_the_model_that_ships_is_the_newest(ledger, articles, registry, stored) -> None:
    ledger.keep(delivered(Relabelled(stored[0], by("new"))), admit)
    registry.promote(None, "ann")
    ledger.keep(delivered(Relabelled(stored[0], by("shipped"))), admit)
    assert labels_of(articles, stored[0])[0] == "shipped"


def test_what_a_person_labelled_stays(ledger, articles, engine, registry, stored) -> None:
    Reviews(engine).keep(Answer(stored[0], ("culture",), "culture", "official"), "ann")
    ledger.keep(delivered(Relabelled(stored[0], by("new"))), admit)
    assert labels_of(articles, stored[0])[0] == "m-1"
    assert articles.of([stored[0]])[0].review.topics == ["culture"]


def test_the_ledger_does_not_move(ledger, registry, stored) -> None:
    before = ledger.balance()
    ledger.keep(delivered(Relabelled(stored[0], by("new")), Relabelled(999, by("new"))), admit)
    assert ledger.balance() == before
    assert before.balanced


def test_what_is_still_to_do_comes_page_by_page(ledger, engine, registry, stored) -> None:
    relabelling = Relabelling(engine)
    assert relabelling.count("new" * 8) == 3
    first = relabelling.texts("new" * 8, 0, 2)
    assert [text.item_id for text in first] == stored[:2]
    ledger.keep(delivered(*(Relabelled(text.item_id, by("new")) for text in first)), admit)
    assert [text.item_id for text in relabelling.texts("new" * 8, 0, 2)] == stored[2:]


def test_two_people_who_differ_stay_visible(articles, engine, stored) -> None:
    reviews = Reviews(engine)
    reviews.keep(Answer(stored[0], (), None, "official"), "ann")
    reviews.keep(Answer(stored[0], ("trade",), "trade", "official"), "bob")
    summary = articles.of([stored[0]])[0].review
    assert (summary.who, summary.disagreement) == (["ann", "bob"], True)
    reviews.keep(Answer(stored[0], ("trade",), "trade", "official"), "ann")
    assert articles.of([stored[0]])[0].review.disagreement is False


def test_a_forgotten_article_takes_its_reviews_along(ledger, engine, stored) -> None:
    Reviews(engine).keep(Answer(stored[0], (), None, "official"), "ann")
    ledger.forget(key=entry(0).key)
    assert Reviews(engine).all() == []


def test_a_request_is_never_relabelled_into_being(ledger, articles, registry) -> None:
    ledger.keep(delivered(Relabelled(1, by("new"))), admit)
    assert articles.count() == 0
