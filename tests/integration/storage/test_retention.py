"""What is older than the settings keep it goes, on SQLite and on PostgreSQL, and the ledger still balances."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from tests.integration.parts.samples import entry, failed, labelled
from tests.integration.parts.steps import balanced, keep, leased
from worker.storage.articles import Articles
from worker.storage.database import reading
from worker.storage.ledger import Ledger
from worker.storage.removal import retention
from worker.storage.tables import evidence, labels
from worker.storage.values import DeadFilter

DAY = 86400.0


@pytest.fixture
def kept_for(engine, settings, clock):
    """A ledger whose settings keep things for so many days."""
    return lambda **days: Ledger(engine, replace(settings, **days), now=clock, chance=lambda: 0.5)


def _stored(ledger, lead, *numbers: int, text: str | None = None) -> None:
    ledger.accept([entry(number, f"h{number}.test:443") for number in numbers], ledger.open_job("job"))
    keep(ledger, *(labelled(request, text) for request in leased(ledger, lead)))


def test_articles_are_kept_for_ever_unless_a_setting_says_otherwise(ledger, lead, clock, engine) -> None:
    _stored(ledger, lead, 1)
    clock.at += 5000 * DAY
    ledger.sweep(lead)
    assert Articles(engine).count() == 1


def test_an_old_article_goes_with_all_of_it_and_a_new_one_stays(kept_for, lead, clock, engine, monkeypatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    ledger = kept_for(articles_days=30.0)
    _stored(ledger, lead, 1, 2, 3)
    clock.at += 20 * DAY
    _stored(ledger, lead, 4)
    clock.at += 11 * DAY
    assert ledger.sweep(lead) is True  # two of three: there is more
    assert ledger.sweep(lead) is False
    assert [result.url for result in Articles(engine).results()] == ["https://h4.test/4"]
    with reading(engine) as connection:
        for table in (labels, evidence):
            assert connection.execute(select(func.count(table.c.item_id.distinct()))).scalar_one() == 1
    assert ledger.accept([entry(1, "h1.test:443")], ledger.open_job("job"))[0].state == "known"
    assert balanced(ledger)


def test_a_younger_copy_of_an_old_article_is_fetched_anew_and_an_older_one_is_not(kept_for, lead, clock, engine) -> None:
    ledger = kept_for(articles_days=30.0)
    for number, days in ((1, 1), (2, 25), (3, 0)):
        _stored(ledger, lead, number, text="One and the same text.")
        clock.at += days * DAY
    clock.at += 5 * DAY
    ledger.sweep(lead)
    assert Articles(engine).count() == 0
    states = [ledger.trace(entry(n, f"h{n}.test:443").key) for n in (1, 2, 3)]
    assert [found[0].state if found else None for found in states] == ["refused", "waiting", "waiting"]
    assert balanced(ledger)


def test_old_dead_letters_are_given_up(kept_for, lead, clock) -> None:
    ledger = kept_for(dead_days=7.0)
    for number in (1, 2):
        ledger.accept([entry(number)], ledger.open_job("job"))
        keep(ledger, *(failed(request, "http-404") for request in leased(ledger, lead)))
        clock.at += 5 * DAY
    ledger.sweep(lead)
    assert [(group.reason, group.count) for group in ledger.dead_groups()] == [("dropped-by-user", 1), ("http-404", 1)]
    [given_up] = ledger.dead(DeadFilter(reason="dropped-by-user"))
    assert given_up.detail == "older than dead letters are kept"
    ledger.sweep(lead)
    assert balanced(ledger)
