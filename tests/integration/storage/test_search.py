"""The stored articles searched, on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace

import pytest

from classifier.labels import TopicLabel
from tests.integration.parts.samples import LABELS, entry, labelled
from tests.integration.parts.steps import keep, leased
from worker.storage.articles import Articles
from worker.storage.search import SearchFilter

TRADE = TopicLabel("trade", 0.9, 0.4, "yes")
CULTURE = TopicLabel("culture", 0.42, 0.4, "unsure")
STORIES = {
    "press.test:443": ("Rice leaves the port", "Ông Đặng sold 100% of the rice.", "2026-11-20T08:00:00Z", "en", "independent"),
    "en.press.test:443": ("កម្ពុជានាំចេញអង្ករ", "អង្ករត្រូវបាននាំចេញទៅចិន។", "2026-11-22", "km", "official"),
    "other.test:443": ("A quiet day", "Nothing was sold.", None, "en", "official"),
}


@pytest.fixture
def articles(ledger, lead, engine) -> Articles:
    ledger.accept([entry(number, host) for number, host in enumerate(STORIES)], ledger.open_job())
    keep(ledger, *(_told(request) for request in leased(ledger, lead)))
    return Articles(engine)


def _told(request):
    host = next(host for host in STORIES if request.url.startswith(f"https://{host.removesuffix(':443')}/"))
    title, text, day, language, source = STORIES[host]
    whole = labelled(request, text)
    article = replace(whole.extracted.article, title=title, published_at=day, language=language)
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
    ],
)
def test_an_article_is_found_by_what_is_wanted_of_it(articles, wanted, hosts):
    assert [found.result.url.split("/")[2] for found in articles.search(wanted, 10)] == hosts


def test_no_more_are_given_than_asked_for(articles):
    assert len(articles.search(SearchFilter(), 2)) == 2


def test_a_result_of_a_search_is_that_of_an_export(articles):
    found = [one.result for one in articles.search(SearchFilter(), 10)]
    assert sorted(found, key=lambda result: result.stored_id) == list(articles.results())
