"""Read XML element by element as it is found in the wild: tags that do not match, entities of HTML, documents that break off.

One pass, in time and memory that grow with the length of the text alone. docs/decisions/feeds.md says why no library does this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from worker.intake.xml.elements import CONTAINERS, MAX_BASES, MAX_CHILDREN, MAX_TEXT, Element, Wanted, resolved, vocabulary
from worker.intake.xml.tokens import Tag, Tokens, attributes_of

MAX_DEPTH = 512
"""Open elements; tags beyond it are passed over, and the text in them is read by nobody."""

VOID = frozenset({"br", "hr", "img", "input", "meta", "wbr", "area", "col", "embed", "param", "track"})
"""Elements of HTML that never end: descriptions hold them unescaped."""
TEXTS = frozenset({"title", "link", "guid", "pubdate", "category", "author", "comments", "id", "updated", "published"})
"""Children of an entry that hold text alone: another field's beginning ends one that was never closed."""
FIELDS = TEXTS | {"description", "enclosure", "source", "summary"}
"""Children of an entry."""
PLAIN = frozenset({"link", "guid", "pubdate"})
"""Those that no description holds: the beginning of one ends the description."""


@dataclass(slots=True)
class _Open:
    name: str
    element: Element | None
    """None where nobody asks for it: deeper than the children of an entry."""
    spaces: Mapping[str, str]
    pieces: list[str] = field(default_factory=list)
    size: int = 0


_NOTHING = _Open("", None, {})


class RepairingReader:
    """Yields every entry that is whole, in document order, with its children.

    Iterating raises ItemFailed(PARSE_LIMIT) for a document type that declares entities, for an element of too many
    attributes and for too many tags. Whatever else is wrong costs what it stands in: an end tag ends what is open
    within it, one without a beginning is passed over, and an entry ends where the next begins.
    """

    def __init__(self, text: str, wanted: Wanted) -> None:
        self._text, self._wanted = text, wanted
        self._tokens = Tokens(text)
        self._stack: list[_Open] = []
        self._places: dict[str, list[int]] = {}
        """By name as it is written, where in the stack such elements are open: an end tag without a beginning searches nothing."""
        self._done: list[Element] = []
        self._entry = self._root_at = -1
        self.root = ""
        """Name of the root element in lower case: the first of `roots`, whatever stands before it; else the first of all."""
        self.about: list[Element] = []
        """What stands beside the entries: title, link and the like of the feed itself."""
        self.error: str | None = None
        """Once all is read: where the document breaks off, None where it does not."""

    def __iter__(self) -> Iterator[Element]:
        for token in self._tokens:
            if isinstance(token, str):
                self._keep(token)
                continue
            (self._ended if token.is_end else self._begun)(token)
            if self._done:
                yield from self._done
                self._done.clear()
        self._tell_break()

    def _keep(self, text: str) -> None:
        top = self._stack[-1] if self._stack else None
        if top is not None and top.element is not None and top.size < MAX_TEXT:
            top.pieces.append(text)
            top.size += len(text)

    def _begun(self, tag: Tag) -> None:
        prefix, _, name = tag.name.rpartition(":")
        if self._root_at == -1:
            self._note_root(name)
        if self._entry >= 0:
            self._end_unclosed(tag, prefix, name)
        if name in VOID or len(self._stack) >= MAX_DEPTH:
            return
        self._open(tag, prefix, name)
        if tag.is_empty:
            self._end_from(len(self._stack) - 1)

    def _open(self, tag: Tag, prefix: str, name: str) -> None:
        opened = self._opened(tag, prefix, name)
        self._places.setdefault(tag.name, []).append(len(self._stack))
        self._stack.append(opened)
        self._tokens.inside = tag.name
        if self._entry < 0 and name in self._wanted.entries and opened.element is not None and opened.element.vocabulary != "foreign":
            self._entry = len(self._stack) - 1
        if self._root_at == -1 and name == self.root and name in self._wanted.roots:
            self._root_at = len(self._stack) - 1

    def _note_root(self, name: str) -> None:
        if self.root not in self._wanted.roots and self.root != "html":
            known = name in self._wanted.roots or name == "html"
            self.root = name if known or not self.root else self.root
            self.root = "html" if self._tokens.document_type == "html" else self.root

    def _end_unclosed(self, tag: Tag, prefix: str, name: str) -> None:
        """Ends what should have ended before this tag: the entry before, or a text that it does not belong to."""
        if name in self._wanted.entries and vocabulary(prefix, self._stack[-1].spaces) != "foreign":
            self._end_from(self._entry)
            return
        first = self._entry + 1  # the open child of the entry
        if len(self._stack) <= first or name not in FIELDS or prefix != self._stack[first].name.rpartition(":")[0]:
            return
        top = self._stack[-1].name.rpartition(":")[2]
        if (len(self._stack) == first + 1 and top in TEXTS) or (name in PLAIN and "href" not in tag.rest):
            self._end_from(first)

    def _opened(self, tag: Tag, prefix: str, name: str) -> _Open:
        parent = self._stack[-1] if self._stack else _NOTHING
        if 0 <= self._entry < len(self._stack) - 1 and not self._is_inner(name):
            return _Open(tag.name, None, parent.spaces)  # inside a child of an entry: nobody reads it
        if self._entry == len(self._stack) - 1 >= 0 and name not in self._wanted.fields:
            return _Open(tag.name, None, parent.spaces)
        bases = parent.element.bases if parent.element else ()
        if "=" not in tag.rest:
            return _Open(tag.name, Element(name, vocabulary(prefix, parent.spaces), {}, bases), parent.spaces)
        attributes = {key: resolved(value) for key, value in attributes_of(tag.rest).items()}
        declared = {key[6:]: value.strip().lower() for key, value in attributes.items() if key == "xmlns" or key.startswith("xmlns:")}
        spaces = {**parent.spaces, **declared} if declared else parent.spaces
        bases = (*bases, attributes["xml:base"])[-MAX_BASES:] if "xml:base" in attributes else bases
        return _Open(tag.name, Element(name, vocabulary(prefix, spaces), attributes, bases), spaces)

    def _is_inner(self, name: str) -> bool:
        """Whether it is wanted where it stands: directly in a child of the entry that is not kept itself."""
        return name in self._wanted.inner and len(self._stack) == self._entry + 2 and self._stack[-1].element is None

    def _ended(self, tag: Tag) -> None:
        """Ends the innermost open element of this name; where an entry is open, only a container reaches beyond it."""
        name = tag.name
        lowest = self._entry if self._entry >= 0 and name.rpartition(":")[2] not in CONTAINERS else 0
        places = self._places.get(name)
        if places and places[-1] >= lowest:
            self._end_from(places[-1])

    def _end_from(self, at: int) -> None:
        """Ends the open element number `at`, and all that is open in it."""
        while len(self._stack) > at:
            opened = self._stack.pop()
            places = self._places[opened.name]
            places.pop()
            if not places:
                del self._places[opened.name]  # a million names may come and go
            if opened.element is not None:
                opened.element.text = resolved("".join(opened.pieces)[:MAX_TEXT]).strip()
                opened.element.whole = len(self._stack) == at
                self._give(opened.element)
        self._root_at = -2 if at <= self._root_at else self._root_at
        self._tokens.inside = self._stack[-1].name if self._stack else ""

    def _give(self, element: Element) -> None:
        """Puts an element that has ended where it belongs: among the entries, in its entry, or beside the entries."""
        at = len(self._stack)
        if at == self._entry:
            self._entry = -1
            self._done.append(element)
        elif self._entry >= 0 and (entry := self._stack[self._entry].element) is not None:
            if at == self._entry + 1 or element.name in self._wanted.inner:
                entry.add(element)
        elif self._entry < 0 and at and self._stack[-1].name.rpartition(":")[2] in CONTAINERS and len(self.about) < MAX_CHILDREN:
            self.about.append(element)

    def _tell_break(self) -> None:
        """A document is whole where its root has ended; what a notice before it left open says nothing."""
        if self._root_at >= 0 or (self._root_at == -1 and self._stack):
            where = self._stack[-1].name
            self.error = f"breaks off at line {self._text.count(chr(10)) + 1}: the document ends inside <{where[:40]}>"
