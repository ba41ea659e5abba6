"""Read the metadata of a page: canonical address, title, authors, dates, site and picture, each from the most reliable source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Literal

from lxml import etree

from worker.extract.dates import dateline
from worker.extract.dates.parse import Moment, parse_machine_date, parse_prose_date
from worker.extract.fields import authors, bylines, title
from worker.extract.fields.own_article import without_other_articles
from worker.extract.lines.nearby_lines import NearbyLines
from worker.extract.page.addresses import joined, parts_of
from worker.extract.page.elements import Element
from worker.extract.page.structured_data import StructuredData, strings_of, structured_data_of

Source = Literal["json-ld", "meta", "time", "url", "dateline", "guess"]
PUBLISHED_METAS = (
    "article:published_time", "og:published_time", "datepublished", "publication_date", "publishdate", "pubdate", "date", "dc.date",
    "dc.date.issued", "dcterms.created", "dcterms.date", "dc.date.created", "parsely-pub-date", "sailthru.date", "article.published",
    "originalpublicationdate", "cxenseparse:recs:publishtime", "article_date_original", "citation_publication_date", "last-published",
    "bt:pubdate", "datecreated",
)  # fmt: skip
STATED = ("datePublished", "coverageStartTime", "dateCreated", "uploadDate")
"""Properties with the date of publication, the most reliable first."""
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
"""Other names of meta elements with the date of publication."""
URL_DATE = re.compile(
    r"/((?:19|20)\d\d)[/\-](0?[1-9]|1[0-2])[/\-](0?[1-9]|[12]\d|3[01])(?:[/\-_.]|$)|[/\-_]((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:[/\-_.]|$)"
)
NEXT_PAGE = re.compile(r"[/_\-,]?(?:p|page|seite)?[/_\-,]?\d{1,3}/?(?:\.\w+)?", re.IGNORECASE)
"""What the address of an article's next page adds to that of the first."""
_MICRODATA = etree.XPath("//@itemprop[. = 'datePublished']")
_DATED = etree.XPath("//@class[contains(., 'date') or contains(., 'time') or contains(., 'ublish') or contains(., 'posted')]")
DATE_CLASS = re.compile(
    r"(?:post|entry|article|story|news|detail|item|blog)_{0,2}-?(?:list-|single-|publish(?:ed)?-?)?(?:date|time)\b|\bdate-header\b|\bposted-?on\b|"
    r"publish(?:ed|ing)?[-_]?(?:date|time|on|at)|\bpub-?date\b|\bpublished\b",
    re.IGNORECASE,
)
"""Classes of elements with the date of an article, not of the masthead: `entry-date`, `detail-time`, `date-header`."""
MAX_HEADINGS = 20  # with which the headlines of JSON-LD are compared; the article's own is among the first
MAX_DATED = 6  # of such elements: those farther down belong to other articles
MAX_DESCRIPTION = 2000  # characters: enough for a summary
SIGNED_LINE = 150  # characters: longer lines that name a writer are biographies
SHORT_LINE = 80  # characters: a date in a longer line belongs to the subject


@dataclass(frozen=True)
class Metadata:
    """A page's metadata without the date of publication, which also depends on its text."""

    structured: StructuredData
    canonical_url: str | None
    title: str | None
    authors: list[str]
    modified: Moment | None
    site_name: str | None
    description: str | None
    image: str | None


@dataclass(frozen=True)
class Publication:
    """The date of publication and its source; None for both where it is unknown."""

    moment: Moment | None
    source: Source | None


def metadata_of(root: Element, url: str | None, today: date) -> Metadata:
    """The metadata of a page; dates after `today` are not plausible and count as missing."""
    headings = [element.text_content() for element in islice(root.iter("h1", "h2"), MAX_HEADINGS)]
    data = without_other_articles(structured_data_of(root), url, headings)
    site_names = title.site_names_of(data, url)
    return Metadata(
        structured=data,
        canonical_url=_canonical(data, url),
        title=title.title_of(root, data, site_names),
        authors=authors.authors_of(root, data, site_names),
        modified=_first_plausible(_modified(data), today),
        site_name=_site_name(data),
        description=(data.meta("og:description", "description", "twitter:description") or "")[:MAX_DESCRIPTION] or None,
        image=_image(data, url),
    )


def publication_of(data: StructuredData, near: NearbyLines, root: Element, url: str | None, today: date) -> Publication:
    """The first plausible date of publication; the most reliable sources come first."""
    near = replace(near, above_heading=[line for line in near.above_heading if not _is_current_date(line, today)])
    for source, moments in _sources(data, near, root, url):
        moment = _first_plausible(moments, today)
        if moment:
            return Publication(_on_own_day(moment, near, url), source)
    return Publication(None, None)


def _on_own_day(moment: Moment, near: NearbyLines, url: str | None) -> Moment:
    """The moment on the day by the page's own clock, where it is stated in UTC: the day in the address or near the text, if that
    is the day before or after."""
    if moment.time is None or moment.time.date() != moment.day:
        return moment
    shown = [_url_date(url), *(dateline.date_of_line(line) for line in [*near.below_heading, *near.above_heading[-1:]])]
    days = [one.day for one in shown if one and one.time is None and abs((one.day - moment.day).days) == 1]
    return Moment(days[0], moment.time) if days else moment


def _is_current_date(line: str, today: date) -> bool:
    """Whether a line above the heading shows the day of the fetch, or begins with a weekday: a masthead does."""
    moment = dateline.first_date(line)
    return dateline.is_masthead_date(line) or (moment is not None and abs((moment.day - today).days) <= 1)


def _sources(data: StructuredData, near: NearbyLines, root: Element, url: str | None) -> Iterator[tuple[Source, list[Moment | None]]]:
    """What may be the date of publication, by source; a source is read only where those before gave no plausible date."""
    yield "json-ld", [parse_machine_date(value) for name in STATED for node in data.articles for value in strings_of(node.get(name))[:1]]
    yield "meta", [parse_machine_date(value) for name in _date_metas(data) for value in data.metas[name][:1]]
    yield "meta", _microdata(root)
    own, other = _times(root)
    yield "time", own
    yield "url", [_url_date(url)]
    lines = [*near.below_heading, *reversed(near.above_heading)]
    originals_first = sorted([*lines, *near.below_text], key=dateline.is_update)
    signed = [line for line in lines if len(line) <= SIGNED_LINE and bylines.is_byline(line) and not dateline.is_update(line)]
    yield (
        "dateline",
        [
            *map(dateline.publication_date, [*lines, *near.below_text]),
            *map(dateline.first_date, signed),
            *map(dateline.date_of_line, originals_first),
        ],
    )
    yield "guess", [dateline.first_date(line) for line in lines if len(line) <= SHORT_LINE]
    yield "dateline", [dateline.publication_date(text) or parse_machine_date(text) for text in _dated_texts(root)]
    yield "guess", other


def _date_metas(data: StructuredData) -> list[str]:
    """The names of the page's meta elements with a date of publication, the most reliable first."""
    return [*(name for name in PUBLISHED_METAS if name in data.metas), *(name for name in data.metas if DATE_META.search(name))]


def _times(root: Element) -> tuple[list[Moment | None], list[Moment | None]]:
    """The date of the `<time>` that is marked as the publication's or is inside the article, and that of the first other one.

    Those in navigation, footers and asides belong to other articles.
    """
    usable = [element for element in root.iter("time") if not any(outer.tag in authors.OUTSIDE for outer in element.iterancestors())]
    marked = [e for e in usable if "publish" in (e.get("itemprop") or e.get("class") or "").lower()]
    first = [e for e in usable[:1] if e.get("pubdate") is not None]  # teasers and comments are marked so too, farther down
    inside = [e for e in usable if any(outer.tag in ("article", "main") for outer in e.iterancestors())]
    own = (marked or first or inside)[:1]
    moments = [_of_time(e) for e in [*own, *usable[:1]]]
    return moments[: len(own)], moments[len(own) :]


def _of_time(element: Element) -> Moment | None:
    """The date of a `<time>`: its attribute's, unless its words give another day; templates fill the attribute with the last change."""
    stated, shown = parse_machine_date(element.get("datetime")), parse_machine_date(element.text_content())
    differs = stated and shown and abs((stated.day - shown.day).days) > 1
    swapped = stated and shown and (stated.day.year, stated.day.day, stated.day.month) == (shown.day.year, shown.day.month, shown.day.day)
    return shown if differs and not swapped else stated or shown


def _microdata(root: Element) -> list[Moment | None]:
    """The date of the first element with microdata, other than `time` and `meta`, which are read elsewhere."""
    found = [element for element in authors.elements_of(_MICRODATA(root)) if element.tag not in ("time", "meta")]
    return [parse_machine_date(_value(element)) for element in found[:1]]


def _value(element: Element) -> str:
    """The value of an element with microdata: its attribute for machines, else its text."""
    return str(element.get("content") or element.get("datetime") or element.get("title") or element.text_content())


def _dated_texts(root: Element) -> list[str]:
    """The text of the first element whose class marks the date of an article; none where that date is of an update."""
    found = [
        element for element in authors.elements_of(_DATED(root)) if DATE_CLASS.search(f"{element.get('class')} {element.get('data-role')}")
    ]
    inside = (element for element in found[:MAX_DATED] if not authors.is_outside_article(element))
    texts = [" ".join(_dated_value(element).split())[:SHORT_LINE] for element in inside]
    return [text for text in texts[:1] if dateline.publication_date(text) or not dateline.is_update(text)]


def _dated_value(element: Element) -> str:
    """The text of an element with a date; where that has none, its attribute for machines, as `<abbr class="published">` has it."""
    text = element.text_content()
    return (
        text
        if dateline.first_date(text)
        else next((value for name in ("title", "datetime", "content") if (value := element.get(name))), text)
    )


def _first_plausible(moments: list[Moment | None], today: date) -> Moment | None:
    return next((m for m in moments if m and m.is_plausible(today)), None)


def _url_date(url: str | None) -> Moment | None:
    match = URL_DATE.search(parts_of(url).path)
    if match:
        return parse_machine_date("-".join(part.zfill(2) for part in match.groups() if part))
    folders = parts_of(url).path.split("/")  # "/2024/sep/03/"
    dated = [folder for folder in zip(folders[2:], folders[1:], folders, strict=False) if folder[2].isdigit() and folder[1].isalpha()]
    days = map(" ".join, dated)
    return next((moment for day in days if (moment := parse_prose_date(day))), None)


def _modified(data: StructuredData) -> list[Moment | None]:
    stated = [value for node in data.articles for value in strings_of(node.get("dateModified"))[:1]]
    return [parse_machine_date(value) for value in [*stated, *(v for name in MODIFIED_METAS for v in data.metas.get(name, ())[:1])]]


def _site_name(data: StructuredData) -> str | None:
    publisher = [name for node in data.articles for name in strings_of(node.get("publisher"))[:1]]
    name = data.meta("og:site_name", "application-name") or next(iter(publisher), None)
    return " ".join(name.split())[:200] if name else None


def _canonical(data: StructuredData, url: str | None) -> str | None:
    """The address that the page states as canonical, where it is on the same site; another site's is a spoof or a mistake."""
    claimed = next(iter(data.links.get("canonical", ())), None) or data.meta("og:url")
    full = joined(joined(url, next(iter(data.links.get("base", ())), None)) or url, claimed)
    return full if full and _same_site(full, url) else None


def has_more_pages(data: StructuredData, url: str | None) -> bool:
    """Whether the page names a next one that is a part of the same article: the same address with a number more."""
    following = joined(url, next(iter(data.links.get("next", ())), None))
    if following is None or url is None:
        return False
    here, there = parts_of(url), parts_of(following)
    added = there.path.removeprefix(here.path.rstrip("/"))
    return following != url and (here.path == there.path or (added != there.path and NEXT_PAGE.fullmatch(added) is not None))


def _same_site(claimed: str, url: str | None) -> bool:
    host = parts_of(claimed).hostname
    return bool(host) and (url is None or _without_prefix(host or "") == _without_prefix(parts_of(url).hostname or ""))


def _without_prefix(host: str) -> str:
    for prefix in ("www.", "m.", "amp.", "mobile.", "en."):
        host = host.removeprefix(prefix)
    return host


def _image(data: StructuredData, url: str | None) -> str | None:
    return joined(url, data.meta("og:image", "og:image:url", "twitter:image"))
