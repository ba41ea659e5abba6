"""Read a feed (RSS, Atom, RDF or JSON Feed) into the addresses of its articles."""

from __future__ import annotations

from collections.abc import Iterator

from worker.errors import ItemFailed
from worker.intake import json_feed
from worker.intake.feed_schedule import schedule_of
from worker.intake.links import Candidate, LinkCollector, Links, described
from worker.intake.text_encoding import decoded
from worker.intake.xml.elements import Element, Wanted
from worker.intake.xml.stream import XmlStream
from worker.reasons import Reason

MAX_LINKS = 10_000
"""A feed of a busy agency holds hundreds; more than this is a trap or an archive."""
EXPECTED = "expected a feed (RSS, Atom, RDF or JSON Feed)"
ROOTS = ("rss", "feed", "rdf")
"""Root elements of the three XML families, in lower case."""
DATES = ("pubdate", "published", "date", "issued", "updated", "modified")
"""Children of an entry that say when it was published, the likeliest first."""
WANTED = Wanted(("item", "entry"), frozenset({"link", "guid", "id", "content", "origlink", *DATES}), ROOTS)
NO_ARTICLES = "it lists no articles"
ALTERNATE = "http://www.iana.org/assignments/relation/"
"""What a relation's registered name is short for (RFC 4287 section 4.2.7.2)."""
PAGES = ("text/html", "application/xhtml+xml", "")
"""Types of a link to an article; one without a type is as good."""


def links(body: bytes, base: str = "", content_type: str | None = None) -> Links:
    """The article addresses in a feed, in order, each once, made absolute as browsers do: against `xml:base`, else `base`.

    An entry without a usable address is skipped with a warning; a feed that breaks off gives its whole entries and
    says so. Raises ItemFailed: NOT_FEED for what cannot be read as a feed, PARSE_LIMIT for a bomb.
    """
    found = LinkCollector(MAX_LINKS, base)
    text = decoded(body, content_type)
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        json_feed.read(text, found, EXPECTED)
    else:
        _read_xml(body, text, found)
    if found.entries == 0:
        found.warn(NO_ARTICLES)
    return found.links()


def _read_xml(body: bytes, text: str, found: LinkCollector) -> None:
    stream = XmlStream(text, WANTED)
    for element in stream:
        found.add(list(_addresses(element)), published=_published(element))
        if found.full:
            break
    if stream.root == "html" or (stream.root not in ROOTS and found.entries == 0):
        raise ItemFailed(Reason.NOT_FEED, f"{EXPECTED}, got {described(body, stream.root)}")
    found.about = schedule_of(stream.about)
    if stream.error is not None:
        found.warn(stream.error)


def _addresses(entry: Element) -> Iterator[Candidate]:
    """What may be the entry's address, the likeliest first."""
    whole = [child for child in entry.children if child.whole]
    yield from (Candidate(one.text, one.bases) for one in whole if one.vocabulary == "foreign" and one.name == "origlink" and one.text)
    own = [child for child in whole if child.vocabulary != "foreign"]
    texts = (one for one in own if one.name == "link" and one.text and not one.attributes.get("href"))
    yield from (Candidate(one.text, one.bases) for one in texts)
    yield from (Candidate(one.attributes["href"], one.bases) for one in sorted(filter(_is_alternate, own), key=_is_no_page))
    yield from (Candidate(one.attributes["src"], one.bases) for one in own if one.name == "content" and one.attributes.get("src"))
    yield from (Candidate(one.text, one.bases) for one in own if _is_permalink(one))
    yield from (Candidate(value, entry.bases) for key, value in entry.attributes.items() if key.rpartition(":")[2] == "about")


def _is_alternate(child: Element) -> bool:
    """`rel="alternate"`, which is also what a link without `rel` is (RFC 4287 section 4.2.7.2)."""
    if child.name != "link" or not child.attributes.get("href"):
        return False
    relations = child.attributes.get("rel", "").lower().replace(ALTERNATE, "").split()
    return not relations or "alternate" in relations


def _is_no_page(link: Element) -> bool:
    """Whether its type is another than an article's: a PDF, or the same entry as a feed."""
    return link.attributes.get("type", "").partition(";")[0].strip().lower() not in PAGES


def _is_permalink(child: Element) -> bool:
    """A `guid` that does not deny it, or an `id` (Atom), where it is an address."""
    said = child.attributes.get("ispermalink", "true").strip().lower() != "false"
    return child.name in ("guid", "id") and said and child.text.lower().startswith(("http://", "https://"))


def _published(entry: Element) -> str | None:
    """When the entry says that it was published, as it is written."""
    for name in DATES:
        for child in entry.children:
            if child.name == name and child.whole and child.text:
                return child.text
    return None
