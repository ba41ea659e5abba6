"""Split the text of a page into blocks where a browser would break the line, and record the element of each block."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from worker.extract.page.class_hints import HIDDEN, TAG_BITS, ClassHints
from worker.extract.page.elements import Element
from worker.extract.page.shown import UNTIL_FOUND, ClassReadings, effects_of, hidden_names, is_panel
from worker.extract.words.boilerplate import Kind, boilerplate_kind
from worker.extract.words.sentences import is_prose

INLINE = frozenset(
    """
    a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark meter nobr output q rb rp ruby s
    samp small span strike strong sub sup time tt u var wbr g-emoji center-inline amp-fit-text
    """.split()  # noqa: SIM905 - words read best as words
)
"""Elements within a line; every other element, custom ones included, begins a block."""
SKIPPED = frozenset(
    """
    script style noscript template svg math iframe object embed applet canvas audio video select option datalist
    textarea input head title meta link map area source track param frame frameset noframes colgroup col progress
    rt rtc amp-ad amp-analytics amp-iframe amp-consent amp-user-notification
    """.split()  # noqa: SIM905 - words read best as words
)
"""Elements whose content is not text of the page. What ruby writes over letters is, where it gives brackets for a plain text."""
BOLD = ("b", "strong")
MAX_DEPTH, MAX_INLINE_DEPTH = 320, 60  # nested elements: real pages have up to 60 and 10; Python's own stack ends at 1,000 calls
NAMING = frozenset({"class", "id", "role", "itemprop", "data-testid", "data-component"})
"""Attributes whose values name the purpose of an element."""
READ = NAMING | {"style", "hidden", "aria-hidden", "align"}
"""Attributes that are read: half of those of real pages are not, and cost one look-up each."""
POSTS = ("twitter-tweet", "bluesky-embed", "mastodon-embed", "text-post-media")
"""Classes that networks of short texts give to the quotation of a post; those of pictures hold no text."""
HIDDEN_LENGTH = 200  # characters of a hidden part of a line that is left out; a longer one is what "Read more" shows


@dataclass(slots=True, eq=False)
class BlockElement:
    """An element that begins a line, as `p` and `div` do."""

    parent: BlockElement | None
    number: int
    """Its position among the block elements of the page; the elements inside it follow, up to `end`."""
    tag: str
    own: int
    """Hints of this element's tag and attributes, as bits (`class_hints`)."""
    inherited: int
    """Hints of this element and its ancestors below `body`."""
    depth: int
    signature: int = 0
    """Equal for elements with the same tag, class and kind of parent: repeated boilerplate shares it."""
    end: int = 0
    """The number of the first element after those inside."""
    hidden: bool = False
    """Whether a browser shows nothing of it, as long as no script says otherwise."""
    post: bool = False
    """Whether it is, or is in, a post of a social network that the page quotes."""
    pictured: bool = False
    """Whether a picture stands directly before it, in the same element."""
    caption: bool = False
    """Whether it is centred, and begins with a picture or is directly below an element with a picture and nothing else."""
    names: str = ""
    """Its classes, its role, and its id with a hash, as the page writes them, a blank before and after each."""

    def holds(self, other: BlockElement) -> bool:
        """Whether another element is inside this one."""
        return self.number < other.number < self.end


@dataclass(eq=False)
class Block:
    """Text between two line breaks of the page."""

    element: BlockElement
    text: str
    """White space collapsed; a `<br>` is a line break."""
    link_chars: int
    links: int
    inline: int
    """Hints of the inline elements around the text."""
    bold_chars: int
    target: str = ""
    """The address of its first link, as the page writes it."""

    @cached_property
    def prose(self) -> bool:
        """Whether it is running text."""
        return is_prose(self.text)

    @cached_property
    def kind(self) -> Kind | None:
        """The kind of boilerplate that it is; None for other text."""
        return boilerplate_kind(self.text)

    @property
    def only_linked(self) -> bool:
        """Whether nearly all of it is in links; a mark or a number may stand beside them."""
        return self.link_chars * 10 >= len(self.text) * 9

    @property
    def mostly_unlinked(self) -> bool:
        """Whether less than a third of it is in links, as in running text."""
        return self.link_chars * 3 < len(self.text)


InlineState = tuple[bool, bool, int]
"""Whether text is within a link and within bold, and the hints of the inline elements around it."""
PLAIN: InlineState = (False, False, 0)


@dataclass(slots=True)
class _Builder:
    """The blocks and elements found so far, and the pieces of the current block."""

    blocks: list[Block] = field(default_factory=list)
    elements: list[BlockElement] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    link_chars: int = 0
    links: int = 0
    inline: int = 0
    bold_chars: int = 0
    target: str = ""
    hints: ClassHints = field(default_factory=ClassHints)
    hidden_names: frozenset[str] = frozenset()
    """The classes and ids that the page's style elements hide."""
    classes: ClassReadings = field(default_factory=ClassReadings)
    inline_depth: int = 0
    """Inline elements around the current position."""

    def add(self, text: str, state: InlineState) -> None:
        """Add text to the current block; white space does not begin one."""
        if not self.pieces and text.isspace():
            return
        self.pieces.append(text)
        if state is not PLAIN and (size := len(text.strip())):
            link, bold, inline = state
            self.inline |= inline
            self.link_chars += size * link
            self.bold_chars += size * bold

    def close(self, element: BlockElement) -> None:
        """End the current block, which belongs to `element`; asked only where it has a piece or a link, as few elements have."""
        if text := _collapsed("".join(self.pieces)):
            self.blocks.append(Block(element, text, self.link_chars, self.links, self.inline, self.bold_chars, self.target))
        self.pieces.clear()
        self.link_chars = self.links = self.inline = self.bold_chars = 0
        self.target = ""


def _collapsed(text: str) -> str:
    """`text` with white space as a browser shows it; NUL marks a break, and becomes a line break."""
    if "\0" not in text:
        return " ".join(text.split())
    return "\n".join(line for line in (" ".join(part.split()) for part in text.split("\0")) if line)


def blocks_of(root: Element) -> tuple[list[Block], list[BlockElement]]:
    """The blocks of a page in reading order, and its block elements, parents before children."""
    body = root.find("body") if root.tag == "html" else root
    hidden = hidden_names(root)
    builder = _Builder(hidden_names=hidden, classes=ClassReadings(hidden))
    top = BlockElement(None, 0, "body", 0, 0, 0)
    builder.elements.append(top)
    _add_content(root if body is None else body, top, PLAIN, builder)
    if builder.pieces or builder.links:
        builder.close(top)
    top.end = len(builder.elements)
    return builder.blocks, builder.elements


def _add_content(node: Element, element: BlockElement, state: InlineState, builder: _Builder) -> None:
    """Add the text of `node` and of its children, in order; `element` is the block element around it."""
    pieces = builder.pieces
    if (text := node.text) and (pieces or not text.isspace()):
        builder.add(text, state)
    for child in node:
        tag = child.tag
        if tag in INLINE:
            _add_inline(child, tag, element, state, builder)
        elif tag == "br":
            pieces.append("\0")
        elif tag not in SKIPPED or (tag == "template" and child.get("shadowrootmode")):  # a browser shows such a template
            _add_block_element(child, tag, element, state, builder)
        elif tag == "rt" and _is_bracketed(child):
            _add_inline(child, tag, element, state, builder)
        if (tail := child.tail) and (pieces or not tail.isspace()):
            builder.add(tail, state)


def _is_bracketed(reading: Element) -> bool:
    """Whether what ruby writes over letters has brackets around it for those who see it within the line."""
    beside = next(reading.itersiblings(preceding=True), reading.getparent())
    return beside is not None and beside.tag == "rp"


def _add_inline(node: Element, tag: str, element: BlockElement, state: InlineState, builder: _Builder) -> None:
    """Add an element within a line."""
    hints, hidden, *_ = _attributes_of(node, tag, builder)
    if hidden and len(node.text_content()) <= HIDDEN_LENGTH:
        return
    inner = (state[0] or tag == "a", state[1] or tag in BOLD, state[2] | hints)
    if tag == "a":
        builder.links += 1
        builder.target = builder.target or node.get("href") or ""
    builder.inline_depth += 1
    if builder.inline_depth < MAX_INLINE_DEPTH:
        _add_content(node, element, inner if inner != PLAIN else PLAIN, builder)
    else:  # deeper than any real page: its text in one piece, so that none is lost
        builder.add("".join(node.itertext()), inner)
    builder.inline_depth -= 1


def _add_block_element(node: Element, tag: str, element: BlockElement, state: InlineState, builder: _Builder) -> None:
    """Add an element that begins and ends a line."""
    if builder.pieces or builder.links:
        builder.close(element)
    hints, hidden, centred, classes, role, own_id = _attributes_of(node, tag, builder)
    hints |= state[2]
    elements = builder.elements
    pictured, below = _beside_picture(element, builder) if elements[-1].tag == "img" else (False, False)
    inner = BlockElement(
        element,
        len(elements),
        tag,
        hints,
        element.inherited | hints,
        element.depth + 1,
        hash((tag, classes, element.tag, element.own)),
        0,
        element.hidden or (hidden and not is_panel(node)) or (tag == "dialog" and node.get("open") is None),
        element.post or (tag == "blockquote" and any(map((classes or "").__contains__, POSTS))),
        pictured,
        centred and (below or _begins_with_picture(node)),
        f" {classes or ''} {role or ''} #{own_id or ''} ",
    )
    elements.append(inner)
    within = (True, False, 0) if state[0] else PLAIN
    if inner.depth < MAX_DEPTH:
        _add_content(node, inner, within, builder)
    else:
        builder.add("\0".join(node.itertext()), within)
    if builder.pieces or builder.links:
        builder.close(inner)
    inner.end = len(elements)


Attributes = tuple[int, bool, bool, str | None, str | None, str | None]
"""What the attributes of an element say: the hints of its tag, its names and what hides it; whether one of them, or a rule of the page
for its classes or its id, hides it; whether its text is centred; classes, role and id. A named tuple would take a tenth of the walk."""


def _attributes_of(node: Element, tag: str, builder: _Builder) -> Attributes:
    """What the attributes of a node say, each read once."""
    hints, hidden, centred = TAG_BITS.get(tag, 0), False, tag == "center"
    classes = role = own_id = None
    for key, value in node.items():
        if key not in READ:
            continue
        if key == "class":
            own, hidden_by_class = builder.classes[value]
            classes, hints, hidden = value, hints | own, hidden or hidden_by_class
        elif key in NAMING:
            hints |= builder.hints[value]
            if key == "id":
                own_id, hidden = value, hidden or f"#{value}" in builder.hidden_names
            elif key == "role":
                role = value
        elif key == "style":
            effects = effects_of(value)
            hints |= HIDDEN * effects.hint
            hidden, centred = hidden or effects.hides, centred or effects.centres
        elif key == "hidden":
            hints |= HIDDEN * (value != UNTIL_FOUND)
            hidden = hidden or value.lower() != UNTIL_FOUND
        elif key == "aria-hidden":
            hints |= HIDDEN * ("true" in value.replace(" ", "").lower())
        else:  # align
            centred = centred or value == "center"
    return hints, hidden, centred, classes, role, own_id


def _beside_picture(element: BlockElement, builder: _Builder) -> tuple[bool, bool]:
    """Whether a picture stands directly before the next element in `element`, and whether one with nothing else does."""
    frame = builder.elements[-1].parent
    alone = frame is not None and frame.parent is element and (not builder.blocks or builder.blocks[-1].element is not frame)
    return frame is element, alone


def _begins_with_picture(node: Element) -> bool:
    """Whether the first thing in an element is a picture, which may be linked."""
    inner = next(iter(node), None)
    if inner is not None and inner.tag == "a" and not (inner.text or "").strip():
        inner = next(iter(inner), None)
    return inner is not None and inner.tag == "img" and not (node.text or "").strip()
