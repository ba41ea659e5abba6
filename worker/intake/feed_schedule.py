"""Read what a feed says of itself: its title, its language, and how often it asks to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from worker.intake.xml.elements import Element

PERIODS = {"hourly": 3600.0, "daily": 86400.0, "weekly": 7 * 86400.0, "monthly": 30 * 86400.0, "yearly": 365 * 86400.0}
"""Seconds of `sy:updatePeriod` (RSS 1.0 module Syndication)."""
LONGEST_TEXT = 300
"""Characters kept of a title."""


@dataclass(frozen=True, slots=True)
class About:
    """What a feed says of itself."""

    title: str | None = None
    language: str | None = None
    ttl: float | None = None
    """Seconds for which it need not be read again (RSS 2.0 `ttl`)."""
    update_period: float | None = None
    """Seconds between its updates (`sy:updatePeriod` divided by `sy:updateFrequency`)."""


def schedule_of(elements: Sequence[Element]) -> About:
    """From the elements beside a feed's entries."""
    texts: dict[str, str] = {}
    for element in elements:
        if element.text and element.whole:
            texts.setdefault(element.name if element.vocabulary != "foreign" else f":{element.name}", element.text)
    minutes = _number(texts.get("ttl"))
    period = PERIODS.get(texts.get(":updateperiod", "").lower())
    frequency = _number(texts.get(":updatefrequency")) or 1.0
    return About(
        title=printable(texts.get("title", "")) or None,
        language=texts.get("language", texts.get(":language", ""))[:35].lower() or None,
        ttl=minutes * 60 if minutes else None,
        update_period=period / frequency if period else None,
    )


def printable(text: str) -> str:
    """At most LONGEST_TEXT characters of `text` in one line, those that cannot be shown or sent left out."""
    return "".join(letter for letter in " ".join(text.split())[:LONGEST_TEXT] if letter.isprintable())


def _number(text: str | None) -> float | None:
    """A whole number above zero."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 9:
        return None
    return float(text) or None
