"""Strings that pages state for machines: templates that were not filled, text that was encoded or escaped twice."""

from __future__ import annotations

import pytest

from worker.extract.page.characters import stated_value
from worker.extract.page.markup import parse
from worker.extract.page.structured_data import structured_data_of
from worker.extract.pipeline import extract_text

PROSE = "".join(
    f"<p>The ferry across the lower river carried {number} carts of rice to the far bank before the rain, the harbour master said.</p>"
    for number in ("forty", "fifty", "sixty")
)


def as_windows(text: str) -> str:
    """What a system writes that reads UTF-8 as windows-1252."""
    return text.encode().decode("cp1252")


@pytest.mark.parametrize(
    "mark",
    [
        "{{ page.title }}",
        "${title}",
        "[[author]]",
        "<%= @post.title %>",
        "%%title%%",
        "{title}",
        "%author%",
        "{{title}} | Site",
        "undefined",
    ],
)
def test_the_mark_of_a_template_that_was_not_filled_states_nothing(mark):
    assert stated_value(mark) == ""


@pytest.mark.parametrize("headline", ["Writing ${name} in a script", "Up 50% in a year, down 20%", "[Video] The dam", "Nullarbor"])
def test_a_headline_with_such_signs_stays(headline):
    assert stated_value(headline) == headline


@pytest.mark.parametrize("text", ["Brücke über den Mühlenkanal", "Don’t wait", "Les élèves", "Tin tức mới", "ข่าว", "Мир"])
def test_text_that_was_encoded_twice_is_decoded(text):
    assert stated_value(as_windows(text)) == text
    assert stated_value(as_windows(text) + " – Site") == text + " – Site"


@pytest.mark.parametrize("text", ["“AMANHÃ”", "”PÅ”", "Ærø", "été à Noël", "«Ø»", "NOËL · ÉTÉ"])
def test_letters_that_only_resemble_it_stay(text):
    assert stated_value(text) == text


@pytest.mark.parametrize("text", [r"Dara\u0027s boat", r"Dara\'s boat"])
def test_what_was_escaped_twice_is_unescaped(text):
    assert stated_value(text) == "Dara's boat"


def test_an_address_with_backslashes_stays():
    assert stated_value(r"C:\users\dara") == r"C:\users\dara"


def test_the_shown_title_and_byline_count_where_the_stated_ones_were_not_filled():
    article = extract_text(
        '<html lang="en"><head><title>{{ title }}</title><meta name="author" content="%author%"><script type="application/ld+json">'
        '{"@type": "NewsArticle", "headline": "[[headline]]", "author": {"name": "${user.name}"}, "datePublished": "{{ date }}"}</script>'
        f"</head><body><article><h1>Ferry carries rice before the rain</h1><p>By Dara Sok, 3 May 2024</p>{PROSE}</article></body></html>"
    )
    assert (article.title, article.authors, article.published_at) == ("Ferry carries rice before the rain", ["Dara Sok"], "2024-05-03")


@pytest.mark.parametrize("key", ["author", "creator"])
def test_authors_under_one_key_twice_are_both_named(key):
    script = f'{{"@type": "NewsArticle", "headline": "Ferry", "{key}": {{"name": "Dara Sok"}}, "{key}": [{{"name": "Mai Lan"}}]}}'
    article = extract_text(
        f'<html><head><script type="application/ld+json">{script}</script></head><body><h1>Ferry</h1>{PROSE}</body></html>'
    )
    assert article.authors == ["Dara Sok", "Mai Lan"]


@pytest.mark.parametrize("escape", [r"\x27", r"\u{27}", r"\'"])
def test_escapes_of_scripts_are_read_in_json_ld(escape):
    script = f'{{"@type": "NewsArticle", "headline": "The harbour{escape}s last ferry"}}'
    data = structured_data_of(parse(f'<html><script type="application/ld+json">{script}</script>').root)
    assert [node["headline"] for node in data.articles] == ["The harbour's last ferry"]
