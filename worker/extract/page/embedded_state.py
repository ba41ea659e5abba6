"""State read: a page that leaves its text to a script keeps it as markup in a string, and there it is found."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from worker.extract.page.elements import Element

STRING = re.compile(r'"((?:[^"\\]++|\\.)*+)"', re.DOTALL)
PARAGRAPH = re.compile(r"<p[ >]", re.IGNORECASE)
PARAGRAPHS = 3  # a teaser has one or two
LEAST = 500  # characters: markup of three paragraphs has more
DEEPEST = 2  # strings within strings: React streams its state as JSON in a string
MAX_SCRIPT = 2_000_000  # characters a script; articles stay under a tenth of that


def article_in(root: Element) -> str | None:
    """The longest markup with paragraphs that stands in a string of the page's scripts; None where there is none."""
    scripts = (script.text or "" for script in root.iter("script"))
    return max((text for script in scripts for text in _markup(script[:MAX_SCRIPT], DEEPEST)), key=len, default=None)


def _markup(text: str, depth: int) -> Iterator[str]:
    """The strings in `text` that are markup, the innermost where several hold one another."""
    for match in STRING.finditer(text):
        inner = _read(match[0]) if len(match[0]) >= LEAST else ""
        deeper = list(_markup(inner, depth - 1)) if depth > 1 else []
        yield from deeper or ([inner] if len(PARAGRAPH.findall(inner)) >= PARAGRAPHS else [])


def _read(literal: str) -> str:
    """What a string of JSON says; "" where it is none."""
    try:
        return str(json.loads(literal, strict=False))
    except ValueError:
        return ""
