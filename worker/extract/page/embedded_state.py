"""Find the article of a page that its scripts would display: markup in a string of the embedded script state."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from worker.extract.page.characters import without_lone_surrogates
from worker.extract.page.elements import Element

STRING = re.compile(r'"((?:[^"\\]++|\\.)*+)"', re.DOTALL)
PARAGRAPHS = ("<p>", "<p ")
"""How a paragraph begins."""
MIN_PARAGRAPHS = 3  # a teaser has one or two
MIN_LENGTH = 500  # characters: markup with three paragraphs is longer
MAX_DEPTH = 2  # strings within strings: React streams its state as JSON in a string
MAX_SCRIPT = 2_000_000  # characters a script; articles stay under a tenth of that


def embedded_article(root: Element) -> str | None:
    """The longest markup with paragraphs in a string of the page's scripts; None where there is none."""
    scripts = (script.text or "" for script in root.iter("script"))
    return max((text for script in scripts for text in _markup(script[:MAX_SCRIPT], MAX_DEPTH)), key=len, default=None)


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
