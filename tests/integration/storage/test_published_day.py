"""The paper's own day is stored beside the moment; rows of a version that did not know it have the day in UTC."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from tests.integration.parts.samples import labelled
from tests.integration.parts.steps import keep, one
from worker.storage import tables
from worker.storage.articles import Articles
from worker.storage.database import writing


@pytest.mark.parametrize(("sent", "stored"), [("2026-11-20", "2026-11-20"), (None, "2026-11-19")], ids=["by this version", "by one before"])
def test_the_day_is_stored(ledger, lead, engine, sent: str | None, stored: str) -> None:
    told = labelled(one(ledger, lead))
    article = replace(told.extracted.article, published_at="2026-11-19T23:30:00Z", published_on=sent)
    keep(ledger, replace(told, extracted=replace(told.extracted, article=article)))
    [result] = Articles(engine).results()
    assert (result.published_at, result.published_on) == ("2026-11-19T23:30:00Z", stored)


def test_a_row_from_before_the_column_is_read_with_the_day_in_utc(ledger, lead, engine) -> None:
    keep(ledger, labelled(one(ledger, lead)))
    with writing(engine) as connection:
        connection.execute(update(tables.articles).values(published_at="2026-11-19T23:30:00Z", published_on=None))
    assert next(Articles(engine).results()).published_on == "2026-11-19"
