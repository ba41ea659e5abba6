"""Read the settings that say what is sent to which webhook."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from worker.config.search_filter import read_query
from worker.config.value_types import parse_word, url_of

WEBHOOK_EVENTS = ("articles", "problems", "flips")
"""What can be sent to a webhook."""
FIRST_RECEIVER = "default"
"""Name of the receiver that PRESSMARK_WEBHOOK_URL is."""
MAIL = "mail"
RECEIVER_NAMES_TAKEN = (FIRST_RECEIVER, MAIL)
RECEIVERS = (
    'objects {"name","url","secret","events"?,"search"?} of JSON, comma-separated; each name once, of up to 40 letters, digits, '
    f"- and _, other than {' and '.join(RECEIVER_NAMES_TAKEN)}"
)
"""What the setting of more receivers expects."""


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


@dataclass(frozen=True, slots=True)
class Receiver:
    """One receiver of events: a web server that they are posted to."""

    name: str
    url: str = field(repr=False)
    secret: str | None = field(repr=False)
    """Signs what is sent; None: it is missing, and nothing is sent."""
    events: tuple[str, ...] = WEBHOOK_EVENTS
    search: str = ""
    every: float = 0.0
    """Seconds between two digests; 0: each event at once."""

    def __str__(self) -> str:
        return json.dumps({name: value for name, value in asdict(self).items() if name != "every"}, ensure_ascii=False)


def parse_receivers(value: str) -> tuple[Receiver, ...]:
    """Objects of JSON, as RECEIVERS says, with or without the brackets of a list."""
    try:
        found = json.loads(value if value.lstrip().startswith("[") else f"[{value}]")
    except (ValueError, RecursionError):
        raise ValueError(RECEIVERS) from None
    receivers = tuple(_receiver(one) for one in found)
    if len({one.name for one in receivers}) < len(receivers):
        raise ValueError(RECEIVERS)
    return receivers


def _receiver(said: object) -> Receiver:
    if not isinstance(said, dict) or not {"name", "url", "secret"} <= set(said) <= set(Receiver.__dataclass_fields__) - {"every"}:
        raise ValueError(RECEIVERS)
    events = said.get("events", list(WEBHOOK_EVENTS))
    texts = name, address, secret, query = [said.get(key, "") for key in ("name", "url", "secret", "search")]
    if not all(isinstance(text, str) for text in texts) or not isinstance(events, list) or not all(isinstance(one, str) for one in events):
        raise ValueError(RECEIVERS)
    plain = name.replace("-", "").replace("_", "")
    if not (plain.isascii() and plain.isalnum()) or len(name) > 40 or name in RECEIVER_NAMES_TAKEN:
        raise ValueError(RECEIVERS)
    url = url_of("http", "https")(address)
    return Receiver(name, url, parse_word(secret), parse_webhook_events(",".join(events)), parse_webhook_search(query))
