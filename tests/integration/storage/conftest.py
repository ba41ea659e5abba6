"""A ledger whose clock only tests advance, a leader, and the same ledger with a pace."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from tests.integration.parts.steps import Clock
from worker.storage.database import writing
from worker.storage.ledger import Ledger
from worker.storage.values import Leadership


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(engine, settings, clock) -> Ledger:
    return Ledger(engine, settings, now=clock, chance=lambda: 0.5)


@pytest.fixture
def lead(ledger) -> Leadership:
    taken = ledger.take_lead(ledger.leadership(), "test")
    assert taken is not None
    return taken


@pytest.fixture
def paced(engine, settings, clock) -> Ledger:
    return Ledger(engine, replace(settings, host_interval=2.0), now=clock, chance=lambda: 0.5)


@pytest.fixture
def run_out(engine):
    """Lets seconds pass on the engine's clock, with every queue empty."""

    def run(seconds: float = 200.0) -> None:
        with writing(engine) as connection:
            connection.execute(text("UPDATE engine SET ticks = ticks + :s, low_mark = ticks + :s"), {"s": seconds})

    return run
