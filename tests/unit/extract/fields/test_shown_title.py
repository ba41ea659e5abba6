"""The title is the headline that a page shows, without what stands around it."""

from __future__ import annotations

import pytest

from worker.extract.pipeline import extract_text

PROSE = "".join(
    f"<p>The ferry across the lower river carried {number} carts of rice to the far bank before the rain, the harbour master said.</p>"
    for number in ("forty", "fifty", "sixty")
)
HEADLINE = "Ferry carries rice before the rain"


def title_of(head: str, heading: str) -> str | None:
    return extract_text(f"<html><head>{head}</head><body><div>Menu</div>{heading}{PROSE}</body></html>", "https://harbour.example/a").title


@pytest.mark.parametrize("count", ["(3) ", "(12) ", "(99+) "])
def test_the_number_of_unread_messages_is_no_part_of_a_title(count):
    assert title_of(f"<title>{count}{HEADLINE} - Harbour</title>", "") == HEADLINE


@pytest.mark.parametrize("heading", ["(500) Days of Summer on the ferry", "(2024) Rice of the year on the ferry"])
def test_a_number_that_the_headline_shows_stays(heading):
    assert title_of(f"<title>{heading}</title>", f"<h1>{heading}</h1>") == heading


@pytest.mark.parametrize("broken", ["Ferry carries<br>rice<br/>before the rain", "<span>Ferry carries</span><br>rice before the rain"])
def test_the_only_heading_is_the_title_where_nothing_else_states_one(broken):
    assert title_of("", f"<h1>{broken}</h1>") == HEADLINE


@pytest.mark.parametrize(
    "heading",
    [
        f"<span class='kicker'>Opinion</span> <span>{HEADLINE}</span>",
        f"<a href='/river'>River news</a> {HEADLINE}",
        f"<small>Exclusive:</small> {HEADLINE}",
        f"{HEADLINE} <small>What the harbour master saw on the lower river</small>",
        f"{HEADLINE}<span class='badge'>Subscribers</span>",
    ],
)
@pytest.mark.parametrize("head", [f"<title>{HEADLINE} | Harbour</title>", f'<meta property="og:title" content="{HEADLINE}">'])
def test_a_label_with_an_element_of_its_own_in_the_heading_is_no_part_of_the_title(heading, head):
    assert title_of(head, f"<h1>{heading}</h1>") == HEADLINE


def test_emphasis_within_a_headline_stays():
    assert title_of(f"<title>{HEADLINE} - Harbour</title>", "<h1><em>Ferry</em> carries <b>rice</b> before the rain</h1>") == HEADLINE


def test_the_name_counts_where_the_stated_headline_is_a_summary():
    data = '{"@type": "Article", "name": "Ferry fatigue", "headline": "weariness of those who cross a river again and again"}'
    head = f'<title>Ferry fatigue - Lexicon</title><script type="application/ld+json">{data}</script>'
    assert title_of(head, "<h1>Ferry fatigue</h1>") == "Ferry fatigue"


def test_the_whole_heading_counts_where_the_title_element_is_cut():
    head = "<title>The Lower River - Ferry carries rice before the rain</title>"
    assert (
        title_of(head, "<h2>Ferry carries rice before the rain and carts of salt</h2>")
        == "Ferry carries rice before the rain and carts of salt"
    )


def test_a_section_of_one_word_behind_a_bar_is_no_part_of_the_title():
    assert title_of(f"<title>{HEADLINE} | Sport</title>", "") == HEADLINE


@pytest.mark.parametrize("title", ["Ferry | Rice", f"{HEADLINE} - Finally", f"{HEADLINE} | Ferry"])
def test_a_short_title_or_a_word_of_the_text_stays_whole(title):
    assert title_of(f"<title>{title}</title>", "") == title
