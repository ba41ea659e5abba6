from __future__ import annotations

import pytest

from worker.extract.page.markup import parse
from worker.extract.page.structured_data import nodes_in, strings_of, structured_data_of


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "Article", "headline": "One"}',
        '<!-- {"@type": "Article", "headline": "One"} -->',
        '//<![CDATA[\n{"@type": "Article", "headline": "One"}\n//]]>',
        '{"@type": "Article",\x0b "headline": "One"};',
        '[{"@graph": [{"@type": "Article", "headline": "One"}]}]',
        "{\u201c@type\u201d: \u201cArticle\u201d,\n \u201cheadline\u201d: \u201cOne\u201d}",
        "{&#8220;@type&#8221;: &#8220;Article&#8221;,<br />\n&#8220;headline&#8221;: &#8220;One&#8221;}",
        "<p>{\u00ab\u00a0@type\u00a0\u00bb: \u00ab\u00a0Article\u00a0\u00bb, \u00abheadline\u00bb: \u00abOne\u00bb}",
        r'"{\"@type\": \"Article\", \"headline\": \"One\"}"',
        r'["{\"@type\": \"Article\", \"headline\": \"One\"}"]',
        r"{\"@type\": \"Article\", \"headline\": \"One\"}",
    ],
)
def test_json_ld_is_read_as_sites_write_it(script):
    assert [node["headline"] for node in nodes_in(script) if "headline" in node] == ["One"]


@pytest.mark.parametrize("script", ["", "{", "[" * 100_000, "var x = 1;"])
def test_invalid_json_gives_no_objects(script):
    assert nodes_in(script) == []


def test_metas_links_title_and_language_are_collected():
    data = structured_data_of(
        parse(
            '<html lang="km"><head><svg><title>Icon</title></svg><title> The  page </title><meta property="og:title" content="One">'
            '<meta name="author" content=""><link rel="canonical" href=" /a "><meta itemprop="datePublished" datetime="2024-03-22">'
        ).root
    )
    assert (data.title, data.lang) == ("The page", "km")
    assert data.metas == {"og:title": ["One"], "datepublished": ["2024-03-22"]}
    assert data.links == {"canonical": ["/a"]}


def test_half_an_emoji_in_json_ld_is_the_replacement_character():
    assert nodes_in(r'{"headline": "Signed \ud83d", "author": ["\udc4d", "\ud83d\udc4d"]}') == [
        {"headline": "Signed \ufffd", "author": ["\ufffd", "\U0001f44d"]}
    ]


@pytest.mark.parametrize("depth", [60, 600, 900])
def test_a_value_nested_too_deep_is_null_and_the_others_stay(depth):
    # Given
    deep = "[" * depth + '"Dara Sok"' + "]" * depth
    # When
    (node,) = nodes_in(f'{{"headline": "One", "author": {deep}, "publisher": {{"name": "Post"}}}}')[:1]
    # Then
    assert node["headline"] == "One"
    assert strings_of(node["author"]) == []
    assert strings_of(node["publisher"]) == ["Post"]


def test_the_article_in_which_a_checked_claim_appeared_is_left_out():
    # Given
    claim = '{"@type": "NewsArticle", "headline": "The claim", "author": {"@type": "Person", "name": "Sok Dara"}}'
    check = f'{{"@type": "ClaimReview", "claimReviewed": "It is so", "itemReviewed": {claim}, "datePublished": "2024-05-06"}}'
    # When
    found = nodes_in(check)
    # Then
    assert [node.types for node in found] == [["ClaimReview"], ["Person"]]
    assert [node.may_be_part for node in found] == [True, False]
