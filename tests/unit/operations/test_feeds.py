"""Feeds of a search: read by a kept feed parser, whole whatever a site wrote."""

from __future__ import annotations

import json
from dataclasses import replace

import feedparser
import pytest
from lxml import etree

from classifier.labels import TopicLabel
from tests.integration.parts.samples import LABELS, extracted
from worker import results
from worker.messages import URLRequest
from worker.operations.sharing.feeds import About, json_feed, rss, summary
from worker.results import Result

ABOUT = About(
    "Pressmark · rice & <b>trade</b>", "http://127.0.0.1:8787/api/v1/articles.rss?q=a&topic=trade", "http://127.0.0.1:8787/articles"
)
EVIL = '</title><script>alert(1)</script>]]> &amp; "\x00\x08\x1b[31m\x85\ud800\ufffe'
CLEAN = '</title><script>alert(1)</script>]]> &amp; "[31m\ufffd'


@pytest.fixture
def articles() -> list[Result]:
    marks = [TopicLabel("trade", 0.9, 0.4, "yes"), TopicLabel("culture", 0.42, 0.4, "unsure")]
    labels = replace(LABELS, topics=marks, primary_topic="trade")
    plain, evil = (results.of_page(extracted(URLRequest(number, 1, f"https://press.test/{number}?a=1&b=2")), labels) for number in (1, 2))
    plain = replace(
        plain, item_id=1, published_at="2026-11-24T08:05:00Z", title="អង្ករ Rice", stored_at="2026-11-24T09:00:00Z", site_name="Courier"
    )
    fields = dict.fromkeys(("title", "description", "site_name", "language"), EVIL)
    return [plain, replace(evil, item_id=2, final_url="javascript:alert(1)", image="data:x", authors=[EVIL], **fields)]


def test_a_feed_reader_finds_every_article_with_its_day_author_outlet_and_topic(articles: list[Result]) -> None:
    read = feedparser.parse(rss(articles, ABOUT))
    assert not read.bozo
    assert read.version == "rss20"
    assert (read.feed.title, read.feed.link) == ("Pressmark · rice & <b>trade</b>", ABOUT.home)
    assert read.feed.updated == "Tue, 24 Nov 2026 09:00:00 GMT"
    one = read.entries[0]
    assert (one.title, one.link, one.id) == ("អង្ករ Rice", "https://press.test/1?a=1&b=2", "urn:pressmark:item:1")
    assert (one.published, one.author, one.publisher) == ("Tue, 24 Nov 2026 08:05:00 GMT", "A. Writer", "Courier")
    assert [tag.term for tag in one.tags] == ["trade"]
    assert one.summary == "The text of https://press.test/1?a=1&amp;b=2."


def test_what_a_site_wrote_is_text_in_the_feed_and_nothing_else(articles: list[Result]) -> None:
    tree = etree.fromstring(rss(articles, ABOUT), etree.XMLParser(resolve_entities=False))
    assert tree.xpath("//script | //b") == []
    item = tree.findall(".//item")[1]
    assert item.findtext("title") == CLEAN
    assert item.find("link") is None, "only addresses of the web become links"
    assert "<" not in item.findtext("description"), "what readers take for HTML is escaped once more"
    assert item.findtext("{http://purl.org/dc/elements/1.1/}creator") == CLEAN


def test_the_json_feed_has_the_fields_of_its_standard(articles: list[Result]) -> None:
    read = json.loads(json_feed(articles, ABOUT, "http://127.0.0.1:8787/next"))
    assert (read["version"], read["feed_url"], read["next_url"]) == (
        "https://jsonfeed.org/version/1.1",
        ABOUT.address,
        "http://127.0.0.1:8787/next",
    )
    one, evil = read["items"]
    assert (one["id"], one["url"], one["date_published"]) == (
        "urn:pressmark:item:1",
        "https://press.test/1?a=1&b=2",
        "2026-11-24T08:05:00Z",
    )
    assert (one["tags"], one["authors"], one["_pressmark"]["unsure"]) == (["trade"], [{"name": "A. Writer"}], ["culture"])
    assert (evil["title"], evil["date_published"]) == (CLEAN, "2026-11-24T00:00:00Z")
    assert {"url", "image"} & evil.keys() == set()
    standard = {
        "id",
        "url",
        "title",
        "content_text",
        "image",
        "date_published",
        "date_modified",
        "authors",
        "tags",
        "language",
        "_pressmark",
    }
    assert set(one) | set(evil) <= standard
    assert "next_url" not in json.loads(json_feed([], ABOUT, None))


def test_an_empty_search_is_a_feed_too() -> None:
    read = feedparser.parse(rss([], ABOUT))
    assert (read.bozo, read.entries, "updated" in read.feed) == (False, [], False)


def test_whole_texts_stay_with_their_papers(articles: list[Result]) -> None:
    long = replace(articles[0], description=None, text="rice and tariffs " * 1000)
    assert len(summary(long)) <= 501
    assert summary(long).endswith("…")
    assert summary(replace(long, text="ស" * 1000)) == "ស" * 500 + "…"
