"""Decide which elements a browser shows: by their own attributes, by the names that stand for "read aloud only", and by the rules in
the page's own style elements."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from worker.extract.page.elements import Element

HIDING_STYLES = ("display:none", "visibility:hidden")
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
MAX_STYLES = 300_000  # characters of a page's style elements that are read: most pages have fewer, and each costs a nanosecond


def is_hidden(node: Element) -> bool:
    """Whether an element's own attributes hide it."""
    hidden = node.get("hidden")
    style = node.get("style")
    return (hidden is not None and hidden.lower() != UNTIL_FOUND) or (style is not None and _hides(style))


def is_read_aloud(node: Element) -> bool:
    """Whether an element is off the screen: a label for programs that read pages aloud, which repeats what others see."""
    names, style = node.get("class"), node.get("style")
    return (names is not None and _are_read_aloud(names)) or (style is not None and _moves_away(style))


@lru_cache(maxsize=10_000)  # pages and sites repeat their classes
def _are_read_aloud(names: str) -> bool:
    """Whether one of an element's classes is that of text which is only read aloud."""
    return not READ_ALOUD.isdisjoint(names.lower().split())


def _moves_away(style: str) -> bool:
    """Whether a style moves its element off the screen."""
    return any(map("".join(style.split()).lower().__contains__, OFF_SCREEN))


def _hides(style: str) -> bool:
    """Whether a style hides its element."""
    return any(rule.startswith(HIDING_STYLES) for rule in "".join(style.split()).lower().split(";"))


def _spaced(rule: str) -> str:
    """A rule with a blank after its colon."""
    return rule.replace(":", ": ")


def hidden_names(root: Element) -> frozenset[str]:
    """The classes (".name") and ids ("#name") that the page's style elements hide by a rule for that name alone, whatever the medium,
    and that no other rule shows."""
    text = "".join(style.text or "" for style in root.iter("style"))[:MAX_STYLES]
    if not any(map(text.__contains__, (*map(_spaced, HIDING_STYLES), *HIDING_STYLES, "-9999", "clip"))):
        return frozenset()
    hidden: set[str] = set()
    shown: list[str] = []
    for selectors, body, is_inner in _rules(text):
        hides = _hides(body) or (("-9999" in body or "clip" in body) and _moves_away(body))
        if not hides and "display" in body:
            shown.append(selectors)
        elif hides and not is_inner:
            hidden |= {name for name in map(str.strip, selectors.split(",")) if _is_name(name)}
    others = " ".join(shown)
    return frozenset(name for name in hidden if name not in others)


def _rules(text: str) -> Iterator[tuple[str, str, bool]]:
    """The rules of style elements: selectors, declarations, and whether it is inside another one, as those for a medium are."""
    depth = 0
    for part in text.split("}"):
        *outer, body = part.split("{")
        depth += max(0, len(outer) - 1)
        if outer:
            yield outer[-1].rpartition("*/")[2].strip(), body, depth > 0
        else:
            depth = max(0, depth - 1)


def _is_name(selector: str) -> bool:
    """Whether a selector is a class or an id and nothing else."""
    return selector[:1] in (".", "#") and selector[1:].replace("-", "").replace("_", "").isalnum()
