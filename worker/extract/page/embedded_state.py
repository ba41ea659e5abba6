"""Find the article of a page that its scripts would display: markup, or a list of paragraphs, in the embedded script state."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import escape

from worker.extract.page.characters import without_lone_surrogates
from worker.extract.page.elements import Element

STRING = re.compile(r'"((?:[^"\\]++|\\.)*+)"', re.DOTALL)
PARAGRAPHS = ("<p>", "<p ")
"""How a paragraph begins."""
MIN_PARAGRAPHS = 3  # a teaser has one or two
MIN_LENGTH = 500  # characters: markup with three paragraphs is longer
MIN_CHARS = 40  # of a paragraph among those of a list: names and labels have fewer
MAX_DEPTH = 2  # strings within strings: React streams its state as JSON in a string
MAX_NESTING = 40  # lists and objects within each other: an article's paragraphs are in the tenth at most
MAX_SCRIPT = 2_000_000  # characters a script; articles stay under a tenth of that
LONG_SHARE = 0.6  # of a list's texts: some state is one list of all strings of the site, most of them labels
START = 30  # characters of the shown paragraph, by which a script that is no JSON is recognised
DECODER = json.JSONDecoder()
INNER = ("text", "value", "content", "children")
"""Keys of the parts of a paragraph, in the state of several publishing systems."""


def embedded_article(root: Element, shown: str | None = None) -> str | None:
    """The longest markup with paragraphs in a string of the page's scripts; None where there is none. `shown`: a paragraph that the
    page shows, and the article therefore holds; lists of paragraphs are searched too then."""
    scripts = [(script.text or "", script.get("type") or "") for script in root.iter("script")]
    found = [text for script, _ in scripts for text in _markup(script[:MAX_SCRIPT], MAX_DEPTH)]
    if shown is not None:
        key = _letters(shown)
        listed = (
            text for script, kind in scripts if kind == "application/json" or shown[:START] in script for text in _listed(script, key)
        )
        found = [*(text for text in found if key in _letters(text)), *listed]
    return max(found, key=len, default=None)


def _letters(text: str) -> str:
    """The letters and digits of a text."""
    return "".join(filter(str.isalnum, text))


def _listed(script: str, key: str) -> Iterator[str]:
    """The lists of paragraphs in a script's JSON that hold the paragraph of which `key` is the letters, as markup."""
    if len(script) > MAX_SCRIPT:
        return
    try:
        state, _ = DECODER.raw_decode(script, min((at for at in map(script.find, "{[") if at >= 0), default=0))
    except (ValueError, RecursionError):
        return
    for items in _lists(state, MAX_NESTING):
        paragraphs = [text for text in map(_paragraph, items) if text]
        long = sum(len(text) >= MIN_CHARS for text in paragraphs)
        if long >= max(MIN_PARAGRAPHS, LONG_SHARE * len(paragraphs)) and any(_letters(text) == key for text in paragraphs):
            yield "".join(f"<p>{without_lone_surrogates(text if '</' in text else escape(text))}</p>" for text in paragraphs)


def _lists(value: object, depth: int) -> Iterator[list[object]]:
    """All lists in a JSON value."""
    if depth and isinstance(value, (dict, list)):
        if isinstance(value, list):
            yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _lists(inner, depth - 1)


def _paragraph(item: object) -> str:
    """The text of an item of a list: a string, the longest string of an object, or the strings of its parts; "" where it has none."""
    if isinstance(item, str):
        return item
    if not isinstance(item, dict):
        return ""
    own = max((value for value in item.values() if isinstance(value, str)), key=len, default="")
    if len(own) >= MIN_CHARS:
        return own
    parts = (value for key in INNER if isinstance(value := item.get(key), list))
    return next(("".join(_part(part) for part in value) for value in parts), "")


def _part(part: object) -> str:
    """The text of a part of a paragraph."""
    if isinstance(part, dict):
        return next((value for key in INNER if isinstance(value := part.get(key), str)), "")
    return part if isinstance(part, str) else ""


def _markup(text: str, depth: int) -> Iterator[str]:
    """The strings in `text` that are markup, the innermost where several are nested."""
    for match in STRING.finditer(text):
        inner = _decoded(match[0]) if len(match[0]) >= MIN_LENGTH else ""
        deeper = list(_markup(inner, depth - 1)) if depth > 1 else []
        yield from deeper or ([inner] if sum(map(inner.lower().count, PARAGRAPHS)) >= MIN_PARAGRAPHS else [])


def _decoded(literal: str) -> str:
    """The value of a JSON string literal; "" for one that is not valid."""
    try:
        return without_lone_surrogates(str(json.loads(literal, strict=False)))
    except ValueError:
        return ""
