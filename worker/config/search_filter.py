"""Read the fields of a search for articles, and tell which labels there are to search by: one reading for settings, programs and feeds."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qsl

from classifier.labels import SOURCE_TYPES, TOPICS
from worker.config.value_types import HOST_NAME, parse_flag
from worker.errors import UsageError

FIELDS = ("q", "topic", "unsure", "primary", "source_type", "language", "host", "outlet")
"""Of a search that is written as a query."""
LABELS: dict[str, tuple[str, ...]] = {"topic": TOPICS, "primary": TOPICS, "source_type": SOURCE_TYPES}
"""By field that holds labels, those that there are."""
MOST = 50
"""Fields of one query: four topics, the others and some words make a dozen."""


def expect_labels(**fields: Iterable[str | None]) -> None:
    """Raises UsageError where a value of one of these fields is no label that there is; None and empty are no value."""
    for name, values in fields.items():
        for value in filter(None, values):
            if value not in LABELS[name]:
                raise UsageError(f"{name}: expected one of {', '.join(LABELS[name])}, got {value[:80]!r}")


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
    if name in LABELS and value not in LABELS[name]:
        raise ValueError(f"{name}= one of {', '.join(LABELS[name])}")
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
