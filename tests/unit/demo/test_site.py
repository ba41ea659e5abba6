"""The sample press site: complete, honest about what it expects, and well mixed."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from html import unescape
from itertools import chain, combinations

import pytest
from lxml import html

from classifier.labels import SOURCE_TYPES, TOPICS
from worker.demo.site import Expected, expected, served
from worker.reasons import Fate, Reason

PAGES = expected()
ARTICLES = [page for page in PAGES if page.text]
ENCODING = {"thai.example": "cp874", "chamber.example": "latin-1"}


def body_of(page: Expected) -> bytes:
    """The file behind a page, redirects followed."""
    answers = {(answer.host, answer.path): answer for answer in served()}
    answer = answers[page.host, page.path]
    return answers[page.host, answer.location].body() if answer.location else answer.body()


def flat(text: str) -> str:
    """Words only: the expected text and the page differ in white space alone."""
    return "".join(text.split())


def test_every_expected_page_is_served_and_every_served_page_is_expected() -> None:
    asked = {(page.host, page.path) for page in PAGES}
    targets = {(answer.host, answer.location) for answer in served() if answer.location}
    robots = {(answer.host, answer.path) for answer in served() if answer.path == "/robots.txt"}
    assert {(answer.host, answer.path) for answer in served()} == asked | targets | robots
    assert len(PAGES) == len(asked) >= 36


@pytest.mark.parametrize("page", ARTICLES, ids=lambda page: page.path)
def test_the_expected_text_stands_in_the_page_in_order(page: Expected) -> None:
    raw = body_of(page).decode(ENCODING.get(page.host, "utf-8"))
    visible = flat(unescape(html.fromstring(raw.encode("utf-8"), parser=html.HTMLParser(encoding="utf-8")).text_content()))
    place = 0
    for paragraph in page.text.split("\n\n"):
        place = visible.find(flat(paragraph), place)
        assert place >= 0, paragraph


@pytest.mark.parametrize("page", ARTICLES, ids=lambda page: page.path)
def test_every_article_has_a_whole_record(page: Expected) -> None:
    words = len(page.text.split()) if page.host not in ENCODING and page.host != "khmer.example" else 120
    assert page.title
    assert 90 <= words <= 600 or page.path.startswith(("/?p=", "/members/"))
    assert datetime.fromisoformat(page.published_at).year in (2024, 2025)
    assert set(page.topics) <= set(TOPICS)
    assert page.primary is None or page.primary in page.topics
    assert page.source_type in SOURCE_TYPES


def test_outcomes_and_reasons_are_on_the_closed_list() -> None:
    for page in PAGES:
        fate = Reason.of(page.reason).fate if page.reason else None
        assert (page.outcome, fate) in {("stored", None), ("refused", Fate.REFUSED), ("dead", Fate.DEAD)}


def test_every_mixture_of_topics_and_every_source_type_occurs() -> None:
    mixtures = chain.from_iterable(combinations(TOPICS, size) for size in range(len(TOPICS) + 1))
    assert {page.topics for page in ARTICLES} == set(mixtures)
    assert min(Counter(page.source_type for page in ARTICLES)[kind] for kind in SOURCE_TYPES) >= 9


def test_twins_name_each_other_and_have_one_text() -> None:
    by_path = {page.path: page for page in PAGES}
    twins = [page for page in PAGES if page.twin]
    assert len(twins) == 2
    for page in twins:
        assert by_path[page.twin].twin == page.path
        assert by_path[page.twin].text == page.text
