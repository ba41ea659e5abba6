"""The sample press site's articles, extracted without the service: whole, without boilerplate, title and date exact."""

from __future__ import annotations

import pytest

from worker.demo.report import same_moment
from worker.demo.site import Expected, expected, served
from worker.extract.pipeline import extract
from worker.messages import Article, Page

FETCHED = "2026-11-24T09:00:00Z"
"""The current day that the mastheads show."""
DATELINE = "Phnom Penh, 22 October 2025"
"""A line of its own above a release: it may be in the text or not."""
STORED = [pytest.param(page, id=page.host + page.path) for page in expected() if page.outcome == "stored"]


def article_of(page: Expected) -> Article:
    answers = {(answer.host, answer.path): answer for answer in served()}
    answer = answers[page.host, page.path]
    answer = answers[page.host, answer.location] if answer.location else answer
    url = f"http://{answer.host}:8080{answer.path}"
    return extract(Page(url, url, 200, answer.body(), answer.content_type, fetched_at=FETCHED))


def squeezed(text: str) -> str:
    """Letters and digits alone, so that quotes, dashes and white space decide nothing."""
    return "".join(c for c in text.casefold() if c.isalnum())


@pytest.mark.parametrize("page", STORED)
def test_the_article_is_whole_and_clean(page: Expected) -> None:
    # When a page of the site is read
    article = article_of(page)
    # Then title and date are exactly those of its record
    assert article.title == page.title
    assert same_moment(article.published_at, page.published_at), article.published_at
    # And its text is the record's, paragraph by paragraph, with nothing else in it
    text = squeezed(article.text)
    needed = [paragraph for paragraph in page.text.split("\n\n") if paragraph != DATELINE]
    assert [paragraph for paragraph in needed if squeezed(paragraph) not in text] == []
    assert [line for line in article.text.splitlines() if squeezed(line) not in squeezed(page.text)] == []
