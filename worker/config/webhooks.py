"""Read the settings that say what is sent to a webhook."""

from __future__ import annotations

from worker.config.search_fields import read_query

WEBHOOK_EVENTS = ("articles", "problems")
"""What can be sent to a webhook."""


def parse_webhook_events(value: str) -> tuple[str, ...]:
    """Some of WEBHOOK_EVENTS, comma-separated."""
    found = tuple(entry.strip() for entry in value.split(",") if entry.strip())
    if not found or not set(found) <= set(WEBHOOK_EVENTS):
        raise ValueError(f"one or more of {', '.join(WEBHOOK_EVENTS)}, comma-separated")
    return found


def parse_webhook_search(value: str) -> str:
    """The query of a search, every field and value of which is known."""
    read_query(value)
    return value
