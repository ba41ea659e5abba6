"""Find the day on which an article was published, from the most reliable statement or line of its page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Literal

from lxml import etree

from worker.extract.dates import dateline
from worker.extract.dates.address import date_of_address
from worker.extract.dates.parse import (
    Moment,
    first_plausible,
    parse_machine_date,
    puts_month_first,
    with_day_first,
)
from worker.extract.fields import authors, bylines
from worker.extract.fields.own_article import OUTSIDE, is_outside_article
from worker.extract.fields.title import SEPARATOR
from worker.extract.lines.nearby_lines import NearbyLines
from worker.extract.page.addresses import parts_of, without_archive
from worker.extract.page.elements import Element, text_before
from worker.extract.page.structured_data import StructuredData

Source = Literal["json-ld", "meta", "time", "url", "dateline", "guess"]
PUBLISHED_METAS = (
    "article:published_time", "og:published_time", "datepublished", "publication_date", "publishdate", "published-date", "pubdate", "date",
    "dc.date", "dc.date.issued", "dcterms.created", "dcterms.date", "dc.date.created", "parsely-pub-date", "sailthru.date",
    "article.published", "originalpublicationdate", "cxenseparse:recs:publishtime", "article_date_original",
    "citation_publication_date", "last-published", "bt:pubdate", "datecreated",
)  # fmt: skip
STATED = ("datePublished", "coverageStartTime", "dateCreated", "uploadDate")
"""Properties with the date of publication, the most reliable first."""
DATE_META = frozenset({"date", "issued", "published", "pubdate", "publication"})
"""Words in other names of meta elements with the date of publication."""
OTHER_DATES = ("modif", "expir", "updat")
"""Parts of names of other dates."""
WORD_MARKS = str.maketrans(".:_-", "    ")
"""What parts the words of a name."""
_MICRODATA = etree.XPath("//@itemprop[. = 'datePublished']")
_DATED = etree.XPath("//@class[contains(., 'date') or contains(., 'time') or contains(., 'ublish') or contains(., 'posted')]")
DATE_CLASS = re.compile(
    r"(?:post|entry|article|story|news|detail|item|blog)_{0,2}-?(?:list-|single-|publish(?:ed)?-?)?(?:date|time)\b|\bdate-header\b|\bposted-?on\b|"
    r"publish(?:ed|ing)?[-_]?(?:date|time|on|at)|\bpub-?date\b|\bpublished\b",
    re.IGNORECASE,
)
"""Classes of elements with the date of an article, not of the masthead: `entry-date`, `detail-time`, `date-header`."""
TIMES = ("time", "amp-timeago", "relative-time", "time-ago", "local-time")
"""HTML's element for a moment, and those of libraries that show how long ago it was, with the same attribute."""
EVENT_TIMES = ("startDate", "endDate", "doorTime")
"""Properties of microdata with the time of an event."""
MAX_DATED = 6  # of such elements: those farther down belong to other articles
DATING, MAX_DATING = ("span", "div", "p", "li", "time", "dd", "small"), 1000  # elements that date an article, and how many are looked at
RELATIVE, MAX_RELATIVE = ("span", "abbr", "time", "a", "p", "div", "li", "small", "em", "i", "relative-time", "time-ago"), 3000
"""Elements that may show a time relative to now, and how many are looked at: pages have some thousands."""
MOMENT_ATTRIBUTES = (
    "datetime",
    "title",
    "data-datetime",
    "data-timestamp",
    "data-time",
    "data-date",
    "data-utime",
    "content",
    "aria-label",
)
"""Attributes that may state the moment behind it."""
MOMENT_WORDS = frozenset({
    "date", "datetime", "time", "timestamp", "publish", "published", "pubdate", "pubtime", "posted", "created", "epoch", "utime",
    "unixtime", "unix", "ts",
})  # fmt: skip
"""Words, one of which is in the name of an attribute for scripts with a moment: `data-published-at`, `data-unix-time`."""
RDFA_DATES = ("datePublished", ":created", ":issued")
"""Ends of properties of RDFa, behind the name of their vocabulary."""
AROUND = 2  # elements outside a heading, in the outer of which its date stands: one for the head of the article, one for both
SIGNED_LINE = 150  # characters: longer lines that name a writer are biographies
SHORT_LINE = 80  # characters: a date in a longer line belongs to the subject


@dataclass(frozen=True)
class Publication:
    """The date of publication and its source; None for both where it is unknown."""

    moment: Moment | None
    source: Source | None


def publication_of(data: StructuredData, near: NearbyLines, root: Element, url: str | None, today: date) -> Publication:
    """The first plausible date of publication; the most reliable sources come first."""
    near = replace(near, above_heading=[line for line in near.above_heading if not _is_current_date(line, today)])
    data, near = _with_days_first(data, near)
    for source, moments in _sources(data, near, root, url):
        moment = first_plausible(moments, today)
        if moment:
            return Publication(_before_update(moment, near) or _on_own_day(moment, near, url), source)
    return Publication(None, None)


def _with_days_first(data: StructuredData, near: NearbyLines) -> tuple[StructuredData, NearbyLines]:
    """Both with the day before the month in dates in numbers, where the page's other dates show that it puts the month first."""
    metas = {name: data.metas[name] for name in data.metas if any(part in name for part in (*DATE_META, *OTHER_DATES))}
    lines = [line for line in [*near.above_heading, *near.below_heading, *near.below_text] if len(line) <= SIGNED_LINE]
    if not puts_month_first([value for values in metas.values() for value in values] + lines):
        return data, near
    own = {name: list(map(with_day_first, values)) for name, values in metas.items()}
    parts = (near.above_heading, near.below_heading, near.below_text)
    above, below, after = ([with_day_first(line) if line in lines else line for line in part] for part in parts)
    return replace(data, metas=data.metas | own), replace(near, above_heading=above, below_heading=below, below_text=after)


def _on_own_day(moment: Moment, near: NearbyLines, url: str | None) -> Moment:
    """The moment, if it is stated in UTC, on the day by the page's own clock: that of the address or near the text, one before or after."""
    if moment.time is None or moment.zoned:
        return moment
    lines = (line for line in [*near.below_heading, *near.above_heading[-1:]] if not dateline.is_update(line))
    shown = [one for one in (_url_date(url), *map(dateline.date_of_line, lines)) if one and one.time is None]
    days = [one.day for one in shown if abs((one.day - moment.day).days) == 1]
    return replace(moment, day=days[0]) if days else moment


def _before_update(moment: Moment, near: NearbyLines) -> Moment | None:
    """The day of publication beside the title, where the same lines give the stated moment as that of a later change."""
    lines = [*near.below_heading, *near.above_heading[-1:]]
    updates = [update for line in lines if dateline.is_update(line) and (update := dateline.update_date(line))]
    if not any(update.day == moment.day for update in updates):
        return None
    ways = (
        dateline.publication_date,
        dateline.day_before_update,
        lambda line: None if dateline.is_update(line) else dateline.date_of_line(line),
    )
    shown = next((found for way in ways for line in lines if (found := way(line))), None)
    return shown if shown and shown.day < moment.day else None


def _is_current_date(line: str, today: date) -> bool:
    """Whether a line above the heading shows the day of the fetch, or begins with a weekday: a masthead does. One that gives a time
    of another day with its zone is the article's."""
    moment = dateline.first_date(line)
    if moment is None or abs((moment.day - today).days) <= 1:
        return moment is not None
    return dateline.is_masthead_date(line) and moment.time is None


def _url_date(url: str | None) -> Moment | None:
    """The day in the page's address, in an archive's that of the page within."""
    return date_of_address(parts_of(without_archive(url)))


def _sources(data: StructuredData, near: NearbyLines, root: Element, url: str | None) -> Iterator[tuple[Source, list[Moment | None]]]:
    """What may be the date of publication, by source; a source is read only where those before gave no plausible date."""
    yield "json-ld", [parse_machine_date(value) for name in STATED for node in data.articles for value in node.strings(name)[:1]]
    yield "meta", [parse_machine_date(value) for name in _date_metas(data) for value in data.metas[name][:1]]
    yield "meta", _microdata(root)
    lines = [*near.below_heading, *reversed(near.above_heading)]
    own, other = _times(root, next(filter(None, map(dateline.publication_date, lines)), None))
    yield "time", own
    yield "url", [_url_date(url)]
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
    yield "time", _behind_relative(root, lines)
    yield "guess", [dateline.first_date(line) for line in lines if len(line) <= SHORT_LINE and not dateline.is_other_date(line)]
    yield "dateline", [dateline.publication_date(text) or parse_machine_date(text) for text in _dated_texts(root)]
    yield "time", [*_in_attributes(root, near.heading)]
    yield "guess", other
    yield "dateline", [*_dates_in_article(root, near.heading)]
    yield "guess", [dateline.date_of_line(part) for part in SEPARATOR.split(data.title or "")[1:]]


def _behind_relative(root: Element, lines: list[str]) -> list[Moment | None]:
    """The moment that the attribute of an element states whose words only say how long ago it was, in one of `lines` near the heading."""
    ago = [line for line in lines if len(line) <= SHORT_LINE and bylines.AGO.search(line) and not dateline.is_update(line)]
    if not ago:
        return []
    shown = ((element, " ".join(element.text_content().split())) for element in islice(root.iter(*RELATIVE), MAX_RELATIVE))
    usable = (element for element, words in shown if words and bylines.AGO.search(words) and any(words in line for line in ago))
    stated = (element.get(name) for element in usable if not is_outside_article(element) for name in MOMENT_ATTRIBUTES)
    return [parse_machine_date(value) for value in stated if value]


def _in_attributes(root: Element, heading: str | None) -> list[Moment]:
    """The moment that an attribute like `data-published-at` states near the heading, of an element that a script fills."""
    shown = next(_headings(root, heading), None)
    outers = [] if shown is None else list(shown.iterancestors())
    around = next((outer for outer in outers if outer.tag == "article"), outers[min(len(outers), AROUND) - 1] if outers else None)
    if around is None:
        return []
    near = (one for one in islice(around.iter(*DATING, "abbr", "em", "i"), MAX_DATING) if not dateline.is_update(text_before(one)))
    named = ((element, value) for element in near for name, value in element.items() if _states_moment(name, element))
    stated = ((element, parse_machine_date(value)) for element, value in named)
    return [moment for element, moment in stated if moment and not is_outside_article(element)][:1]


def _states_moment(name: str, element: Element) -> bool:
    """Whether an attribute is one for a moment, or the value of a property of RDFa with the day of publication."""
    if name == "content":
        return any(word in (element.get("property") or "") for word in RDFA_DATES)
    named = name == "datetime" or not MOMENT_WORDS.isdisjoint(name.split("-")[1:])
    return named and not any(map(name.__contains__, OTHER_DATES))


def _headings(root: Element, heading: str | None) -> Iterator[Element]:
    """The elements that show the heading."""
    title = " ".join((heading or "").split())
    return (element for element in root.iter("h1", "h2", "h3") if title and " ".join(element.text_content().split()) == title)


def _dates_in_article(root: Element, heading: str | None) -> list[Moment]:
    """The dates of the short elements that say nothing else, in the `<article>` around the heading: beside the text, or far above it.
    Those in boxes of other articles are left out."""
    article = next((outer for element in _headings(root, heading) for outer in element.iterancestors() if outer.tag == "article"), None)
    if article is None or sum(1 for _ in article.iter("article")) > 1:
        return []
    lines = (
        (element, " ".join(element.text_content().split())) for element in islice(article.iter(*DATING), MAX_DATING) if len(element) <= 2
    )
    dated = [(element, moment) for element, line in lines if len(line) <= SHORT_LINE and (moment := dateline.date_of_line(line))]
    return [moment for element, moment in dated if not is_outside_article(element)][:1]


def _date_metas(data: StructuredData) -> list[str]:
    """The names of the page's meta elements with a date of publication, the most reliable first."""
    return [*(name for name in PUBLISHED_METAS if name in data.metas), *(name for name in data.metas if _names_date(name))]


def _names_date(name: str) -> bool:
    """Whether a meta element's name is that of the date of publication."""
    return not DATE_META.isdisjoint(name.translate(WORD_MARKS).split()) and not any(map(name.__contains__, OTHER_DATES))


def _times(root: Element, labelled: Moment | None) -> tuple[list[Moment | None], list[Moment | None]]:
    """The date of the `<time>` that is marked as the publication's or is inside the article, and that of the first other one.
    Those in navigation, footers and asides are other articles', one behind "Updated" is a change's where others are there, and one
    without a mark on another day than a line like "Posted 3 May 2024" (`labelled`) is an event's.
    """
    dated = (element for element in root.iter(*TIMES) if element.get("itemprop") not in EVENT_TIMES)
    usable = [element for element in dated if not any(outer.tag in OUTSIDE for outer in element.iterancestors())]
    usable = [element for element in usable if not dateline.is_update(text_before(element))] or usable
    marked = [e for e in usable if "publish" in (e.get("itemprop") or e.get("class") or "").lower()]
    first = [e for e in usable[:1] if e.get("pubdate") is not None]  # teasers and comments are marked so too, farther down
    if labelled and not marked and not first:
        usable = [e for e in usable if (moment := _of_time(e)) and abs((moment.day - labelled.day).days) <= 1]
    inside = [e for e in usable if any(outer.tag in ("article", "main") for outer in e.iterancestors())]
    own = (marked or first or inside)[:1]
    moments = [_of_time(e) for e in [*own, *[e for e in usable[:MAX_DATED] if not is_outside_article(e)][:1]]]
    return moments[: len(own)], moments[len(own) :]


def _of_time(element: Element) -> Moment | None:
    """The date of a `<time>`: its attribute's, unless its words give another day; templates fill the attribute with the last change."""
    stated, shown = parse_machine_date(element.get("datetime")), parse_machine_date(element.text_content())
    differs = stated and shown and abs((stated.day - shown.day).days) > 1
    swapped = stated and shown and (stated.day.year, stated.day.day, stated.day.month) == (shown.day.year, shown.day.month, shown.day.day)
    return shown if differs and not swapped else stated or shown


def _microdata(root: Element) -> list[Moment | None]:
    """The date of the first element with microdata, other than `time` and `meta`, which are read elsewhere."""
    marked = (element for element in authors.elements_of(_MICRODATA(root)) if element.tag not in ("time", "meta"))
    found = [element for element in marked if not is_outside_article(element)]
    return [parse_machine_date(_value(element)) for element in found[:1]]


def _value(element: Element) -> str:
    """The value of an element with microdata: its attribute for machines, else its text."""
    return str(element.get("content") or element.get("datetime") or element.get("title") or element.text_content())


def _dated_texts(root: Element) -> list[str]:
    """The text of the first element whose class marks the date of an article; none where that date is of an update."""
    found = [
        element for element in authors.elements_of(_DATED(root)) if DATE_CLASS.search(f"{element.get('class')} {element.get('data-role')}")
    ]
    inside = (element for element in found[:MAX_DATED] if not is_outside_article(element))
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
