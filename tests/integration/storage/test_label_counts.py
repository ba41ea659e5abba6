"""Label rates counted, on both databases, within their stretch of time."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from tests.integration.parts.samples import admit, delivered, entry, labelled
from worker.messages import Labelled, URLRequest
from worker.storage.label_counts import LabelCounts, rates
from worker.storage.ledger import Ledger


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
