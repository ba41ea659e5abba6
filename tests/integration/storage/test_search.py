"""The stored articles searched, on SQLite and on PostgreSQL."""

from __future__ import annotations

import itertools
import unicodedata
from dataclasses import replace

import pytest
from sqlalchemy import func, select, update

from classifier.labels import TopicLabel
from tests.integration.parts.samples import LABELS, entry, labelled
from tests.integration.parts.steps import keep, leased
from worker.storage import search, tables, word_index
from worker.storage.articles import Articles
from worker.storage.database import writing
from worker.storage.search import SearchFilter

TRADE = TopicLabel("trade", 0.9, 0.4, "yes")
CULTURE = TopicLabel("culture", 0.42, 0.4, "unsure")
STORIES = {
    "press.test:443": ("Rice leaves the port", "Ông Đặng sold 100% of the rice.", "2026-11-20T08:00:00Z", "en", "independent"),
    "en.press.test:443": ("កម្ពុជានាំចេញអង្ករ", "អង្ករត្រូវបាននាំចេញទៅចិន។ 中柬贸易。", "2026-11-22", "km", "official"),
    "other.test:443": ("A quiet day", "Nothing was sold. ข้าวหอมมะลิ", None, "en", "official"),
}


@pytest.fixture(params=["read", "indexed"])
def way(request, monkeypatch) -> str:
    """A search that reads the nearest texts, and one that has to ask the index at once."""
    if request.param == "indexed":
        monkeypatch.setattr(search, "SCOUT", 1)
        monkeypatch.setattr(search, "FURTHER", 0)
        monkeypatch.setattr(search, "NAMED", 1)
    return str(request.param)


@pytest.fixture
def articles(ledger, lead, engine, way) -> Articles:
    assert word_index.build(engine) is None
    ledger.accept([entry(number, host) for number, host in enumerate(STORIES)], ledger.open_job())
    keep(ledger, *(_told(request) for request in leased(ledger, lead)))
    return Articles(engine)


def _told(request):
    host = next(host for host in STORIES if request.url.startswith(f"https://{host.removesuffix(':443')}/"))
    title, text, day, language, source = STORIES[host]
    whole = labelled(request, text)
    article = replace(whole.extracted.article, title=title, published_at=day, published_on=day and day[:10], language=language)
    marks = [TRADE, CULTURE] if host == "press.test:443" else [CULTURE]
    labels = replace(LABELS, topics=marks, primary_topic=None, source_type=replace(LABELS.source_type, label=source))
    return replace(whole, extracted=replace(whole.extracted, article=article), labels=labels)


@pytest.mark.parametrize(
    ("wanted", "hosts"),
    [
        (SearchFilter(), ["en.press.test", "press.test", "other.test"]),
        (SearchFilter(words=("RICE", "port")), ["press.test"]),
        (SearchFilter(words=("rice", "tariff")), []),
        (SearchFilter(words=("ÔNG đặng",)), ["press.test"]),
        (SearchFilter(words=("អង្ករ",)), ["en.press.test"]),
        (SearchFilter(words=("100%",)), ["press.test"]),
        (SearchFilter(words=("s_ld",)), []),
        (SearchFilter(words=("qu",)), ["other.test"]),
        (SearchFilter(words=("e.",)), ["press.test"]),
        (SearchFilter(words=("zz",)), []),
        (SearchFilter(words=("ង",)), ["en.press.test"]),
        (SearchFilter(words=(unicodedata.normalize("NFD", "Ông Đặng"),)), ["press.test"]),
        (SearchFilter(words=("贸易",)), ["en.press.test"]),
        (SearchFilter(words=("ข้าว",)), ["other.test"]),
        (SearchFilter(words=('"', "AND")), []),
        (SearchFilter(words=("port\nông",)), []),
        (SearchFilter(words=("rice", "e."), language="en", topics=("trade",)), ["press.test"]),
        (SearchFilter(words=("o",), until="2026-11-20"), ["press.test"]),
        (SearchFilter(topics=("trade",)), ["press.test"]),
        (SearchFilter(topics=("culture",)), []),
        (SearchFilter(topics=("trade", "culture"), unsure=True), ["press.test"]),
        (SearchFilter(source_type="official"), ["en.press.test", "other.test"]),
        (SearchFilter(language="km"), ["en.press.test"]),
        (SearchFilter(host="press.test"), ["en.press.test", "press.test"]),
        (SearchFilter(host="press.test:443", language="en"), ["press.test"]),
        (SearchFilter(host="press.test:8080"), []),
        (SearchFilter(since="2026-11-21"), ["en.press.test"]),
        (SearchFilter(until="2026-11-20"), ["press.test"]),
        (SearchFilter(since="2026-11-20", until="2026-11-22"), ["en.press.test", "press.test"]),
        (SearchFilter(since="2026-11-21", until="2026-11-21", zone="Pacific/Auckland"), []),
        (SearchFilter(since="2026-11-20", until="2026-11-20", zone="Pacific/Auckland"), ["press.test"]),
        (SearchFilter(until="2026-11-19", zone="Pacific/Honolulu"), ["press.test"]),
        (SearchFilter(since="2026-11-20", zone="Pacific/Honolulu"), ["en.press.test"]),
        (SearchFilter(since="0001-01-01", until="9999-12-31", zone="Asia/Phnom_Penh"), ["en.press.test", "press.test"]),
    ],
)
def test_an_article_is_found_by_what_is_wanted_of_it(articles, wanted, hosts):
    assert [found.result.url.split("/")[2] for found in articles.search(wanted, 10)] == hosts


def test_no_more_are_given_than_asked_for(articles):
    assert len(articles.search(SearchFilter(), 2)) == 2


def test_a_result_of_a_search_is_that_of_an_export(articles):
    found = [found.result for found in articles.search(SearchFilter(), 10)]
    assert sorted(found, key=lambda result: result.stored_id) == list(articles.results())


def test_what_is_fetched_again_or_taken_out_leaves_the_index(ledger, lead, articles):
    [rice] = articles.search(SearchFilter(words=("leaves the port",)), 10)
    ledger.accept([entry(0, "press.test:443")], ledger.open_job(), force=True)
    [request] = leased(ledger, lead)
    keep(ledger, labelled(request, "Now about cassava."))
    assert articles.search(SearchFilter(words=("100%",)), 10) == []
    [again] = articles.search(SearchFilter(words=("cassava",)), 10)
    assert again.result.item_id == rice.result.item_id
    ledger.forget(host="press.test")
    assert articles.search(SearchFilter(words=("cassava",)), 10) == []


def test_articles_of_an_earlier_version_are_found_before_and_after_they_are_indexed(ledger, lead, engine, articles, monkeypatch):
    if engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL's own index is whole from the first moment")
    monkeypatch.setattr(word_index, "AT_ONCE", 1)
    with writing(engine) as connection:  # as a migration leaves them
        newest = connection.execute(select(func.max(tables.articles.c.item_id))).scalar_one()
        word_index.remove(connection, range(1, newest + 1))
        connection.execute(update(tables.word_index).values(missing_to=newest))
    assert word_index.missing(engine) == 3
    for step in range(3):
        assert [found.result.url.split("/")[2] for found in articles.search(SearchFilter(words=("នាំចេញ",)), 10)] == ["en.press.test"], step
        word_index.index_some(engine)
    word_index.index_some(engine)
    assert (word_index.missing(engine), word_index.index_some(engine)) == (0, False)
    assert articles.total(SearchFilter(words=("sold",))) == 2
    # And what is stored meanwhile is indexed once only
    ledger.accept([entry(9, "new.test:443")], ledger.open_job())
    keep(ledger, *(labelled(request, "Freshly sold.") for request in leased(ledger, lead)))
    assert articles.total(SearchFilter(words=("sold",))) == 3


def test_counts_of_a_search_by_words_are_those_of_its_articles(articles):
    wanted = SearchFilter(words=("sold",))
    assert articles.total(wanted) == 2
    assert dict(articles.counted(wanted, "language")) == {"en": 2}
    assert dict(articles.counted(wanted, "topic"))["trade"] == 1


def test_a_page_goes_on_where_the_one_before_ended(articles):
    wanted = SearchFilter(words=("o",))
    whole = articles.search(wanted, 10)
    assert len(whole) == 2
    for one, following in itertools.pairwise(whole):
        assert articles.search(wanted, 1, before=one.place) == [following]
        assert articles.search(wanted, 1, after=following.place) == [one]
