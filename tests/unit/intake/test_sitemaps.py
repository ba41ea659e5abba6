"""Sitemaps, indexes, gzip, and what pretends to be one."""

import gzip

import pytest

from worker.errors import ItemFailed
from worker.intake import sitemaps
from worker.intake.sitemaps import links
from worker.reasons import Reason

SITEMAP = b"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://press.example/1</loc><image:image><image:loc>https://press.example/1.jpg</image:loc></image:image></url>
<url><loc>
  https://press.example/2?a=1&amp;b=2
</loc></url><url><loc>https://press.example/1</loc></url></urlset>"""

INDEX = b"""<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://press.example/a.xml</loc></sitemap><sitemap><loc>https://press.example/b.xml.gz</loc></sitemap></sitemapindex>"""


def test_a_sitemap_gives_its_pages_in_order_and_no_images() -> None:
    found = links(SITEMAP)
    assert found.urls == ["https://press.example/1", "https://press.example/2?a=1&b=2"]
    assert found.sitemaps == []


def test_an_index_gives_further_sitemaps() -> None:
    found = links(INDEX)
    assert found.urls == []
    assert found.sitemaps == ["https://press.example/a.xml", "https://press.example/b.xml.gz"]


def test_a_gzipped_sitemap_is_unpacked() -> None:
    assert links(gzip.compress(SITEMAP)) == links(SITEMAP)


def test_a_text_sitemap_is_a_line_a_url() -> None:
    assert links(b"https://press.example/1\r\nhttps://press.example/2\n").urls == ["https://press.example/1", "https://press.example/2"]


def test_an_empty_sitemap_is_a_sitemap() -> None:
    assert links(b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>').urls == []


NO_SITEMAPS = {
    b"": "an empty document",
    b"<html><p>no</p></html>": "an HTML page",
    b"<rss><channel><image><url>https://x.example/logo.png</url></image></channel></rss>": "a feed",
    b"words": "plain text",
    b"User-agent: *\nDisallow: /\nSitemap: https://x.example/map.xml": "plain text",
    b'{"items": []}': "JSON",
    b"\x00\xff": "binary data",
    b"%PDF-1.7\x00": "binary data",
    b"\x1f\x8b\x08\x00broken-broken-broken": "gzip that cannot be unpacked",
}


@pytest.mark.parametrize("body", NO_SITEMAPS, ids=[str(body[:20]) for body in NO_SITEMAPS])
def test_what_is_no_sitemap_is_refused_and_the_detail_says_what_it_is(body: bytes) -> None:
    with pytest.raises(ItemFailed) as failed:
        links(body)
    assert failed.value.reason is Reason.NOT_FEED
    assert failed.value.detail == f"expected a sitemap (XML, or a URL a line), got {NO_SITEMAPS[body]}"


def test_entries_of_an_xml_sitemap_without_an_address_are_skipped_with_a_warning() -> None:
    found = links(b"<urlset><url><lastmod>2026</lastmod></url><url><loc>https://x.example/2</loc></url></urlset>")
    assert found.urls == ["https://x.example/2"]
    assert found.warnings == ["entry 1: expected an address, got none"]


def test_lines_of_a_text_sitemap_that_are_no_address_are_skipped_with_a_warning() -> None:
    found = links(b"https://x.example/1\n\nsome words\nhttps://x.example/2\nhttps://x.example/\xe9\nhttps://x.example/3\n")
    assert found.urls == ["https://x.example/1", "https://x.example/2", "https://x.example/3"]
    assert found.warnings == [
        "entry 2: expected an address, got 'some words'",
        "entry 4: expected an address, got 'https://x.example/\\ufffd'",
    ]


@pytest.mark.parametrize("missing", [1, 8, 2000])
def test_a_packed_sitemap_that_ends_early_is_truncated_and_never_taken_as_whole(missing: int) -> None:
    body = b"<urlset>" + b"".join(b"<url><loc>https://x.example/%d</loc></url>" % n for n in range(2000)) + b"</urlset>"
    with pytest.raises(ItemFailed) as failed:
        links(gzip.compress(body)[:-missing])
    assert failed.value.reason is Reason.TRUNCATED


def test_a_sitemap_packed_in_several_parts_is_read_whole() -> None:
    packed = gzip.compress(SITEMAP[:200]) + gzip.compress(SITEMAP[200:])
    assert links(packed) == links(packed + b"\0" * 512) == links(SITEMAP)
    with pytest.raises(ItemFailed) as failed:
        links(packed[:-20])
    assert failed.value.reason is Reason.TRUNCATED


def test_a_flood_of_gzip_members_is_stopped() -> None:
    with pytest.raises(ItemFailed) as failed:
        links(gzip.compress(b"") * 1000)
    assert failed.value.reason is Reason.TOO_BIG


def test_a_gzip_bomb_is_stopped_at_the_protocols_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "MAX_DECODED", 10_000)
    with pytest.raises(ItemFailed) as failed:
        links(gzip.compress(b"<urlset>" + b" " * 50_000))
    assert failed.value.reason is Reason.TOO_BIG


def test_a_sitemap_of_fifty_thousand_pages_is_read_whole_and_no_more() -> None:
    body = b"<urlset>" + b"".join(b"<url><loc>https://x.example/%d</loc></url>" % n for n in range(50_010)) + b"</urlset>"
    assert len(links(body).urls) == 50_000


def test_entities_are_refused() -> None:
    with pytest.raises(ItemFailed) as failed:
        links(b'<!DOCTYPE x [<!ENTITY e "boom">]><urlset><url><loc>&e;</loc></url></urlset>')
    assert failed.value.reason is Reason.PARSE_LIMIT


@pytest.mark.parametrize("value", ["1", ">", "="])
def test_an_element_of_more_attributes_than_any_real_one_is_refused_before_it_is_parsed(value: str) -> None:
    attributes = " ".join(f"a{number}='{value}'" for number in range(129))
    with pytest.raises(ItemFailed) as refused:
        links(f"<urlset><url {attributes}><loc>https://press.example/1</loc></url></urlset>".encode())
    assert refused.value.reason is Reason.PARSE_LIMIT


def test_a_long_text_of_equals_signs_is_no_attribute() -> None:
    text = " ".join(f'a{number}="1"' for number in range(1000))
    assert links(f"<urlset><url><note>{text}</note><loc>https://press.example/1</loc></url></urlset>".encode()).urls
