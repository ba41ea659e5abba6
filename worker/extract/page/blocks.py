"""Blocks: one walk over the page parts its text where a browser would break the line, and notes where each part stands."""

from __future__ import annotations

from dataclasses import dataclass, field

from worker.extract.page.class_hints import HIDDEN, Lists, tag_cue
from worker.extract.page.elements import Element

INLINE = frozenset(
    """
    a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark meter nobr output q rb rp rt rtc ruby s
    samp small span strike strong sub sup time tt u var wbr g-emoji center-inline amp-fit-text
    """.split()  # noqa: SIM905 - words read best as words
)
"""Elements that break no line; every other one, custom ones too, begins a block."""
SKIPPED = frozenset(
    """
    script style noscript template svg math iframe object embed applet canvas audio video select option datalist
    textarea input head title meta link map area source track param frame frameset noframes colgroup col progress
    amp-ad amp-analytics amp-iframe
    """.split()  # noqa: SIM905 - words read best as words
)
"""Elements whose content is no text of the page."""
BOLD = ("b", "strong")
DEEPEST, DEEPEST_INLINE = 320, 60  # elements within elements: real pages have 60 and 10; Python's own stack ends at 1,000 calls
NAMING = frozenset({"class", "id", "role", "itemprop", "data-testid", "data-component"})
"""Attributes whose values tell what an element is for."""

HIDING = {"hidden": "", "aria-hidden": "true", "style": "display:none"}
"""Attributes that hide an element, and the value with which they do."""


@dataclass(slots=True, eq=False)
class Place:
    """An element that begins a line, and what is said and held by it."""

    parent: Place | None
    number: int
    """Its place among the page's; those inside it follow, up to `end`."""
    tag: str
    own: int
    """Cues of this element."""
    inherited: int
    """Cues of this element and its ancestors below `body`."""
    depth: int
    signature: int = 0
    """The same for elements with one tag, one class and one kind of parent: repeated furniture shares it."""
    end: int = 0
    """The number of the first place after those inside."""


@dataclass(slots=True, eq=False)
class Block:
    """Text between two line breaks of the page."""

    place: Place
    text: str
    """White space collapsed; a `<br>` is a line break."""
    link_chars: int
    links: int
    inline: int
    """Cues of the inline elements around the text."""
    bold_chars: int


State = tuple[bool, bool, int]
"""Within a link, within bold, cues of the inline elements around."""
PLAIN: State = (False, False, 0)


@dataclass(slots=True)
class _Walk:
    """The walk's state: the blocks so far, and the pieces of the one at hand."""

    blocks: list[Block] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    link_chars: int = 0
    links: int = 0
    inline: int = 0
    bold_chars: int = 0
    names: Lists = field(default_factory=Lists)
    level: int = 0
    """Inline elements around the place that is read."""

    def add(self, text: str, state: State) -> None:
        """Text of the block at hand; white space begins none."""
        if not self.pieces and text.isspace():
            return
        self.pieces.append(text)
        if state is not PLAIN and (size := len(text.strip())):
            link, bold, inline = state
            self.inline |= inline
            self.link_chars += size * link
            self.bold_chars += size * bold

    def close(self, place: Place) -> None:
        """End the block at hand, which stands in `place`."""
        if self.pieces or self.links:
            if text := _collapsed("".join(self.pieces)):
                self.blocks.append(Block(place, text, self.link_chars, self.links, self.inline, self.bold_chars))
            self.pieces.clear()
            self.link_chars = self.links = self.inline = self.bold_chars = 0


def _collapsed(text: str) -> str:
    """`text` with white space as a browser shows it; breaks marked by NUL become line breaks."""
    if "\0" not in text:
        return " ".join(text.split())
    return "\n".join(line for line in (" ".join(part.split()) for part in text.split("\0")) if line)


def blocks_of(root: Element) -> tuple[list[Block], list[Place]]:
    """The blocks of a page in reading order, and their places, parents before children."""
    body = root.find("body") if root.tag == "html" else root
    walk = _Walk()
    top = Place(None, 0, "body", 0, 0, 0)
    walk.places.append(top)
    _inside(root if body is None else body, top, PLAIN, walk)
    walk.close(top)
    top.end = len(walk.places)
    return walk.blocks, walk.places


def _inside(element: Element, place: Place, state: State, walk: _Walk) -> None:
    """The text of `element` and of what it holds, in order."""
    if text := element.text:
        walk.add(text, state)
    for child in element:
        tag = child.tag
        if tag in INLINE:
            _inline(child, tag, place, state, walk)
        elif tag == "br":
            walk.pieces.append("\0")
        elif tag not in SKIPPED:
            _line(child, tag, place, state, walk)
        if tail := child.tail:
            walk.add(tail, state)


def _inline(element: Element, tag: str, place: Place, state: State, walk: _Walk) -> None:
    """An element within a line."""
    link, bold, cues = state
    inner = (link or tag == "a", bold or tag in BOLD, cues | _cues(element, tag, walk.names))
    walk.links += tag == "a"
    walk.level += 1
    if walk.level < DEEPEST_INLINE:
        _inside(element, place, inner, walk)
    else:  # deeper than any page by hand: its text in one piece, since nothing may be lost
        walk.add("".join(element.itertext()), inner)
    walk.level -= 1


def _line(element: Element, tag: str, place: Place, state: State, walk: _Walk) -> None:
    """An element that begins and ends a line."""
    walk.close(place)
    link, _, inline = state
    cues = inline | _cues(element, tag, walk.names)
    signature = hash((tag, element.get("class"), place.tag, place.own))
    inner = Place(place, len(walk.places), tag, cues, place.inherited | cues, place.depth + 1, signature)
    walk.places.append(inner)
    within = (True, False, 0) if link else PLAIN
    if inner.depth < DEEPEST:
        _inside(element, inner, within, walk)
    else:
        walk.add("\0".join(element.itertext()), within)
    walk.close(inner)
    inner.end = len(walk.places)


def _cues(element: Element, tag: str, names: Lists) -> int:
    bits = tag_cue(tag)
    for key, value in element.items():
        if key in NAMING:
            bits |= names[value]
        elif key in HIDING and HIDING[key] in value.replace(" ", ""):
            bits |= HIDDEN
    return bits
