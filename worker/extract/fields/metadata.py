"""Read the metadata of a page: canonical address, title, authors, dates, site and picture, each from the most reliable source."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from worker.extract.dates.parse import Moment, first_plausible, parse_machine_date
from worker.extract.fields import authors, title
from worker.extract.fields.own_article import is_outside_article, without_other_articles
from worker.extract.page.addresses import joined, parts_of
from worker.extract.page.elements import Element
from worker.extract.page.structured_data import StructuredData, structured_data_of

MODIFIED_METAS = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "last-modified",
    "dcterms.modified",
    "dc.date.modified",
    "revised",
)
NEXT_PAGE = re.compile(r"[/_\-,]?(?:p|page|seite)?[/_\-,]?\d{1,3}/?(?:\.\w+)?", re.IGNORECASE)
"""What the address of an article's next page adds to that of the first."""
PAGE_KEYS = frozenset({"page", "p", "pg", "pageno", "page_no", "paged", "seite", "pagina", "pag", "part", "halaman", "trang"})
"""Names of the parameter with the number of an article's page."""
MAX_LINKS = 3_000  # links that are looked at: the largest of 1,526 real pages has fewer
MAX_HEADINGS = 20  # with which the headlines of JSON-LD are compared; the article's own is among the first
MAX_DESCRIPTION = 2000  # characters: enough for a summary


@dataclass(frozen=True)
class Metadata:
    """A page's metadata without the date of publication, which also depends on its text."""

    structured: StructuredData = field(default_factory=StructuredData)
    canonical_url: str | None = None
    title: str | None = None
    authors: list[str] = field(default_factory=list)
    modified: Moment | None = None
    site_name: str | None = None
    description: str | None = None
    image: str | None = None
    site_names: set[str] = field(default_factory=set)
    """The letters of the site's own names, as `title.site_names_of` gives them."""


def metadata_of(root: Element, url: str | None, today: date) -> Metadata:
    """The metadata of a page; dates after `today` are not plausible and count as missing."""
    headings = [element.text_content() for element in islice(root.iter("h1", "h2"), MAX_HEADINGS)]
    data = without_other_articles(structured_data_of(root), url, headings)
    site_names = title.site_names_of(data, root, url)
    return Metadata(
        structured=data,
        canonical_url=_canonical(data, url),
        title=title.title_of(root, data, site_names),
        authors=authors.authors_of(root, data, site_names),
        modified=first_plausible(_modified(data), today),
        site_name=_site_name(data),
        description=(data.meta("og:description", "description", "twitter:description") or "")[:MAX_DESCRIPTION] or None,
        image=_image(data, url),
        site_names=site_names,
    )


def _modified(data: StructuredData) -> list[Moment | None]:
    stated = [value for node in data.articles for value in node.strings("dateModified")[:1]]
    return [parse_machine_date(value) for value in [*stated, *(v for name in MODIFIED_METAS for v in data.metas.get(name, ())[:1])]]


def _site_name(data: StructuredData) -> str | None:
    publisher = [name for node in data.articles for name in node.strings("publisher")[:1]]
    name = data.meta("og:site_name", "application-name") or next(iter(publisher), None)
    return " ".join(name.split())[:200] if name else None


def _canonical(data: StructuredData, url: str | None) -> str | None:
    """The address that the page states as canonical, where it is on the same site; another site's is a spoof or a mistake."""
    claimed = next(iter(data.links.get("canonical", ())), None) or data.meta("og:url")
    full = joined(joined(url, next(iter(data.links.get("base", ())), None)) or url, claimed)
    return full if full and _same_site(full, url) else None


def has_more_pages(data: StructuredData, url: str | None, root: Element) -> bool:
    """Whether the page names a next one that is a part of the same article, or links its second one: the same address with a number
    more."""
    following = joined(url, next(iter(data.links.get("next", ())), None))
    if url is None:
        return False
    if following is not None and following != url:
        here, there = parts_of(url), parts_of(following)
        return here.path == there.path or bool(_page_added(here.path, there.path))
    links = (link for link in islice(root.iter("a"), MAX_LINKS) if _is_second_page(url, link.get("href") or ""))
    return any(not is_outside_article(link) for link in links)


def _page_added(path: str, other: str) -> str:
    """The digits of the page's number that one path has behind another; "" where it is not that with a number."""
    added = other.removeprefix(path.rstrip("/"))
    return "".join(filter(str.isdecimal, added)) if added != other and NEXT_PAGE.fullmatch(added) else ""


def _is_second_page(url: str, target: str) -> bool:
    """Whether a link leads to the second page of the article at an address."""
    if "2" not in target or "comment" in target:
        return False
    here, there = parts_of(url), parts_of(joined(url, target))
    if here.netloc != there.netloc:
        return False
    if here.path == there.path:
        key, _, number = there.query.removeprefix(here.query).lstrip("&").partition("=")
        return number == "2" and key.lower() in PAGE_KEYS
    return _page_added(here.path, there.path) == "2"


def _same_site(claimed: str, url: str | None) -> bool:
    host = parts_of(claimed).hostname
    return bool(host) and (url is None or _without_prefix(host or "") == _without_prefix(parts_of(url).hostname or ""))


def _without_prefix(host: str) -> str:
    for prefix in ("www.", "m.", "amp.", "mobile.", "en."):
        host = host.removeprefix(prefix)
    return host


def _image(data: StructuredData, url: str | None) -> str | None:
    return joined(url, data.meta("og:image", "og:image:url", "twitter:image"))
