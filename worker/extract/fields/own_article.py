"""Tell the page's own article from others: JSON-LD objects that describe another one, and boxes of other people and other articles."""

from __future__ import annotations

from itertools import islice
from urllib.parse import unquote

from worker.extract.page.addresses import parts_of
from worker.extract.page.characters import letters_of
from worker.extract.page.elements import Element
from worker.extract.page.structured_data import Node, StructuredData
from worker.extract.words.languages import pattern

MIN_LETTERS = 8  # of a headline that is compared with the page's titles
ENDINGS = (".html", ".htm", ".amp", "/amp", "/index")
"""Ends of a path that name another form of the same page."""
OUTSIDE = ("nav", "footer", "aside")
"""Elements in which the authors of other articles are listed."""
OUTSIDE_ALWAYS = ("nav",)
"""The same within the article itself, whose byline may stand in its own aside or footer."""
OTHER_CONTENT = (
    "comment", " reply", " replies", "related", "recommend", "teaser", "mostread", "most read", "popular", " latest", "pullquote",
    "pull quote", "testimonial", "bibliograph", " references", "citation",
)  # fmt: skip
"""Parts of class names and ids of boxes with other people and other articles, with blanks for their hyphens."""
OTHER_ITEMS = frozenset({
    "itemReviewed", "comment", "review", "mentions", "about", "citation", "isBasedOn", "isPartOf", "image", "video", "associatedMedia",
    "publisher", "workExample", "subjectOf",
})  # fmt: skip
"""Properties of microdata under which a page describes something else: the book of a review, a comment, a picture."""


CARD_DEPTH, CARD = 4, 1000  # elements around a byline, and characters of a teaser with its excerpt, at most
LOWER = ("h2", "h3", "h4", "h5")
ANNOUNCED_DEPTH = 3  # elements around one, in the outermost of which such a heading may stand
OTHERS = pattern(r"\W*(?:\d+ )?(?:<comments_heading>|<others_heading>)")
"""The beginning of a heading over other articles or readers' comments."""
WORK_BLOCKS = ("dl", "ul", "table", "div")
WORK_DEPTH, WORK_TEXTS = 2, 40  # elements around an author, and texts in the data of a book
WORK_LABEL = pattern(r"\s*<work_label>\s*(?:$|[:\uff1a])")
"""A label in such data, alone or with what it labels."""


def without_other_articles(data: StructuredData, url: str | None, headings: list[str]) -> StructuredData:
    """The data without articles of other pages: by their address where any has the page's own, else by their headline.

    `headings`: the headings that the page shows. An article that cannot be told from the page's own stays. Ratings and recipes
    beside an article come last, or go where that is certainly the page's own and they are not.
    """
    articles = [node for node in data.nodes if node.is_article]
    if not articles:
        return data
    own = {key for address in (url, *data.links.get("canonical", ())[:1], data.meta("og:url")) if (key := _place(address))}
    by_address = {id(node): _is_at(node, own) for node in articles}
    titles = [letters_of(title) for title in (data.title, data.meta("og:title", "twitter:title"), *headings) if title]
    named = [node for node in articles if _is_named(node, titles)]
    if True in by_address.values():
        others = [node for node in articles if by_address[id(node)] is False]
    elif named:
        others = [node for node in articles if node.get("headline") and node not in named]
    else:
        others = [node for node in articles if by_address[id(node)] is False and _is_elsewhere(node, titles)]
    certain = [node for node in articles if by_address[id(node)] or node in named]
    parts = [node for node in articles if node.may_be_part]
    has_own = any(not node.may_be_part for node in certain)
    left_out = {id(node) for node in [*others, *(node for node in parts if has_own and node not in certain)]}
    last = {id(node) for node in parts if has_own or not certain}
    nodes = sorted((node for node in data.nodes if id(node) not in left_out), key=lambda node: id(node) in last)
    return StructuredData(data.metas, data.links, nodes, data.title, data.lang)


def _is_at(node: Node, own: set[str]) -> bool | None:
    """Whether an article states one of the page's addresses; None where it states none, or the site's."""
    page = node.get("mainEntityOfPage")
    main = Node(page).strings("@id", "url") if isinstance(page, dict) else node.strings("mainEntityOfPage")
    places = {place for stated in (node.strings("url"), main, node.strings("@id")) for address in stated[:1] if (place := _place(address))}
    return bool(places & own) if places and own else None


def _place(address: str | None) -> str:
    """Path and query of an address, without what other forms of the same page add; "" for a site's front page."""
    parts = parts_of(address)
    if address and not parts.scheme and not address.startswith("/"):
        return ""
    path = unquote(parts.path).rstrip("/").casefold()
    for ending in ENDINGS:
        path = path.removesuffix(ending)
    return f"{path}?{parts.query}" if path.count("/") == 1 and "." in path and parts.query else path


def _is_named(node: Node, titles: list[str]) -> bool:
    """Whether the page has an article's headline as title or heading, or in one."""
    key = next(map(letters_of, node.strings("headline", "name")), "")
    return len(key) >= MIN_LETTERS and any(key in title or (len(title) >= MIN_LETTERS and title in key) for title in titles)


def _is_elsewhere(node: Node, titles: list[str]) -> bool:
    """Whether an article of another address has a headline that the page does not show, though it shows some."""
    return bool(titles and node.get("headline")) and not any("Live" in kind for kind in node.types)


def is_in_card(element: Element) -> bool:
    """Whether an element stands in one of several blocks side by side, each with a heading that is a link: a list of other articles."""
    for block in islice(element.iterancestors(), CARD_DEPTH):
        beside = [*islice(block.itersiblings(), 1), *islice(block.itersiblings(preceding=True), 1)]
        alike = [other for other in beside if _are_alike(other, block)]
        if alike and _is_teaser(block) and any(map(_is_teaser, alike)):
            return len(" ".join(block.text_content().split())) <= CARD
    return False


def _are_alike(one: Element, other: Element) -> bool:
    """Whether two elements have the same tag and a class in common, or none."""
    classes, others = ((element.get("class") or "-").split() for element in (one, other))
    return one.tag == other.tag and not set(classes).isdisjoint(others)


def _is_teaser(block: Element) -> bool:
    """Whether the first heading of a block is a lower one that holds a link or is in one."""
    heading = next(block.iter("h1", *LOWER), None)
    if heading is None or heading.tag == "h1":
        return False
    outer = heading.getparent()
    return heading.find(".//a") is not None or (outer is not None and outer.tag == "a")


def _describes_work(element: Element) -> bool:
    """Whether an element stands in the data of a book or a film, which has labels like "Publisher" beside "Author"."""
    blocks = (outer for outer in element.iterancestors() if outer.tag in WORK_BLOCKS)
    for block in islice(blocks, WORK_DEPTH):
        texts = [*islice(block.itertext(), WORK_TEXTS + 1)]
        if len(texts) <= WORK_TEXTS and any(map(WORK_LABEL.match, texts)):
            return True
    return False


def _is_announced(element: Element) -> bool:
    """Whether an element stands in a section that begins with a heading like "Related" or "2 comments" and holds no h1."""
    for outer in islice(element.iterancestors(), ANNOUNCED_DEPTH):
        first = next(iter(outer), None)
        if first is not None and first.tag in LOWER and OTHERS.match(" ".join(first.text_content().split())):
            return outer.find(".//h1") is None
    return False


def is_outside_article(element: Element) -> bool:
    """Whether an element belongs to a box of other people or articles. The classes of `body` describe the whole page."""
    outers = [element, *element.iterancestors()]
    own = next((outer for outer in outers if outer.tag == "article" and outer.find(".//h1") is not None), None)
    outers = outers[: outers.index(own)] if own is not None else outers
    names = (f" {outer.get('class') or ''} {outer.get('id') or ''}" for outer in outers if outer.tag not in ("body", "html"))
    joined = "".join(names).lower().replace("-", " ")
    barred = OUTSIDE if own is None else OUTSIDE_ALWAYS
    other = any(outer.tag in barred or (outer.get("itemprop") in OTHER_ITEMS and outer.get("itemscope") is not None) for outer in outers)
    return (
        other or any(map(joined.__contains__, OTHER_CONTENT)) or is_in_card(element) or _is_announced(element) or _describes_work(element)
    )
