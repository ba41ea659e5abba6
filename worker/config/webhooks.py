"""Read the settings that say what is sent to a webhook."""

from __future__ import annotations

from urllib.parse import parse_qsl

WEBHOOK_EVENTS = ("articles", "problems")
"""What can be sent to a webhook."""
WEBHOOK_FIELDS = ("q", "topic", "unsure", "primary", "source_type", "language", "host", "outlet")
"""By what the articles of a webhook can be chosen."""


def parse_webhook_events(value: str) -> tuple[str, ...]:
    """Some of WEBHOOK_EVENTS, comma-separated."""
    found = tuple(entry.strip() for entry in value.split(",") if entry.strip())
    if not found or not set(found) <= set(WEBHOOK_EVENTS):
        raise ValueError(f"one or more of {', '.join(WEBHOOK_EVENTS)}, comma-separated")
    return found


def parse_webhook_search(value: str) -> str:
    """The query of a search, with fields of WEBHOOK_FIELDS alone."""
    try:
        asked = parse_qsl(value, strict_parsing=bool(value), max_num_fields=50)
        names = {"" if "\0" in said else name for name, said in asked}
    except ValueError:
        names = {""}
    if not names <= set(WEBHOOK_FIELDS) or not value.isprintable():
        raise ValueError(f"a query such as topic=trade&language=km, with fields of {', '.join(WEBHOOK_FIELDS)}")
    return value
