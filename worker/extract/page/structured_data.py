"""Collect what a page states for machines: JSON-LD objects, meta elements, links and the title."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from worker.extract.page.characters import stated_value
from worker.extract.page.elements import Element
from worker.extract.page.lenient_json import JsonValue, values_in

ARTICLE_TYPES = ("Article", "Report", "Review", "PressRelease", "Recipe", "HowTo", "OpinionPiece", "Posting")
"""Ends of the types of schema.org whose dates, headline and authors are the article's, beside those of live blogs."""
PARTS = ("Review", "Recipe", "HowTo")
"""Ends of those of them that an article may hold or be about."""
LISTS = frozenset({
    "itemListElement", "hasPart", "significantLink", "significantLinks", "relatedLink", "isRelatedTo", "mentions", "citation",
    "liveBlogUpdate", "blogPost", "blogPosts", "comment", "review", "isPartOf", "isBasedOn", "dataFeedElement", "subjectOf",
    "itemReviewed", "appearance", "firstAppearance", "sharedContent", "translationOfWork",
})  # fmt: skip
"""Properties under which a page or an article names other articles: those it lists, cites, checks, shares or translates."""
PAGE_TYPES = ("WebPage", "CreativeWork", "VideoObject")
MAX_JSON = 2_000_000  # characters a script: article bodies in JSON-LD stay under a tenth of that
MAX_NODES = 2_000  # JSON-LD objects that are read; sites list some hundreds
COUNT_LENGTH = 3  # characters of the number of unread messages; a year has more
DEEPEST = 50
"""Objects and lists within one another that are read: those of real pages end at 20, and Python's stack at 1,000 calls."""


class Node(dict[str, JsonValue]):
    """A JSON-LD object: its properties by name, without `schema:`."""

    @property
    def types(self) -> list[str]:
        """Its types, without the address of their vocabulary."""
        value = self.get("@type")
        values = value if isinstance(value, list) else [value]
        return [str(item).rpartition("/")[2].removeprefix("schema:") for item in values if item]

    @property
    def is_article(self) -> bool:
        """Whether it describes an article."""
        return any((kind.endswith(ARTICLE_TYPES) and kind != "JobPosting") or "LiveBlog" in kind for kind in self.types)

    @property
    def may_be_part(self) -> bool:
        """Whether it is a rating, a recipe or an instruction and nothing else: an article of its own type may hold one."""
        return self.is_article and all(kind.endswith(PARTS) for kind in self.types)

    def strings(self, *names: str) -> list[str]:
        """The strings of the first of several properties that holds anything, as `strings_of` finds them."""
        return strings_of(next(filter(None, map(self.get, names)), None))


@dataclass(frozen=True)
class StructuredData:
    """What a page states about itself for machines."""

    metas: dict[str, list[str]] = field(default_factory=dict)
    """Values in order, by `property`, `name`, `itemprop` or `http-equiv` in lower case."""
    links: dict[str, list[str]] = field(default_factory=dict)
    """Addresses in order, by `rel`; under `base` the address against which the others are read."""
    nodes: list[Node] = field(default_factory=list)
    """All JSON-LD objects, nested ones too, in order."""
    title: str | None = None
    """Of the `<title>` element."""
    lang: str | None = None
    """The `lang` attribute of the root element."""

    def meta(self, *names: str) -> str | None:
        """The first value that is not empty under any of the names, which are tried in order."""
        return next((value for name in names for value in self.metas.get(name, ()) if value), None)

    @cached_property
    def articles(self) -> list[Node]:
        """The JSON-LD objects that describe an article; where there is none, those that describe the page."""
        of_type = [node for node in self.nodes if node.is_article]
        return of_type or [node for node in self.nodes if any(kind.endswith(PAGE_TYPES) for kind in node.types)]


def structured_data_of(root: Element) -> StructuredData:
    """The structured data of a page."""
    metas: dict[str, list[str]] = {}
    links: dict[str, list[str]] = {}
    nodes: list[Node] = []
    titles: list[str] = []
    for element in root.iter("meta", "link", "script", "title", "base"):
        if element.tag == "meta":
            _add_meta(element, metas)
        elif element.tag == "base":
            links.setdefault("base", []).append((element.get("href") or "").strip())
        elif element.tag == "link":
            for rel in (element.get("rel") or "").lower().split():
                links.setdefault(rel, []).append((element.get("href") or "").strip())
        elif element.tag == "script":
            if "ld+json" in (element.get("type") or "").lower() and element.text:
                nodes.extend(nodes_in(element.text))
        elif (parent := element.getparent()) is None or parent.tag != "svg":
            titles.append(_without_count(stated_value(" ".join(element.text_content().split()))))
    title = next(iter(titles), None) or None
    return StructuredData(metas, links, nodes, title, root.get("lang") or root.get("xml:lang"))


def _without_count(title: str) -> str:
    """A page's title without the number of unread messages before it: `(3) Headline`, `(99+) Headline`."""
    number, closed, rest = title.removeprefix("(").partition(") ")
    is_count = title.startswith("(") and closed and number.removesuffix("+").isdecimal() and len(number) <= COUNT_LENGTH
    return rest if is_count else title


def _add_meta(element: Element, metas: dict[str, list[str]]) -> None:
    value = stated_value((element.get("content") or element.get("datetime") or "").strip())
    for attribute in ("property", "name", "itemprop", "http-equiv") if value else ():
        name = element.get(attribute)
        if name:
            metas.setdefault(name.strip().lower(), []).append(value)


def nodes_in(text: str) -> list[Node]:
    """The objects of a JSON-LD script, outer before inner; none where it cannot be read. Articles that it lists are left out."""
    data = _bounded(values_in(text[:MAX_JSON]))
    return [node for node, _ in zip(_objects(data), range(MAX_NODES), strict=False)]


def _bounded(values: list[JsonValue]) -> list[JsonValue]:
    """The values of a script as `_kept` has them, null in place of what lies deeper than DEEPEST."""
    waiting: list[tuple[list[JsonValue] | dict[str, JsonValue], int]] = [(values, 0)]
    while waiting:
        outer, depth = waiting.pop()
        for key, value in outer.items() if isinstance(outer, dict) else enumerate(outer):
            if isinstance(value, dict | list) and depth < DEEPEST:
                waiting.append((value, depth + 1))
            else:
                outer[key] = _kept(value)  # type: ignore[index]  # a key of this very container
    return values


def _kept(value: JsonValue) -> JsonValue:
    """A single value that can be stored, as `stated_value` mends it; None for a container."""
    if isinstance(value, str):
        return stated_value(value)
    return None if isinstance(value, dict | list) else value


def _objects(data: JsonValue) -> Iterator[Node]:
    """All objects in document order but for the articles that others list, without `schema:` before their keys. Without
    recursion, since hostile input is nested deeper than Python's stack."""
    waiting = [(data, False)]
    while waiting:
        item, listed = waiting.pop()
        if isinstance(item, dict):
            node = Node((key.removeprefix("schema:"), value) for key, value in item.items())
            if not listed or not node.is_article:
                yield node
            inner = [(value, listed or key in LISTS) for key, value in node.items() if isinstance(value, dict | list)]
            waiting.extend(reversed(inner))
        elif isinstance(item, list):
            waiting.extend((value, listed) for value in reversed(item))


def strings_of(value: JsonValue) -> list[str]:
    """The strings in a JSON-LD value: the string itself, a number's digits, an object's `name`, `@value` or `url`, or those of a list."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return [str(value)]
    if isinstance(value, dict):
        return strings_of(value.get("name") or value.get("@value") or value.get("url") or [])
    return [string for item in value for string in strings_of(item)] if isinstance(value, list) else []
