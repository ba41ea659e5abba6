"""Read the fields of a search for articles that a setting names; which topics there are depends on the models, and is asked elsewhere."""

from __future__ import annotations

from urllib.parse import parse_qsl

from classifier.label_set import MOST_TOPICS, is_topic_name
from classifier.labels import SOURCE_TYPES
from worker.config.value_types import HOST_NAME, parse_flag
from worker.errors import UsageError

FIELDS = ("q", "topic", "unsure", "primary", "source_type", "language", "host", "outlet")
"""Of a search that is written as a query."""
TOPIC_FIELDS = ("topic", "primary")
"""Those that name a topic."""
MOST = MOST_TOPICS + len(FIELDS)
"""Fields of one query: every topic that a model can have, and each other field once."""


def expect_source_type(value: str | None) -> None:
    """Raises UsageError for a source type that does not exist; None and empty are no value."""
    if value and value not in SOURCE_TYPES:
        raise UsageError(f"source_type: expected one of {', '.join(SOURCE_TYPES)}, got {value[:80]!r}")


def read_query(query: str) -> dict[str, list[str]]:
    """The values of each field of `topic=trade&language=km`; raises ValueError with what was expected."""
    known = f"a query such as topic=trade&language=km, with fields of {', '.join(FIELDS)}"
    try:
        pairs = parse_qsl(query, strict_parsing=bool(query), keep_blank_values=True, max_num_fields=MOST)
    except ValueError:
        raise ValueError(known) from None
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        if name not in FIELDS or "\0" in value or not query.isprintable():
            raise ValueError(known)
        found.setdefault(name, []).append(_checked(name, value.strip()))
        if len(found[name]) > 1 and name != "topic":
            raise ValueError(f"a query that has {name} once")
    return found


def _checked(name: str, value: str) -> str:
    if not value:
        raise ValueError(f"a query in which {name} has a value")
    if name in TOPIC_FIELDS and not is_topic_name(value):
        raise ValueError(f"{name}= the name of a topic, as border_dispute")
    if name == "source_type" and value not in SOURCE_TYPES:
        raise ValueError(f"{name}= one of {', '.join(SOURCE_TYPES)}")
    if name == "unsure":
        return "1" if _flag(value) else ""
    if name == "language" and not (value.isascii() and value.isalpha() and value.islower() and len(value) in (2, 3)):
        raise ValueError("language= a code in small letters, as en or km")
    if name == "host" and not _is_host(value):
        raise ValueError("host= the name of a host, as press.example.org, with a port where it is neither 80 nor 443")
    return value.lower() if name == "host" else value


def _is_host(value: str) -> bool:
    name, colon, port = value.partition(":")
    return HOST_NAME.fullmatch(name) is not None and (not colon or (port.isascii() and port.isdigit() and len(port) <= 5))


def _flag(value: str) -> bool:
    try:
        return parse_flag(value)
    except ValueError as wrong:
        raise ValueError(f"unsure= {wrong}") from None
