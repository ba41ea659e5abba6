"""What a page is: canonical address, title, people, days, site, picture; each from the statement that proved right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from urllib.parse import urljoin, urlsplit

from lxml import etree

from worker.extract.dates import dateline, parse
from worker.extract.dates.parse import Moment
from worker.extract.fields import authors as authors_field
from worker.extract.fields import title as title_field
from worker.extract.lines.nearby_lines import NearbyLines
from worker.extract.page.elements import Element
from worker.extract.page.structured_data import Said, gather, words_of

Source = Literal["json-ld", "meta", "time", "url", "dateline", "guess"]
PUBLISHED_METAS = (
    "article:published_time", "og:published_time", "datepublished", "publication_date", "publishdate", "pubdate", "date", "dc.date",
    "dc.date.issued", "dcterms.created", "dcterms.date", "dc.date.created", "parsely-pub-date", "sailthru.date", "article.published",
    "originalpublicationdate", "cxenseparse:recs:publishtime", "article_date_original", "citation_publication_date", "last-published",
    "bt:pubdate", "datecreated",
)  # fmt: skip
MODIFIED_METAS = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "last-modified",
    "dcterms.modified",
    "dc.date.modified",
    "revised",
)
DATE_META = re.compile(r"(?:^|[.:_\-])(?:date|issued|published|pubdate|publication)(?:[.:_\-]|$)(?!.*(?:modif|expir|updat))")
"""Names that sites made up for the day of publication."""
URL_DATE = re.compile(
    r"/((?:19|20)\d\d)[/\-](0?[1-9]|1[0-2])[/\-](0?[1-9]|[12]\d|3[01])(?:[/\-_.]|$)|[/\-_]((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:[/\-_.]|$)"
)
_MICRODATA = etree.XPath("//@itemprop[. = 'datePublished']")
_DATED = etree.XPath("//@class[contains(., 'date') or contains(., 'time') or contains(., 'ublish') or contains(., 'posted')]")
DATE_CLASS = re.compile(
    r"(?:post|entry|article|story|news|detail|item|blog)_{0,2}-?(?:publish(?:ed)?-?)?(?:date|time)\b|\bdate-header\b|\bposted-?on\b|"
    r"publish(?:ed|ing)?[-_]?(?:date|time|on|at)|\bpub-?date\b|\bpublished\b",
    re.IGNORECASE,
)
"""Classes of elements that date an article, not the day's paper: `entry-date`, `detail-time`, `date-header`."""
MARKED = 6  # of such elements: what is farther down belongs to others
MAX_DESCRIPTION = 2000  # characters: a summary, not the text again
SHORT_LINE = 80  # characters: a date in a longer line is the subject's


@dataclass(frozen=True)
class About:
    """A page's metadata but for the day of publication, which also depends on its text."""

    said: Said
    canonical_url: str | None
    title: str | None
    authors: list[str]
    modified: Moment | None
    site_name: str | None
    description: str | None
    image: str | None


@dataclass(frozen=True)
class Published:
    """The day of publication, and where it came from."""

    moment: Moment | None
    source: Source | None


def read(root: Element, url: str | None, today: date) -> About:
    """The metadata of a page from its root element."""
    said = gather(root)
    names = title_field.site_keys(said, url)
    return About(
        said=said,
        canonical_url=_canonical(said, url),
        title=title_field.title_of(root, said, names),
        authors=authors_field.authors_of(root, said, names),
        modified=_first(_modified(said), today),
        site_name=_site_name(said),
        description=(said.meta("og:description", "description", "twitter:description") or "")[:MAX_DESCRIPTION] or None,
        image=_image(said, url),
    )


def published(about: About, around: NearbyLines, root: Element, url: str | None, today: date) -> Published:
    """The day of publication and where it came from: the first plausible one in the order in which sources proved right."""
    around = replace(around, before=[line for line in around.before if not _is_todays(line, today)])
    for source, moments in _sources(about.said, around, root, url):
        moment = _first(moments, today)
        if moment:
            return Published(moment, source)
    return Published(None, None)


def _is_todays(line: str, today: date) -> bool:
    """Whether a line above the heading shows the day of the fetch, or leads with a weekday: the masthead's."""
    moment = dateline.of_label(line)
    return dateline.is_masthead(line) or (moment is not None and abs((moment.day - today).days) <= 1)


def _sources(said: Said, around: NearbyLines, root: Element, url: str | None) -> Iterator[tuple[Source, list[Moment | None]]]:
    yield "json-ld", [parse.from_machine(word) for node in said.articles for word in words_of(node.get("datePublished"))[:1]]
    yield "meta", [parse.from_machine(value) for name in _date_metas(said) for value in said.metas[name][:1]]
    yield "meta", _microdata(root)
    own, other = _times(root)
    yield "time", own
    yield "url", [_url_date(url)]
    near = [*around.over, *around.before]
    yield "dateline", [*map(dateline.of_published, near), *map(dateline.of_line, sorted([*near, *around.under], key=dateline.is_update))]
    yield "guess", [dateline.of_label(line) for line in near if len(line) <= SHORT_LINE]
    yield "dateline", [dateline.of_published(text) or dateline.of_label(text) for text in _marked(root)]
    yield "guess", other


def _date_metas(said: Said) -> list[str]:
    """Names of meta tags that date the page, the ones that proved right first."""
    return [*(name for name in PUBLISHED_METAS if name in said.metas), *(name for name in said.metas if DATE_META.search(name))]


def _times(root: Element) -> tuple[list[Moment | None], list[Moment | None]]:
    """The `<time>` that is marked as the publication's or stands in the article, and the first of the others.

    Those of mastheads, asides and lists belong to others.
    """
    able = [element for element in root.iter("time") if not any(outer.tag in authors_field.APART for outer in element.iterancestors())]
    marked = [e for e in able if "publish" in (e.get("itemprop") or e.get("class") or "").lower() or e.get("pubdate") is not None]
    inside = [e for e in able if any(outer.tag in ("article", "main") for outer in e.iterancestors())]
    own = (marked or inside)[:1]
    read = [parse.from_machine(e.get("datetime") or e.text_content()) for e in [*own, *able[:1]]]
    return read[: len(own)], read[len(own) :]


def _microdata(root: Element) -> list[Moment | None]:
    """The day of the first element of microdata that is none of those asked already."""
    found = [element for element in authors_field.holders(_MICRODATA(root)) if element.tag not in ("time", "meta")]
    return [parse.from_machine(_value(element)) for element in found[:1]]


def _value(element: Element) -> str:
    """What an element of microdata says: its attribute for machines, else its text."""
    return str(element.get("content") or element.get("datetime") or element.get("title") or element.text_content())


def _marked(root: Element) -> list[str]:
    """The texts of the first elements whose class says that they date an article, but for boxes of other articles."""
    found = [
        element
        for element in authors_field.holders(_DATED(root))
        if DATE_CLASS.search(f"{element.get('class')} {element.get('data-role')}")
    ]
    texts = [" ".join(element.text_content().split())[:SHORT_LINE] for element in found[:MARKED] if not authors_field.is_apart(element)]
    return [text for text in texts[:1] if dateline.of_published(text) or not dateline.is_update(text)]


def _first(moments: list[Moment | None], today: date) -> Moment | None:
    return next((m for m in moments if m and m.plausible(today)), None)


def _url_date(url: str | None) -> Moment | None:
    match = URL_DATE.search(urlsplit(url or "").path)
    return parse.from_machine("-".join(part.zfill(2) for part in match.groups() if part)) if match else None


def _modified(said: Said) -> list[Moment | None]:
    stated = [word for node in said.articles for word in words_of(node.get("dateModified"))[:1]]
    return [parse.from_machine(value) for value in [*stated, *(v for name in MODIFIED_METAS for v in said.metas.get(name, ())[:1])]]


def _site_name(said: Said) -> str | None:
    publisher = [word for node in said.articles for word in words_of(node.get("publisher"))[:1]]
    name = said.meta("og:site_name", "application-name") or next(iter(publisher), None)
    return " ".join(name.split())[:200] if name else None


def _canonical(said: Said, url: str | None) -> str | None:
    """The address that the page claims, where it lies on the same site; another site's is a spoof or a mistake."""
    claimed = next(iter(said.links.get("canonical", ())), None) or said.meta("og:url")
    if not claimed:
        return None
    try:
        full = urljoin(url or "", claimed)
        return full if _same_site(full, url) else None
    except ValueError:
        return None


def _same_site(claimed: str, url: str | None) -> bool:
    parts = urlsplit(claimed)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    return url is None or _bare(parts.hostname) == _bare(urlsplit(url).hostname or "")


def _bare(host: str) -> str:
    for prefix in ("www.", "m.", "amp.", "mobile.", "en."):
        host = host.removeprefix(prefix)
    return host


def _image(said: Said, url: str | None) -> str | None:
    found = said.meta("og:image", "og:image:url", "twitter:image")
    try:
        full = urljoin(url or "", found) if found else ""
    except ValueError:
        return None
    return full if full.startswith(("http://", "https://")) else None
