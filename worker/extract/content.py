"""Main text chosen: what the page is about, without its furniture."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from worker.extract import sieve
from worker.extract.metadata import About


@dataclass(frozen=True)
class Content:
    """A page's main text, paragraphs parted by one blank line."""

    text: str
    warnings: list[str] = field(default_factory=list)


def main_text(root: Any, about: About) -> Content:
    """The main text of a page, sieved; empty where it has none."""
    lines = sieve.kept(_by_trafilatura(root).split("\n"), about.title)
    return Content("\n\n".join(lines))


def _by_trafilatura(root: Any) -> str:
    from trafilatura import extract

    return extract(root, include_comments=False) or ""
