"""Bylines: where a page names its authors, for machines or for readers, the surest place first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise, takewhile

from lxml import etree

from worker.extract.dates.parse import dates_in, without_dates
from worker.extract.fields.language import VIETNAMESE
from worker.extract.fields.person_names import AGENCY, BY, MAX_AUTHORS, NAME, PERSON, given_first, people_in, squeezed
from worker.extract.fields.title import SEPARATOR
from worker.extract.lines.boilerplate_filter import is_prose
from worker.extract.lines.nearby_lines import NearbyLines
from worker.extract.page.elements import Attribute, Element
from worker.extract.page.structured_data import JsonValue, Said, types_of, words_of
from worker.extract.words.boilerplate import kind_of

DATED = re.compile(
    r"\s*(?:[|•·–—,(]\s*)?(?=\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\d{1,2}\D|publi|posted|updated|ថ្ងៃ|วัน|เมื่อ|\b(?:lúc|pada|tanggal)\b)",
    re.IGNORECASE,
)
"""Where a byline goes over into its date."""
AGO = re.compile(
    r"\b(?:\d+|an?) ?(?:min(?:ute)?s?|hours?|hrs?|days?|weeks?|months?)\.? ago\b|giờ trước|phút trước|ชั่วโมงที่|小时前|ម៉ោងមុន", re.IGNORECASE
)
"""A day that only counts from today."""
ARTICLE = re.compile(r"(?:the|der|die|das|le|la|les|el|los|il|de|het|o)\b", re.IGNORECASE)
"""How names of papers begin."""
FIRST = 200  # characters: a dateline with its reporter is shorter
SHORT_DAY = re.compile(r"[A-Z][a-z]{2,8}\.? \d{1,2}|\d{1,2} [A-Z][a-z]{2,8}\.?")
"""A day of this year: `Jul 2`."""
SIGNED = (
    re.compile(r"^([가-힣]{2,4}) ?(?:기자|특파원)(?=\s|$)"),
    re.compile(r"^[【（(\[]([\u3400-\u9fff\u3040-\u30ff]{2,8}(?:[、・ ][\u3400-\u9fff\u3040-\u30ff]{2,8}){0,3})[】）)\]]$"),
    re.compile(r"^(?:本[报報社网網])?(?:记者|記者) ?([\u3400-\u9fff]{2,4}) ?[／/]"),
    re.compile(r"^[Pp]osted by ([A-Z][a-z]{2,})(?= (?:at|on)\b.{0,20}\d)"),
)
"""Lines that sign in the way of their country, or of a blog's foot."""
REPORTER = re.compile(r"[（(](?:本[报報社网]|实习)?(?:记者|記者|通讯员)\s*([\u3400-\u9fff]{2,4}(?:[、 ][\u3400-\u9fff]{2,4}){0,3})[）)]")
"""The reporter in a Chinese dateline: `…3月12日电（记者陈海涛）`."""
MANY = 500  # elements: an article names its authors among the first of them
MAX_BYLINE = 150  # characters: a line of names, not a biography
METAS = (
    "author", "article:author", "byl", "parsely-author", "sailthru.author", "dcsext.author", "cxenseparse:author",
    "article:author_name", "twitter:misc:written by", "authors", "byline",
)  # fmt: skip
CATALOGUES = ("dc.creator", "dcterms.creator", "citation_author")
"""Meta tags that may give the surname first."""
APART = ("nav", "footer", "aside")
"""Where other articles' authors are listed."""
OTHERS = re.compile(r"comment|\brepl(?:y|ies)|related|recommend|teaser|most-?read|popular|\blatest", re.IGNORECASE)
"""Names of boxes with other people and other articles."""
AUTHOR_PATH = re.compile(r"/(?:authors?|auteurs?|autor(?:en|es)?|by|writers?|reporters?|journalists?|contributors?)/[^/]")
AUTHOR_NAME = re.compile(r"author-?_{0,2}name|\bfn\b", re.IGNORECASE)
SHOWS = re.compile(
    r"(?:(?<![a-z])author|[a-z]Author|(?<![a-z])byline|[a-z]Byline)s?(?![a-z])(?!\S*(?:bio|desc|avatar|image|img|social|follow|link))"
)
"""Classes of elements that show who wrote: `author`, `post-author`, `articleByline`; not of those about the writer."""
_CLASSED = etree.XPath("//@class[contains(., 'uthor') or contains(., 'yline')]")
_MICRODATA = etree.XPath("//@itemprop[. = 'author']")
JOINED = re.compile(r"\s*\n\s*(,|&|and|und|et|y|e|with|with reporting by|và|และ|និង)\s*\n?\s*")
"""Two lines that a conjunction makes one."""


def authors_of(root: Element, said: Said, sites: set[str]) -> list[str]:
    """Names in the order of the page; empty where it names nobody. `sites`: the site's own names, squeezed."""
    sites = (sites | _last_part(said.title or "")) - _own(said, sites)
    stated = next((names for source in _stated(said) if (names := people_in(source, sites))), [])
    if any(NAME.match(name) or AGENCY.match(name) for name in stated):
        return stated
    shown = (_together(elements, sites) for elements in _marked(root))
    return next((names for names in shown if names), stated)  # a login's name yields to the one that is shown


def _last_part(title: str) -> set[str]:
    """The site's name as the end of the page's title gives it, where that is no person's."""
    part = SEPARATOR.split(title)[-1]
    return {squeezed(part)} if part != title and not PERSON.match(BY.sub("", part)) else set()


def _own(said: Said, sites: set[str]) -> set[str]:
    """The site's names that are a person's, who writes there alone: so typed, shaped like a name, and no body's or newspaper's."""
    named = [(squeezed(name), name, types_of(node)) for node in said.nodes for name in words_of(node.get("name") or [])[:1]]
    bodies = {key for key, _, kinds in named if _is_body(kinds)}
    persons = {key for key, name, kinds in named if "Person" in kinds and PERSON.match(name) and not ARTICLE.match(name)} - bodies
    if not bodies and any("NewsArticle" in kind for node in said.articles[:1] for kind in types_of(node)):
        return set()
    return {site for site in sites if any(person in site for person in persons)}


def _stated(said: Said) -> Iterator[list[str]]:
    yield [name for node in said.articles[:1] for name in _named(node.get("author") or node.get("creator"), said)]
    for name in METAS:
        yield said.metas.get(name, [])
    for name in CATALOGUES:
        yield given_first(said.metas.get(name, []))
    label, value = said.meta("twitter:label1"), said.meta("twitter:data1")
    yield [value] if value and label and "by" in label.lower() else []


def _named(value: JsonValue, said: Said) -> list[str]:
    """The names in a JSON-LD `author`: people, also by reference and in parts; the outlet's own organisation is no author."""
    if isinstance(value, list):
        return [name for item in value[:MAX_AUTHORS] for name in _named(item, said)]
    if not isinstance(value, dict):
        return words_of(value or [])
    if "name" not in value and "@id" in value:
        value = next((node for node in said.nodes if node.get("@id") == value["@id"] and "name" in node), value)
    parts = [str(value.get(key)) for key in ("givenName", "familyName") if value.get(key)]
    names = words_of(value.get("name") or []) or ([" ".join(parts)] if parts else [])
    return [name for name in names if AGENCY.match(name)] if _is_body(types_of(value)) else names


def _is_body(kinds: list[str]) -> bool:
    """Whether types name an organisation; what is a person as well is one."""
    return "Person" not in kinds and any("Organization" in kind for kind in kinds)


def _marked(root: Element) -> Iterator[list[Element]]:
    """Elements that show authors, group by group; each group costs a walk, and is asked for only where those before gave none."""
    yield [link for link in root.iter("a") if "author" in (link.get("rel") or "")]
    classed = holders(_CLASSED(root))
    yield [element for element in classed if AUTHOR_NAME.search(element.get("class") or "")]
    yield [link for link in root.iter("a") if AUTHOR_PATH.search(link.get("href") or "")]
    yield [element for element in classed if SHOWS.search(element.get("class") or "")]
    yield holders(_MICRODATA(root))


def holders(attributes: list[Attribute]) -> list[Element]:
    """The elements of the first attributes found; asking for the elements themselves takes time with the square of their number."""
    return [attribute.getparent() for attribute in attributes[:MANY]]


def _together(elements: list[Element], sites: set[str]) -> list[str]:
    """The people in the first element with a name and in those that stand beside it: an article's authors, not its neighbours'.

    Where the first names nobody, the page says who wrote: its outlet.
    """
    able = (element for element in elements[: 4 * MAX_AUTHORS] if not is_apart(element) and _line(element))
    first = next(able, None)
    if first is None:
        return []
    beside = [first, *(element for element in able if element.getparent() is first.getparent())]
    return list(dict.fromkeys(name for element in beside for name in _shown(element, sites)))


def _line(element: Element) -> str:
    """What an element shows, its pieces parted by line breaks; "" for biographies and what is no text."""
    pieces, size = [], 0
    for text in element.itertext():
        if piece := " ".join(text.split()):
            pieces.append(piece)
            size += len(piece)
        if size > MAX_BYLINE:  # the rest of a long element is not even read
            return ""
    line = element.get("content") or JOINED.sub(r" \1 ", "\n".join(pieces))
    return line if len(line) <= MAX_BYLINE and any(map(str.isalpha, line)) else ""


def is_apart(element: Element) -> bool:
    """Whether an element stands among other people and other articles; the names of the body tell of the whole page."""
    outers = [element, *element.iterancestors()]
    names = (f"{outer.get('class') or ''} {outer.get('id') or ''}" for outer in outers if outer.tag not in ("body", "html"))
    return any(outer.tag in APART for outer in outers) or any(map(OTHERS.search, names))


def _shown(element: Element, sites: set[str]) -> list[str]:
    """The people whom an element shows: in its links, else in the first of its lines that names any, else in lines of a word each."""
    lines = _line(element).split("\n")
    linked = _people([_line(link) for link in element.iter("a") if len(link) or link is not element], sites)
    found = (names for line in BY.sub("", "\n".join(lines)).split("\n") if (names := _people([named_in(line)], sites)))
    return linked or next(found, []) or (_people([" ".join(lines)], sites) if all(" " not in line for line in lines) else [])


def _people(texts: list[str], sites: set[str]) -> list[str]:
    """The people in `texts` with at least two names."""
    return [name for name in people_in(texts, sites) if NAME.match(name)]


def signed(around: NearbyLines, text: str, sites: set[str]) -> list[str]:
    """The names in a line beside the text that begins with "by", that gives a name and a date, or that is a name and nothing else."""
    near = [line for line in [*around.over, *around.before, *around.under] if len(line) <= MAX_BYLINE]
    for line in near:
        if BY.match(line) or is_name_and_date(line):
            names = _people([named_in(line)], sites)
            if names:
                return names
    marked = [match[1] for line in near for pattern in SIGNED if (match := pattern.match(line))]
    marked += [match[1] for match in [REPORTER.search(text[:FIRST])] if match]
    if names := people_in(marked[:1], sites):
        return names
    alone = (line for line in _places_of_names(around) if _is_name(line, text))
    first = next((line for line in alone if _people([line], sites)), None)
    if first is None:
        return []
    above = takewhile(lambda line: _is_name(line, text), reversed(around.over[: around.over.index(first)] if first in around.over else []))
    return _people([*reversed(list(above)), first], sites)  # several writers, a line each


def _places_of_names(around: NearbyLines) -> Iterator[str]:
    """Lines that may be a name and nothing else: after "By", beside the day, alone between heading and text, signed under it."""
    over, under = around.over, around.under
    yield from (line for before, line in pairwise(over) if BY.fullmatch(before + " "))
    for before, after in pairwise(over):
        yield from ([before] if is_dated(after[:MAX_BYLINE]) and len(after) <= MAX_BYLINE else [])
        yield from ([after] if len(before) <= MAX_BYLINE and is_dated(before) else [])
    yield from over[:1] if len(over) > 1 and is_prose(over[1]) else []
    yield from (line for line, after in pairwise(under[1:4]) if after.startswith(line) or VIETNAMESE.search(line))


def _is_name(line: str, text: str) -> bool:
    """Whether a line is a person's name alone: no word of it occurs elsewhere in the text, as those of places and subjects do."""
    name = line.strip(" —–-()*_")
    if not PERSON.match(name) or not all(word[0].isupper() for word in name.split()) or kind_of(name) is not None:
        return False
    others = " ".join(other for other in text.split("\n") if other != line).casefold()
    if VIETNAMESE.search(name):  # its syllables are words of every text
        return name.casefold() not in others
    return not set(re.findall(r"\w+", name.casefold())).intersection(re.findall(r"\w+", others))


def named_in(line: str) -> str:
    """The part of a byline that names: before its date, or after "by" where the date stands first."""
    date, by, name = line.partition(" by ") if " by " in line else line.partition(" By ")
    return name if by and dates_in(date) else DATED.split(line)[0] or without_dates(line)


def is_name_and_date(line: str) -> bool:
    """Whether a line is a name, a bar or a dot, and a date."""
    first, *rest = re.split(r"\s*[|•·]\s*", line)
    return bool(rest) and NAME.match(first.strip()) is not None and is_dated(" ".join(rest))


def is_dated(line: str) -> bool:
    """Whether a line gives a day, or counts from today."""
    return bool(dates_in(line)) or AGO.search(line) is not None or SHORT_DAY.fullmatch(line) is not None
