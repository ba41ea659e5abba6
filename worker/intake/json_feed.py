"""Read a JSON Feed; one that breaks off gives the items before the break."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from worker.errors import ItemFailed
from worker.intake.links import Candidate, LinkCollector
from worker.reasons import Reason

_ITEMS = re.compile(r'"items"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder(strict=False)
"""Takes line breaks and tabs in texts, which some programs do not escape."""


def read(text: str, found: LinkCollector, expected: str) -> None:
    """Adds the items of JSON Feed 1.1 in `text`; raises ItemFailed(NOT_FEED), saying that `expected` was."""
    text = text.lstrip("\ufeff \t\r\n")
    try:
        feed, _ = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        feed = {"items": list(_whole_items(text, found, expected))}
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise ItemFailed(Reason.NOT_FEED, f"{expected}, got JSON without a list `items`")
    for item in items:
        known = item if isinstance(item, dict) else {}
        found.add(list(_addresses(known)), published=_text(known.get("date_published")))


def _addresses(item: Mapping[str, object]) -> Iterator[Candidate]:
    """`url`, else `external_url`, else an `id` that is an address, as the format recommends."""
    for name in ("url", "external_url", "id"):
        value = _text(item.get(name))
        if value and (name != "id" or value.lower().startswith(("http://", "https://"))):
            yield Candidate(value)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _whole_items(text: str, found: LinkCollector, expected: str) -> Iterator[object]:
    """The items before the place where JSON ends to be JSON."""
    begin = _ITEMS.search(text)
    if begin is None:
        raise ItemFailed(Reason.NOT_FEED, f"{expected}, got broken JSON")
    at, number = begin.end(), 0
    while True:
        at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]  # it matches everywhere
        try:
            item, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        number += 1
        yield item
    found.warn(f"breaks off at line {text.count(chr(10), 0, at) + 1}: the JSON ends or is broken after {number} items")
