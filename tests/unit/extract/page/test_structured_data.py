from __future__ import annotations

import pytest

from worker.extract.page.markup import parse
from worker.extract.page.structured_data import gather, nodes_in


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "Article", "headline": "One"}',
        '<!-- {"@type": "Article", "headline": "One"} -->',
        '//<![CDATA[\n{"@type": "Article", "headline": "One"}\n//]]>',
        '{"@type": "Article",\x0b "headline": "One"};',
        '[{"@graph": [{"@type": "Article", "headline": "One"}]}]',
    ],
)
def test_json_ld_is_read_as_sites_write_it(script):
    assert [node["headline"] for node in nodes_in(script) if "headline" in node] == ["One"]


@pytest.mark.parametrize("script", ["", "{", "[" * 100_000, "var x = 1;"])
def test_what_is_no_json_says_nothing(script):
    assert nodes_in(script) == []


def test_a_pages_statements_are_gathered_in_one_walk():
    said = gather(
        parse(
            '<html lang="km"><head><svg><title>Icon</title></svg><title> The  page </title><meta property="og:title" content="One">'
            '<meta name="author" content=""><link rel="canonical" href=" /a "><meta itemprop="datePublished" datetime="2024-03-22">'
        ).root
    )
    assert (said.title, said.lang) == ("The page", "km")
    assert said.metas == {"og:title": ["One"], "datepublished": ["2024-03-22"]}
    assert said.links == {"canonical": ["/a"]}
