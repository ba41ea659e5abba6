"""The length of an article is bounded, and its warnings say where anything is missing for that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.attack.parts.pages import page
from worker.errors import ItemFailed
from worker.extract.length import MAX_TEXT, MAX_TITLE, bounded, shortened
from worker.extract.page.markup import MAX_NODES
from worker.extract.pipeline import extract_text
from worker.reasons import Reason

SENTENCE = "The border trade ministry said on Monday that lorries with rice waited at the crossing. "
ARTICLE = extract_text(page())


def test_a_text_within_the_limit_is_whole():
    assert shortened("a\n\nb", 4) == "a\n\nb"


@pytest.mark.parametrize(
    ("text", "kept"),
    [("one\n\ntwo three", "one"), ("one two three", "one two"), ("x" * 20, "x" * 10), ("one two\n\nthree", "one two")],
)
def test_a_longer_text_is_cut_at_a_paragraph_else_between_words(text, kept):
    assert shortened(text, 10) == kept


def test_an_article_of_ordinary_length_stays_as_it_is():
    assert bounded(ARTICLE) == ARTICLE


@pytest.mark.parametrize("markup", [True, False])
def test_a_text_of_megabytes_is_cut_and_the_article_says_so(markup):
    # Given
    paragraphs = [f"In province {number}: {SENTENCE * 10}" for number in range(400)]
    source = page(story=tuple(paragraphs)) if markup else "\n\n".join(paragraphs)
    # When
    article = extract_text(source)
    # Then
    assert MAX_TEXT * 0.9 < len(article.text) <= MAX_TEXT
    assert article.text.endswith("crossing."), article.text[-200:]
    assert article.warnings.count("truncated") == 1


def test_fields_that_are_longer_than_any_real_one_are_cut_or_left_out():
    # Given
    long = replace(ARTICLE, title="word " * 40_000, authors=["A" * 5000, "B"] * 200, image="http://a.test/" + "x" * 9000)
    # When
    within = bounded(long)
    # Then
    assert len(within.title) <= MAX_TITLE
    assert (len(within.authors), within.image) == (50, None)
    assert within.warnings == ["truncated"]


@pytest.mark.parametrize("element", ["<p>Word", "<div>Word</div>", "<br>"])
def test_a_page_of_more_elements_than_any_article_is_refused_before_it_is_parsed(element):
    with pytest.raises(ItemFailed) as refused:
        extract_text(page() + element * (MAX_NODES + 1))
    assert refused.value.reason is Reason.PARSE_LIMIT
