"""Label rates counted, on both databases, within their stretch of time."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, update

from tests.integration.parts.samples import admit, delivered, entry, labelled
from worker.messages import Labelled, URLRequest
from worker.storage import label_counts
from worker.storage.database import writing
from worker.storage.label_counts import LabelCounts, rates
from worker.storage.ledger import Ledger
from worker.storage.tables import articles


def scored(request: URLRequest, probability: float) -> Labelled:
    outcome = labelled(request)
    topics = [replace(topic, probability=probability) for topic in outcome.labels.topics]
    return replace(outcome, labels=replace(outcome.labels, topics=topics))


def test_an_empty_stretch_has_no_rates(engine: Engine) -> None:
    assert rates(engine, 0, 1e12) == LabelCounts(0)


def test_decisions_and_probabilities_are_counted_within_the_stretch(ledger: Ledger, engine: Engine) -> None:
    ledger.accept([entry(number) for number in range(3)], ledger.open_job("job"))
    lead = ledger.take_lead(ledger.leadership(), "test")
    assert lead
    ledger.keep(delivered(*(labelled(request) for _, request in ledger.lease(lead, 10))), admit)
    found = rates(engine, 0, 1e12)
    assert (found.articles, found.yes, found.unsupported) == (3, {}, 0)
    assert found.mean_probability["trade"] == pytest.approx(0.03)
    assert found.scores["trade"] == (3, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    assert found.unknown_words == {"en": (3, pytest.approx(0.12))}
    assert rates(engine, 0, 1).articles == 0


def test_a_probability_on_an_edge_lies_above_it_and_one_lies_in_the_last_bin(ledger: Ledger, engine: Engine) -> None:
    # Given three articles with probabilities on the edges
    ledger.accept([entry(number) for number in range(3)], ledger.open_job("job"))
    lead = ledger.take_lead(ledger.leadership(), "test")
    assert lead
    requests = [request for _, request in ledger.lease(lead, 10)]
    # When they are kept
    ledger.keep(delivered(*(scored(*pair) for pair in zip(requests, (0.0, 0.1, 1.0), strict=True))), admit)
    # Then
    assert rates(engine, 0, 1e12).scores["culture"] == (1, 1, 0, 0, 0, 0, 0, 0, 0, 1)


def test_of_many_articles_a_sample_is_counted_and_said_so(ledger: Ledger, engine: Engine, monkeypatch) -> None:
    # Given 50 articles over ten hours, the topic decided yes in the last fifth of them
    monkeypatch.setattr(label_counts, "MOST", 30)
    monkeypatch.setattr(label_counts, "SAMPLE", 15)
    monkeypatch.setattr(label_counts, "PIECES", 10)
    ledger.accept([entry(number) for number in range(50)], ledger.open_job("job"))
    lead = ledger.take_lead(ledger.leadership(), "test")
    assert lead
    requests = [request for _, request in ledger.lease(lead, 50)]
    ledger.keep(delivered(*(scored(request, 0.95 if number >= 40 else 0.05) for number, request in enumerate(requests))), admit)
    with writing(engine) as connection:
        for number, request in enumerate(requests):
            connection.execute(update(articles).where(articles.c.item_id == request.item_id).values(stored_at=1000.0 + 720 * number))
    # When
    found = rates(engine, 1000.0, 1000.0 + 36_000)
    # Then an even share of each hour was counted
    assert (found.articles, found.stored) == (20, 50)
    assert found.scores["trade"] == (16, 0, 0, 0, 0, 0, 0, 0, 0, 4)
    assert rates(engine, 1000.0, 1000.0 + 720 * 25).stored is None, "few are all counted"


def test_a_sample_of_one_busy_hour_is_as_large(ledger: Ledger, engine: Engine, monkeypatch) -> None:
    monkeypatch.setattr(label_counts, "MOST", 30)
    monkeypatch.setattr(label_counts, "SAMPLE", 15)
    ledger.accept([entry(number) for number in range(40)], ledger.open_job("job"))
    lead = ledger.take_lead(ledger.leadership(), "test")
    assert lead
    ledger.keep(delivered(*(labelled(request) for _, request in ledger.lease(lead, 40))), admit)
    found = rates(engine, 0, 1e12)
    assert (found.articles, found.stored) == (15, 40)
