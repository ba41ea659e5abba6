"""Decide which elements a browser shows: by their own attributes, by the names that stand for "read aloud only", and by the rules in
the page's own style elements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from worker.extract.page.class_hints import name_hints
from worker.extract.page.elements import Element

NOT_SHOWN, CENTRED = "display:none", "text-align:center"
HIDING_STYLES = (NOT_SHOWN, "visibility:hidden")
PANELS = ("accord", "collaps", "faq", "panel", "answer", "toggle", "expand", "tab -", " tab ", " tabs ")
"""Parts of the classes and ids of such panels, each name and hyphen between blanks."""
PANEL_ROLES = ("tabpanel", "region")
DIALOG_ROLES = ("dialog", "alertdialog")
"""Roles of what a script opens over the page, which is named by a heading of its own (`aria-labelledby`)."""
OPENERS = ("h2", "h3", "h4", "h5", "h6", "button", "summary", "dt")
"""Elements that open the panel below them."""
UNTIL_FOUND = "until-found"
"""The value of `hidden` of a closed panel whose words a search in the page finds."""
READ_ALOUD = frozenset(
    """
    sr-only sr_only visually-hidden visuallyhidden is-visually-hidden u-visually-hidden u-visuallyhidden screen-reader-text
    screen-reader-only screenreader-only screen-reader element-invisible a11y-hidden hidden-visually assistive-text
    """.split()  # noqa: SIM905 - words read best as words
)
"""Classes of text that only programs that read pages aloud get to see."""
OFF_SCREEN = (
    "clip:rect(0",
    "clip:rect(1px",
    "clip-path:inset(50%",
    "clip-path:inset(100%",
    "left:-9999",
    "left:-10000",
    "text-indent:-9999",
)
"""How a style moves text off the screen."""
SHRUNK = (
    frozenset({"font-size:0", "line-height:0"}), frozenset({"font-size:0", "color:#fff"}), frozenset({"font-size:0", "color:transparent"}),
    frozenset({"width:0", "height:0", "overflow:hidden"}),
)  # fmt: skip
"""How styles shrink text to nothing, as links do that strangers put into a page; a size of 0 alone closes the gaps between columns."""
HIDING_MARKS = ("display:none", "display: none", "visibility:hidden", "visibility: hidden", "-9999", "clip:", "clip-path:")
"""What such a rule holds."""
MAX_STYLES = 300_000  # characters of a page's style elements that are read: most pages have fewer
MAX_NAMES = 500  # names that rules hide; each costs a search of all styles, and a page's own rules hide some tens


class ClassReadings(dict[str, tuple[int, bool]]):
    """The hints of each value of `class` on a page, and whether such an element is hidden, each value read once: hidden by a rule of
    the page for one of the classes, or since it is a label for programs that read pages aloud, which repeats what others see."""

    def __init__(self, names: frozenset[str] = frozenset()) -> None:
        """With what `hidden_names` gives."""
        super().__init__()
        self.hidden = frozenset(name[1:] for name in names if name.startswith("."))

    def __missing__(self, classes: str) -> tuple[int, bool]:
        hides = not (self.hidden.isdisjoint(classes.split()) and READ_ALOUD.isdisjoint(classes.lower().split()))
        reading = self[classes] = name_hints(classes), hides
        return reading


class Effects(NamedTuple):
    """What the value of a `style` does to its element."""

    hides: bool
    """Whether it hides the element or moves it off the screen."""
    hint: bool
    """Whether it names the style that shows nothing, whatever stands around it."""
    centres: bool
    """Whether it centres the text."""


@lru_cache(maxsize=10_000)  # pages and sites repeat their styles
def effects_of(style: str) -> Effects:
    """What a style does to its element."""
    blankless = style.replace(" ", "")
    return Effects(_hides(style) or _moves_away(style), NOT_SHOWN in blankless.lower(), CENTRED in blankless)


def _moves_away(style: str) -> bool:
    """Whether a style moves its element off the screen."""
    return any(map("".join(style.split()).lower().__contains__, OFF_SCREEN))


def _hides(style: str) -> bool:
    """Whether a style hides its element."""
    rules = {rule.removesuffix("px") for rule in "".join(style.split()).lower().split(";")}
    return any(rule.startswith(HIDING_STYLES) for rule in rules) or any(shrunk <= rules for shrunk in SHRUNK)


def hidden_names(root: Element) -> frozenset[str]:
    """The classes (".name") and ids ("#name") that the page's style elements hide by a rule for that name alone, whatever the medium,
    and that no other rule shows."""
    text = "".join(style.text or "" for style in root.iter("style"))[:MAX_STYLES].replace(" :", ":")
    hidden = ((name, start) for start in _hiding_rules(text) for name in _names(_selectors(text, start)))
    names = dict(islice(hidden, MAX_NAMES))
    if not names:
        return frozenset()
    inner, shown = _inner_rules(text, names.values()), _shown_selectors(text)
    return frozenset(name for name, start in names.items() if start not in inner and name not in shown)


def _inner_rules(text: str, starts: Iterable[int]) -> set[int]:
    """Those of the rules at `starts` that are inside another rule, as those for a medium are."""
    inner, before, depth = set(), 0, 0
    for start in sorted(starts):
        depth += text.count("{", before, start) - text.count("}", before, start)
        before = start
        if depth > 0:
            inner.add(start)
    return inner


def _shown_selectors(text: str) -> str:
    """What stands before the rules that set how an element is displayed and do not hide it, one after the other."""
    starts = {text.rfind("{", 0, at) for at in _places(text, "display")} - {-1}
    bodies = {start: _body(text, start) for start in starts}
    showing = (start for start, body in bodies.items() if "display" in body and not _hides(body))
    return "\0".join(text[text.rfind("{", 0, start) + 1 : start] for start in showing)


def _places(text: str, part: str) -> Iterator[int]:
    """The positions of `part` in a text."""
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + len(part))


def _hiding_rules(text: str) -> Iterator[int]:
    """The positions of the opening brackets of rules that hide, in order of what they say."""
    for mark in HIDING_MARKS:
        for at in _places(text, mark):
            start = text.rfind("{", 0, at)
            if start >= 0 and text.rfind("}", start, at) < 0 and _hides_or_moves(_body(text, start)):
                yield start


def _body(text: str, start: int) -> str:
    """The declarations after the opening bracket at `start`; a browser closes the last rule itself."""
    end = text.find("}", start)
    return text[start + 1 :] if end < 0 else text[start + 1 : end]


def _hides_or_moves(body: str) -> bool:
    """Whether the declarations of a rule hide an element or move it off the screen."""
    return _hides(body) or _moves_away(body)


def _selectors(text: str, start: int) -> str:
    """The selectors before the opening bracket at `start`."""
    begin = max(text.rfind(mark, 0, start) for mark in "{};")
    return text[begin + 1 : start].rpartition("*/")[2]


def _names(selectors: str) -> Iterator[str]:
    """The selectors that are a class or an id and nothing else."""
    for selector in map(str.strip, selectors.split(",")):
        if selector[:1] in (".", "#") and selector[1:].replace("-", "").replace("_", "").isalnum():
            yield selector


def is_panel(node: Element) -> bool:
    """Whether a hidden element is the panel of an accordion or a tab, which readers open: named as one, or below its heading."""
    names = f" {node.get('class')} {node.get('id')} ".lower().replace("-", " - ")
    if node.get("role") in DIALOG_ROLES:
        return False
    if node.get("role") in PANEL_ROLES or node.get("aria-labelledby") or any(map(names.__contains__, PANELS)):
        return True
    before = next(iter(node.itersiblings(preceding=True)), None)
    if before is None:
        return False
    return before.tag in OPENERS or before.get("role") == "button" or before.find("button") is not None
