"""Telling the operator: one line an event on standard error, as text for people or as JSON for collectors."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from worker.config import Settings


class _Line(logging.Formatter):
    """`time level process: message`; a traceback follows where there is one."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        line = f"{_at(record)} {record.levelname.lower():7} {self._process}: {record.getMessage()}"
        return line if not record.exc_info else f"{line}\n{self.formatException(record.exc_info)}"


class _Json(_Line):
    """The same as one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "at": _at(record),
            "level": record.levelname.lower(),
            "process": self._process,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)


def _at(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _in_one_line(record: logging.LogRecord) -> bool:
    """A Redis that restarts is no bug: Celery's traceback of it is left out, its sentence stays."""
    if record.name == "celery.worker.consumer.consumer":
        record.exc_info = None
    return True


def set_up(settings: Settings, process: str) -> None:
    """Sends every log of this process to standard error; `process` is the word that says whose line it is."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json(process) if settings.log_format == "json" else _Line(process))
    handler.addFilter(_in_one_line)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for noisy in ("trafilatura", "htmldate", "urllib3", "kombu", "alembic", "celery"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))  # they tell of every step; their warnings count
