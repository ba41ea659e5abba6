"""Search says whether there is more; export takes one job or all."""

from __future__ import annotations

import pytest

from tests.unit.operations.stored import store
from worker.bootstrap import Services
from worker.errors import UsageError
from worker.operations.articles import export, search
from worker.storage.search import SearchFilter


def test_a_search_gives_no_more_than_asked_for_and_says_that_there_is_more(services: Services) -> None:
    store(services, 3)
    found = search(services, SearchFilter(words=("rice",)), 2)
    assert (len(found.results), found.more) == (2, True)
    assert search(services, SearchFilter(words=("rice",)), 3).more is False
    assert search(services, SearchFilter(words=("bamboo",)), 3).results == []


def test_an_export_is_of_one_job_where_one_is_named(services: Services) -> None:
    items = store(services, 2)
    assert [result.item_id for result in export(services, "stored", "job")] == items
    assert [result.item_id for result in export(services, "all", None)] == items
    with pytest.raises(UsageError, match="'other'"):
        export(services, "stored", "other")
