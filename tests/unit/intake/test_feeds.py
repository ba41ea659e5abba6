"""Feeds of every family, broken ones and hostile ones."""

import json

import pytest

from worker.errors import ItemFailed
from worker.intake.feeds import MAX_LINKS, links
from worker.reasons import Reason

RSS = b"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
 <title>Kampot Ledger</title><link>https://kampot.example/</link>
 <atom:link rel="self" href="https://kampot.example/feed"/>
 <item><title>Bridge opens</title><atom:link rel="self" href="https://kampot.example/self"/>
  <link> https://kampot.example/a?b=1&amp;c=2 </link></item>
 <item><title>Rain</title><guid>https://kampot.example/rain</guid></item>
 <item><title>Number</title><guid isPermaLink="false">tag:1</guid></item>
 <item><title>Again</title><link>https://kampot.example/rain</link></item>
</channel></rss>"""

ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><link href="https://site.example/"/>
<entry><link rel="enclosure" href="https://site.example/x.mp3"/><link rel="alternate" href="/one"/></entry>
<entry><link href="https://site.example/two"/></entry></feed>"""

RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="https://old.example/"><title>Old</title></channel>
<item rdf:about="https://old.example/1"><title>One</title><link>https://old.example/1</link></item>
<item rdf:about="https://old.example/2"><title>Two</title></item></rdf:RDF>"""


def test_rss_gives_links_and_permanent_guids_each_once() -> None:
    assert links(RSS) == ["https://kampot.example/a?b=1&c=2", "https://kampot.example/rain"]


def test_atom_gives_the_alternate_links_made_absolute() -> None:
    assert links(ATOM, "https://site.example/feed.xml") == ["https://site.example/one", "https://site.example/two"]


def test_rdf_gives_links_else_what_the_item_is_about() -> None:
    assert links(RDF) == ["https://old.example/1", "https://old.example/2"]


def test_a_json_feed_gives_its_urls() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [{"url": "https://j.example/1"}, {"external_url": "https://j.example/2"}, {"id": "3"}, 7],
    }
    assert links(b"\xef\xbb\xbf" + json.dumps(feed).encode()) == ["https://j.example/1", "https://j.example/2"]


def test_an_empty_feed_is_a_feed() -> None:
    assert links(b"<rss><channel><title>Quiet day</title></channel></rss>") == []


def test_what_comes_before_a_break_in_a_feed_counts() -> None:
    assert links(RSS[: RSS.index(b"<title>Rain")]) == ["https://kampot.example/a?b=1&c=2"]


@pytest.mark.parametrize(
    "body",
    [b"", b"<html><body>No feed</body></html>", b"plain words", b"{broken", b'{"items": 5}', b"{" + b'"a":[' * 100_000, b"\x00\xff\x00"],
)
def test_what_is_no_feed_is_refused_as_such(body: bytes) -> None:
    with pytest.raises(ItemFailed) as failed:
        links(body)
    assert failed.value.reason is Reason.NOT_HTML


BOMB = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<rss><channel><item><link>https://x.example/&b;</link></item></channel></rss>"""
OUTSIDE = b"""<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]><rss><channel><item><link>https://x.example/&x;</link></item></channel></rss>"""


@pytest.mark.parametrize("body", [BOMB, OUTSIDE])
def test_a_feed_that_declares_entities_is_refused(body: bytes) -> None:
    with pytest.raises(ItemFailed) as failed:
        links(body)
    assert failed.value.reason is Reason.PARSE_LIMIT


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_entities_hidden_in_another_encoding_expand_to_nothing(encoding: str) -> None:
    found = links(OUTSIDE.decode().encode(encoding)) if encoding == "utf-16" else []
    assert all(link == "https://x.example/" for link in found)


def test_a_feed_with_more_links_than_any_agency_is_cut() -> None:
    body = (
        b"<rss><channel>"
        + b"".join(b"<item><link>https://x.example/%d</link></item>" % n for n in range(MAX_LINKS + 5))
        + b"</channel></rss>"
    )
    assert len(links(body)) == MAX_LINKS
