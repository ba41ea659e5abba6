"""Label rates counted, on both databases, within their stretch of time."""

import pytest
from sqlalchemy import Engine

from tests.integration.parts.samples import admit, delivered, entry, labelled
from worker.storage.ledger import Ledger
from worker.storage.rates import Rates, rates


def test_an_empty_stretch_has_no_rates(engine: Engine) -> None:
    assert rates(engine, 0, 1e12) == Rates(0)


def test_decisions_and_probabilities_are_counted_within_the_stretch(ledger: Ledger, engine: Engine) -> None:
    ledger.accept([entry(number) for number in range(3)], ledger.open_job("job"))
    lead = ledger.take_lead(ledger.leadership(), "test")
    assert lead
    ledger.keep(delivered(*(labelled(request) for _, request in ledger.lease(lead, 10))), admit)
    found = rates(engine, 0, 1e12)
    assert (found.articles, found.yes, found.unsupported) == (3, {}, 0)
    assert found.mean_probability["trade"] == pytest.approx(0.03)
    assert rates(engine, 0, 1).articles == 0
