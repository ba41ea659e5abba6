"""Feeds of every family, broken ones and hostile ones."""

import json

import pytest

from worker.errors import ItemFailed
from worker.intake.feeds import MAX_LINKS, links
from worker.intake.links import MAX_WARNINGS
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
    assert links(RSS).urls == ["https://kampot.example/a?b=1&c=2", "https://kampot.example/rain"]


def test_atom_gives_the_alternate_links_made_absolute() -> None:
    assert links(ATOM, "https://site.example/feed.xml").urls == ["https://site.example/one", "https://site.example/two"]


def test_rdf_gives_links_else_what_the_item_is_about() -> None:
    assert links(RDF).urls == ["https://old.example/1", "https://old.example/2"]


def test_a_json_feed_gives_its_urls() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [{"url": "https://j.example/1"}, {"external_url": "https://j.example/2"}, {"id": "3"}, 7],
    }
    assert links(b"\xef\xbb\xbf" + json.dumps(feed).encode()).urls == ["https://j.example/1", "https://j.example/2"]


def test_an_empty_feed_is_a_feed() -> None:
    assert links(b"<rss><channel><title>Quiet day</title></channel></rss>").urls == []


def test_an_empty_feed_of_two_bytes_a_letter_is_a_feed() -> None:
    assert links("<rss><channel/></rss>".encode("utf-16")).urls == []


def test_what_comes_before_a_break_in_a_feed_counts_and_the_break_is_reported() -> None:
    found = links(RSS[: RSS.index(b"<title>Rain")])
    assert found.urls == ["https://kampot.example/a?b=1&c=2"]
    assert found.warnings[-1].startswith("breaks off at line 7")


NO_FEEDS = {
    b"": "an empty document",
    b"<html><body>No feed</body></html>": "an HTML page",
    b"<!DOCTYPE html><p>No feed": "an HTML page",
    b"<html><body><item><link>https://x.example/1</link></item></body></html>": "an HTML page",
    b"<urlset><url><loc>https://x.example/1</loc></url></urlset>": "a sitemap",
    b"<opml><body/></opml>": "XML with the root element 'opml'",
    b"plain words": "plain text",
    b"[1, 2]": "JSON",
    b"{broken": "broken JSON",
    b'{"items": 5}': "JSON without a list `items`",
    b"{" + b'"a":[' * 100_000: "broken JSON",
    b"\x00\xff\x00": "binary data",
    b"\x89PNG\r\n\x1a\n": "binary data",
}


@pytest.mark.parametrize("body", NO_FEEDS, ids=[str(body[:20]) for body in NO_FEEDS])
def test_what_is_no_feed_is_refused_and_the_detail_says_what_it_is(body: bytes) -> None:
    with pytest.raises(ItemFailed) as failed:
        links(body)
    assert failed.value.reason is Reason.NOT_FEED
    assert failed.value.detail == f"expected a feed (RSS, Atom, RDF or JSON Feed), got {NO_FEEDS[body]}"


def rss(*items: bytes) -> bytes:
    return b"<rss><channel>" + b"".join(b"<item>%s</item>" % item for item in items) + b"</channel></rss>"


GOOD = b"<link>https://x.example/good</link>"


@pytest.mark.parametrize(
    ("entry", "warning"),
    [
        (b"<link>http://[half</link>", "entry 2: expected an address, got 'http://[half'"),
        (b"<title>No address</title>", "entry 2: expected an address, got none"),
        (b"<link> </link>", "entry 2: expected an address, got none"),
        ("<link>http://xn--ａ／b/</link>".encode(), "entry 2: expected an address, got 'http://xn--\\uff41\\uff0fb/'"),
    ],
)
def test_an_entry_that_cannot_be_read_is_skipped_with_a_warning(entry: bytes, warning: str) -> None:
    found = links(rss(GOOD, entry, b"<link>/next</link>"), "https://x.example/feed")
    assert found.urls == ["https://x.example/good", "https://x.example/next"]
    assert found.warnings == [warning]


def test_an_entry_of_a_json_feed_that_no_message_could_carry_is_skipped() -> None:
    found = links(json.dumps({"items": [{"url": "https://x.example/\ud800"}, {"url": "https://x.example/2"}]}).encode())
    assert found.urls == ["https://x.example/2"]
    assert found.warnings == ["entry 1: expected an address, got 'https://x.example/\\ud800'"]


def test_many_bad_entries_are_counted_and_not_listed() -> None:
    found = links(rss(*[b"<title>No address</title>"] * 30, GOOD))
    assert found.urls == ["https://x.example/good"]
    assert len(found.warnings) == MAX_WARNINGS + 1
    assert found.warnings[-1] == f"{30 - MAX_WARNINGS} more warnings"


def test_an_entry_that_quotes_an_entity_declaration_does_not_end_the_feed() -> None:
    quoting = b"<link>https://x.example/xxe</link><description><![CDATA[<!DOCTYPE a [<!ENTITY b 'c'>]>]]></description>"
    assert links(rss(quoting, GOOD)).urls == ["https://x.example/xxe", "https://x.example/good"]


BOMB = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<rss><channel><item><link>https://x.example/&b;</link></item></channel></rss>"""
OUTSIDE = b"""<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]><rss><channel><item><link>https://x.example/&x;</link></item></channel></rss>"""


HIDDEN = b"<?xml version='1.0'?><!-- <rss> --><?x <rss>?>\n<!DOCTYPE rss PUBLIC 'a>b' \"<rss>\" [<!ENTITY a 'ha'>]><rss><channel/></rss>"


@pytest.mark.parametrize("body", [BOMB, OUTSIDE, HIDDEN, b"\xef\xbb\xbf" + OUTSIDE])
def test_a_feed_that_declares_entities_is_refused(body: bytes) -> None:
    with pytest.raises(ItemFailed) as failed:
        links(body)
    assert failed.value.reason is Reason.PARSE_LIMIT


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_entities_hidden_in_another_encoding_are_refused_as_well(encoding: str) -> None:
    with pytest.raises(ItemFailed) as failed:
        links(OUTSIDE.decode().encode(encoding))
    assert failed.value.reason is Reason.PARSE_LIMIT


def test_a_feed_with_more_links_than_any_agency_is_cut() -> None:
    body = (
        b"<rss><channel>"
        + b"".join(b"<item><link>https://x.example/%d</link></item>" % n for n in range(MAX_LINKS + 5))
        + b"</channel></rss>"
    )
    assert len(links(body).urls) == MAX_LINKS
