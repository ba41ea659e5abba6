"""Bound the length of an article: cut its text at a paragraph, and leave out fields that are longer than any real one."""

from __future__ import annotations

from dataclasses import replace

from worker.messages import Article

MAX_TEXT = 200_000
"""Characters of text: three times the longest article of 1,526 real pages (66,855); to label as many takes a second of CPU."""
MAX_TITLE = 1_000
"""Characters of a title or a name: three times the longest title of those pages (319). Labelling a title of 200,000 takes minutes."""
MAX_DESCRIPTION = 4_000
"""Characters of a description: twice the longest of those pages."""
MAX_ADDRESS = 8_000
"""Characters of an address: what RFC 9110 section 4.1 asks every recipient to support."""
MAX_AUTHORS = 100
"""Authors: five times the most that one of those pages names (18)."""
TRUNCATED = "truncated"
"""The warning of an article that is known to be incomplete."""
PARAGRAPH_BREAK = "\n\n"


def shortened(text: str, limit: int = MAX_TEXT) -> str:
    """`text` up to the last paragraph that ends within `limit` characters; a longer paragraph is cut between two words."""
    if len(text) <= limit:
        return text
    ends = (text.rfind(mark, 0, limit + 1) for mark in (PARAGRAPH_BREAK, "\n", " "))
    return text[: next((end for end in ends if end > 0), limit)].rstrip()


def bounded(article: Article) -> Article:
    """The article within every limit, with the warning `truncated` where anything is missing for that."""
    within = replace(
        article,
        text=shortened(article.text),
        title=_words(article.title, MAX_TITLE),
        site_name=_words(article.site_name, MAX_TITLE),
        description=_words(article.description, MAX_DESCRIPTION),
        authors=[author for author in article.authors[:MAX_AUTHORS] if len(author) <= MAX_TITLE],
        canonical_url=_address(article.canonical_url),
        image=_address(article.image),
    )
    return within if within == article else replace(within, warnings=[*dict.fromkeys([*article.warnings, TRUNCATED])])


def _words(value: str | None, limit: int) -> str | None:
    return None if value is None else shortened(value, limit)


def _address(value: str | None) -> str | None:
    """A cut address would lead elsewhere, so a longer one is left out."""
    return value if value is None or len(value) <= MAX_ADDRESS else None
