"""Write logs to standard error, one line an event: as text for people, or as JSON for log collectors.

What a line concerns is passed as fields, `log.info("fetch failed", extra=fields(item=5, reason="dns"))`: keys of their
own in JSON, `key=value` at the end of a line of text.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from worker.config import Settings

FIELDS = ("item", "host", "stage", "reason", "url", "ms")
"""In the order in which a line shows them."""
NOISY = ("trafilatura", "htmldate", "urllib3", "kombu", "alembic", "celery")
"""Libraries that log every step at INFO; their warnings are kept."""


def fields(
    *,
    item: int | None = None,
    host: str | None = None,
    stage: str | None = None,
    reason: str | None = None,
    url: str | None = None,
    ms: int | None = None,
) -> dict[str, str | int]:
    """The fields of a log line, for `extra`; those that are None are left out.

    `item` is an item's id, `host` its name and port as in `example.org:443`, `stage` one of dispatch, fetch, parse,
    label and store, `reason` a word from the closed list, `ms` milliseconds from the request to the end of the answer.
    """
    given = {"item": item, "host": host, "stage": stage, "reason": reason, "url": url, "ms": ms}
    return {name: value for name, value in given.items() if value is not None}


def set_up(settings: Settings, process: str) -> None:
    """Sends every log of this process to standard error; `process` names it on each line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json(process) if settings.log_format == "json" else _Text(process))
    handler.addFilter(_without_celerys_traceback)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for name in NOISY:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


class _Text(logging.Formatter):
    """`time level process: message key=value`; a traceback follows where there is one."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        message = _printable(record.getMessage())
        ends = "".join(f" {name}={_quoted(value)}" for name, value in _fields_of(record).items())
        line = f"{_time(record)} {record.levelname.lower():7} {self._process}: {message}{ends}"
        return line if not record.exc_info else f"{line}\n{self.formatException(record.exc_info)}"


class _Json(logging.Formatter):
    """One JSON object a line, with the fields among its keys."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "at": _time(record),
            "level": record.levelname.lower(),
            "process": self._process,
            "logger": record.name,
            "message": record.getMessage(),
            **_fields_of(record),
        }
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False, default=str)


def _fields_of(record: logging.LogRecord) -> dict[str, object]:
    return {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _printable(text: str) -> str:
    """On one line, control characters as escapes: what a server answered can neither forge a line nor steer a terminal."""
    return text if text.isprintable() else "".join(ch if ch.isprintable() else ascii(ch)[1:-1] for ch in " ".join(text.split()))


def _quoted(value: object) -> str:
    """In quotes where a value has blanks or quotes itself, so that a line can be split again."""
    text = _printable(str(value))
    return json.dumps(text, ensure_ascii=False) if " " in text or '"' in text else text


def _without_celerys_traceback(record: logging.LogRecord) -> bool:
    """A Redis that restarts is no bug: the traceback that Celery logs for it is left out, its message stays."""
    if record.name == "celery.worker.consumer.consumer":
        record.exc_info = None
    return True
