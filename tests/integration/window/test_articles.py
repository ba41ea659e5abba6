"""Searching page by page, and counting: every count equals what one finds by looking at each article."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from classifier.labels import TopicLabel
from tests.integration.parts.samples import LABELS, digest, entry, extracted
from tests.integration.parts.steps import keep
from tests.integration.window.conftest import Desk
from worker.errors import UsageError
from worker.messages import Labelled
from worker.operations import articles
from worker.results import Result
from worker.storage.search import SearchFilter

TOPICS = ("border_dispute", "trade", "demining", "culture")
NUMBER = 60
OUTLETS = ("The Courier", None, "Kingdom News")
DAYS = ("2026-11-20", "2026-11-20T08:00:00Z", "2026-10-31", "2025-01-01", None)


@pytest.fixture
def shelf(desk: Desk) -> list[Result]:
    """Articles of every kind, some near copies of one another; as an export gives them."""
    chance = random.Random(7)
    desk.accept(range(NUMBER), "a.test:443")
    desk.accept(range(NUMBER, NUMBER + 3), "sub.a.test:443")
    while requests := desk.leased():
        for request in requests:
            number = request.item_id
            fingerprint = digest("wire")[:16] if number % 6 == 0 else digest(str(number))[:16]
            page = extracted(request, f"Story {number}.", fingerprint)
            at = chance.choice(DAYS)
            article = replace(page.article, published_at=at, published_on=at and at[:10])
            article = replace(article, language=chance.choice(["en", "km", None]), site_name=chance.choice(OUTLETS))
            marks = [TopicLabel(topic, 0.5, 0.4, chance.choice(["yes", "no", "no", "unsure"])) for topic in TOPICS]
            kind = replace(LABELS.source_type, label=chance.choice(["official", "independent", None]))
            labels = replace(LABELS, topics=marks, source_type=kind, primary_topic=None)
            keep(desk.ledger, Labelled(replace(page, article=article), labels, label_ms=1))
        desk.clock.at += 3
    return list(desk.services.articles.results())


FILTERS = {
    "everything": (SearchFilter(), lambda _: True),
    "a topic": (SearchFilter(topics=("trade",)), lambda one: "trade" in one.decided("yes")),
    "a topic, unsure too": (
        SearchFilter(topics=("trade",), unsure=True),
        lambda one: "trade" in one.decided("yes") + one.decided("unsure"),
    ),
    "in doubt": (SearchFilter(doubt=True), lambda one: bool(one.decided("unsure"))),
    "no topic": (SearchFilter(no_topic=True), lambda one: not one.decided("yes")),
    "an outlet": (SearchFilter(outlet="The Courier"), lambda one: one.outlet == "The Courier"),
    "a host as outlet": (SearchFilter(outlet="a.test"), lambda one: one.outlet == "a.test"),
    "days": (
        SearchFilter(since="2026-01-01", until="2026-11-19"),
        lambda one: "2026-01-01" <= (one.published_on or "") <= "2026-11-19",
    ),
    "a language and a source type": (
        SearchFilter(language="km", source_type="official"),
        lambda one: one.language == "km" and one.source_type.label == "official",
    ),
}


@pytest.mark.parametrize("name", FILTERS)
def test_every_count_is_what_one_finds_by_looking_at_each_article(desk: Desk, shelf: list[Result], name: str) -> None:
    wanted, matches = FILTERS[name]
    meant = [one for one in shelf if matches(one)]
    assert articles.total(desk.services, wanted) == len(meant)
    assert {one.item_id for one in articles.search(desk.services, wanted, 1000).results} == {one.item_id for one in meant}
    expected = {
        "outlet": Counter(one.outlet for one in meant),
        "language": Counter(one.language or "" for one in meant),
        "source_type": Counter(one.source_type.label or "" for one in meant),
        "day": Counter((one.published_on or "") for one in meant),
        "month": Counter((one.published_on or "")[:7] for one in meant),
        "topic": Counter(topic for one in meant for topic in one.decided("yes"))
        + Counter("none" for one in meant if not one.decided("yes"))
        + Counter("unsure" for one in meant if one.decided("unsure")),
    }
    for by, counts in expected.items():
        assert {one.key: one.count for one in articles.counts(desk.services, wanted, by).buckets} == counts, by
    together = articles.Matches(desk.services, wanted, several=True)
    assert together.total == articles.Matches(desk.services, wanted).total
    for by in articles.BYS:
        assert together.counts(by) == articles.counts(desk.services, wanted, by), f"{by}, counted with the others"


def test_a_count_weighs_a_wire_story_once_where_asked(desk: Desk, shelf: list[Result]) -> None:
    clusters = {one.cluster_id for one in shelf}
    assert len(clusters) < len(shelf), "there are near copies"
    assert articles.total(desk.services, SearchFilter(), once=True) == len(clusters)
    by_language = {one.key: one.count for one in articles.counts(desk.services, SearchFilter(), "language", once=True).buckets}
    assert by_language["km"] == len({one.cluster_id for one in shelf if one.language == "km"})
    by_topic = {one.key: one.count for one in articles.counts(desk.services, SearchFilter(), "topic", once=True).buckets}
    assert by_topic["trade"] == len({one.cluster_id for one in shelf if "trade" in one.decided("yes")})


def firsts(meant: list[Result]) -> list[int]:
    """Of each cluster the one that was published first."""
    chosen: dict[int, Result] = {}
    for one in sorted(meant, key=lambda one: (one.published_at is None, one.published_at or "", one.fetched_at, one.item_id)):
        chosen.setdefault(one.cluster_id, one)
    return sorted(one.item_id for one in chosen.values())


WORDS = {"a word": (SearchFilter(words=("story 1",)), lambda one: "Story 1" in one.text)}


@pytest.mark.parametrize("name", [*FILTERS, *WORDS])
def test_a_search_gives_of_near_copies_the_one_that_was_first_of_those_that_match(desk: Desk, shelf: list[Result], name: str) -> None:
    wanted, matches = (FILTERS | WORDS)[name]
    meant = [one for one in shelf if matches(one)]
    found = articles.search(desk.services, wanted, 1000, once=True).results
    assert sorted(one.item_id for one in found) == firsts(meant)
    assert len(found) == articles.total(desk.services, wanted, once=True)


@pytest.mark.parametrize("limit", [1, 4, 7])
def test_pages_of_a_search_without_copies_lead_through_all_of_it_and_back(desk: Desk, shelf: list[Result], limit: int) -> None:
    whole = [one.item_id for one in articles.search(desk.services, SearchFilter(), 1000, once=True).results]
    forward, cursors, page = [], [], articles.search(desk.services, SearchFilter(), limit, once=True)
    while True:
        forward.append([one.item_id for one in page.results])
        cursors.append(page.newer)
        if page.older is None:
            break
        page = articles.search(desk.services, SearchFilter(), limit, page.older, once=True)
    assert [item_id for one in forward for item_id in one] == whole
    backward = [articles.search(desk.services, SearchFilter(), limit, cursor, once=True) for cursor in cursors[1:]]
    assert [[one.item_id for one in page.results] for page in backward] == forward[:-1]


def test_many_copies_in_a_row_are_one(desk: Desk) -> None:
    desk.accept(range(120))
    while requests := desk.leased():
        for request in requests:
            desk.store(request, f"Copy {request.item_id}.", digest("wire")[:16])
        desk.clock.at += 3
    found = articles.search(desk.services, SearchFilter(), 3, once=True)
    assert ([one.item_id for one in found.results], found.older) == ([1], None)
    assert found.copies == {1: 119}


def test_weeks_begin_on_monday(desk: Desk, shelf: list[Result]) -> None:
    weeks = [one.key for one in articles.counts(desk.services, SearchFilter(since="2000-01-01"), "week").buckets]
    assert weeks == ["2024-12-30", "2026-10-26", "2026-11-16"]


def test_pages_lead_through_all_of_them_and_back(desk: Desk, shelf: list[Result]) -> None:
    whole = [one.item_id for one in articles.search(desk.services, SearchFilter(), 1000).results]
    forward, cursors, page = [], [], articles.search(desk.services, SearchFilter(), 7)
    assert page.newer is None
    while True:
        forward.append([one.item_id for one in page.results])
        cursors.append(page.newer)
        if page.older is None:
            break
        page = articles.search(desk.services, SearchFilter(), 7, page.older)
    assert [item_id for one in forward for item_id in one] == whole
    backward = [articles.search(desk.services, SearchFilter(), 7, cursor) for cursor in cursors[1:]]
    assert [[one.item_id for one in page.results] for page in backward] == forward[:-1]
    assert backward[0].newer is None


def test_copies_are_counted_beside_each_article(desk: Desk, shelf: list[Result]) -> None:
    sizes = Counter(one.cluster_id for one in shelf)
    copies = articles.search(desk.services, SearchFilter(), 1000).copies or {}
    assert copies == {one.item_id: sizes[one.cluster_id] - 1 for one in shelf if sizes[one.cluster_id] > 1}


def test_an_article_that_is_fetched_again_stays_where_it_was(desk: Desk) -> None:
    (item_id,) = desk.stored(1)
    desk.ledger.accept([entry(0)], desk.ledger.open_job("again"), force=True)
    found = articles.search(desk.services, SearchFilter())
    assert [(one.item_id, one.outcome) for one in found.results] == [(item_id, "stored")]
    assert articles.total(desk.services, SearchFilter()) == 1


def test_an_article_taken_down_is_counted_no_more(desk: Desk) -> None:
    desk.stored(2)
    desk.ledger.forget(key=entry(0).key)
    assert articles.total(desk.services, SearchFilter()) == len(articles.search(desk.services, SearchFilter()).results) == 1


def test_what_cannot_be_counted_by_is_a_wrong_call(desk: Desk) -> None:
    with pytest.raises(UsageError, match="expected one of day, week"):
        articles.counts(desk.services, SearchFilter(), "weather")
