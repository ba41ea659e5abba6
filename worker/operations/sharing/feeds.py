"""Write the articles of a search as RSS 2.0 or JSON Feed 1.1, for feed readers and other programs.

Everything in an article was written by strangers: lxml writes the XML, texts lose their control characters, what a reader would
take for HTML is escaped once more, and only addresses of the web become links.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from lxml import etree

from worker.operations.sharing.plain_text import moment, plain, plain_value, web_address
from worker.results import Result

RSS, JSON_FEED = "application/rss+xml", "application/feed+json"
"""Media types."""
VERSION = "https://jsonfeed.org/version/1.1"
ATOM, DC = "http://www.w3.org/2005/Atom", "http://purl.org/dc/elements/1.1/"
SUMMARY = 500
"""Characters of an article's beginning where it has no description: three lines of a feed reader. Whole texts stay with their papers."""
SUBJECT = "urn:pressmark:topic"


@dataclass(frozen=True, slots=True)
class About:
    """What a feed says of itself."""

    title: str
    address: str
    """Its own."""
    home: str
    """Of the service."""
    description: str = ""
    """Its title, where there is none."""


@dataclass(frozen=True, slots=True)
class Own:
    """How this service's own page of an article is announced."""

    address: str
    told: str
    """In place of the summary."""


def rss(articles: Sequence[Result], about: About, own: Callable[[Result], Own] | None = None) -> bytes:
    """RSS 2.0 with Atom's link to itself and Dublin Core's author and publisher. Items lead to the papers, or to our `own` pages."""
    root = etree.Element("rss", {"version": "2.0"}, nsmap={"atom": ATOM, "dc": DC})
    channel = etree.SubElement(root, "channel")
    described = about.description or about.title
    for name, value in (("title", about.title), ("link", about.home), ("description", described), ("generator", "Pressmark")):
        _add(channel, name, value)
    if (newest := _newest(articles)) is not None:
        _add(channel, "lastBuildDate", _rfc822(newest))
    etree.SubElement(channel, f"{{{ATOM}}}link", {"rel": "self", "type": RSS, "href": plain(about.address)})
    for article in articles:
        _add_item(channel, article, own(article) if own else None)
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


def _add_item(channel: etree._Element, article: Result, own: Own | None) -> None:
    item = etree.SubElement(channel, "item")
    _add(item, "title", article.title or article.url)
    _add(item, "link", own.address if own else web_address(article.final_url or article.url))
    _add(item, "guid", own.address if own else _id(article), isPermaLink="true" if own else "false")
    _add(item, "pubDate", _rfc822(moment(article.published_at)))
    _add(item, "description", html.escape(own.told if own else summary(article), quote=False))
    for author in article.authors or ():
        _add(item, f"{{{DC}}}creator", author)
    _add(item, f"{{{DC}}}publisher", article.outlet)
    _add(item, f"{{{DC}}}language", article.language)
    for topic in article.decided("yes") or ():
        _add(item, "category", topic, domain=SUBJECT)


def _add(parent: etree._Element, name: str, text: str | None, **attributes: str) -> None:
    """Nothing for what is not known."""
    if text:
        etree.SubElement(parent, name, attributes).text = plain(text)


def _rfc822(at: str | None) -> str | None:
    try:
        return format_datetime(datetime.fromisoformat(at), usegmt=at.endswith("Z")) if at else None
    except ValueError:
        return None


def _newest(articles: Sequence[Result]) -> str | None:
    return max((article.stored_at for article in articles if article.stored_at), default=None)


def _id(article: Result) -> str:
    return f"urn:pressmark:item:{article.item_id}"


def summary(article: Result) -> str:
    """The description, else the beginning of the text, cut at a blank."""
    text = article.description or article.text or ""
    if len(text) <= SUMMARY:
        return text
    cut = text[:SUMMARY]
    return (cut.rpartition(" ")[0] or cut) + "…"


def json_feed(articles: Sequence[Result], about: About, older: str | None) -> bytes:
    """JSON Feed 1.1; `older` is the address of the next page. Labels stand in the extension `_pressmark`."""
    feed = {
        "version": VERSION,
        "title": about.title,
        "home_page_url": about.home,
        "feed_url": about.address,
        **({"next_url": older} if older else {}),
        "items": [{name: value for name, value in _item(article) if value not in (None, "", [])} for article in articles],
    }
    return json.dumps(plain_value(feed), ensure_ascii=False, allow_nan=False).encode()


def _item(article: Result) -> Iterator[tuple[str, object]]:
    yield "id", _id(article)
    yield "url", web_address(article.final_url or article.url)
    yield "title", article.title
    yield "content_text", summary(article) or article.title or article.url
    yield "image", web_address(article.image)
    yield "date_published", moment(article.published_at)
    yield "date_modified", moment(article.modified_at)
    yield "authors", [{"name": author} for author in article.authors or ()]
    yield "tags", article.decided("yes")
    yield "language", article.language
    labels = {
        "item_id": article.item_id,
        "outlet": article.outlet,
        "published_on": article.published_on,
        "unsure": article.decided("unsure"),
        "primary_topic": article.primary_topic,
        "source_type": article.source_type and article.source_type.label,
        "cluster_id": article.cluster_id,
    }
    yield "_pressmark", labels
