"""Clean values from pages for readers of XML, HTML or JSON: no control characters, no lone surrogates, no addresses that run code."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
"""C0 except tab and line feed, DEL, C1, and code points that are no characters: XML 1.0 does not allow some of them."""
SURROGATES = re.compile("[\ud800-\udfff]")


def plain(text: str) -> str:
    """`text` without control characters; a lone surrogate is U+FFFD."""
    return SURROGATES.sub("\ufffd", CONTROLS.sub("", text))


def plain_value(value: object) -> object:
    """The same for every text within a value of JSON."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return {name: plain_value(part) for name, part in value.items()}
    return [plain_value(part) for part in value] if isinstance(value, list) else value


def web_address(url: str | None) -> str | None:
    """The address as others may link to it: http or https, with a host; None for anything else."""
    text = plain(url or "").strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme in ("http", "https") and parts.hostname else None


def moment(published_at: str | None) -> str | None:
    """A day or a time as a time in RFC 3339: a day without a time is its midnight in UTC."""
    return f"{published_at}T00:00:00Z" if published_at and len(published_at) <= len("2024-03-22") else published_at
