"""Sign what a person saw before acting on many, so that the act reaches that set or nothing."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

from worker.bootstrap import Services
from worker.errors import Conflict, UsageError
from worker.operations.document import Document
from worker.storage.incidents import SetMark
from worker.storage.signing_keys import signing_key
from worker.storage.values import DeadFilter, Job

LIFETIME = 600
"""Seconds for which a preview may be acted on: time to read it and ask somebody."""
LARGEST = 10**12
"""More than any time in seconds or count. Larger numbers are forged, and would fill a message with thousands of digits."""
KEY = "previews"


@dataclass(frozen=True, slots=True)
class Blocked(Document):
    """What stands in the way of some of them."""

    why: str
    """For people."""
    count: int


@dataclass(frozen=True, slots=True)
class Preview(Document):
    """What an act would reach, before it is done."""

    count: int
    examples: tuple[object, ...]
    """The first five."""
    blocked: tuple[Blocked, ...]
    token: str
    """Hand it over with the act, within ten minutes."""
    seconds: float | None = None
    """How long it would take at the rate that was asked for."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What a person wants to do, and to which set."""

    act: str
    who: str
    which: DeadFilter | Job
    mark: SetMark


def token(services: Services, intent: Intent, now: Callable[[], float] = time.time) -> str:
    """Binds an act of a person to the set that a filter selects now, for LIFETIME seconds. Raises Unavailable."""
    until = int(now()) + LIFETIME
    return f"{_written(json.dumps([until, intent.mark.count]).encode())}.{_written(_signature(services, intent, until))}"


def check(services: Services, given: str, intent: Intent, now: Callable[[], float] = time.time) -> None:
    """Raises Conflict where the set is not the one that was previewed, or the preview is too old, UsageError for a foreign token."""
    try:
        head, _, signed = given.partition(".")
        until, count = map(_whole_number, json.loads(_read(head)))
        signature, expected = _read(signed), _signature(services, intent, until)
    except (ValueError, TypeError, binascii.Error, RecursionError, OverflowError):
        raise UsageError("expected the token of a preview, got something else") from None
    if until < now():
        raise Conflict("The preview is older than ten minutes. Look again.")
    if hmac.compare_digest(signature, expected):
        return
    if count != intent.mark.count:
        raise Conflict(f"It was {count}, now {intent.mark.count}. Look again.")
    raise Conflict("These are not the same ones any more. Look again.")


def _signature(services: Services, intent: Intent, until: int) -> bytes:
    mark = intent.mark
    message = [intent.act, intent.who, asdict(intent.which), mark.count, mark.ids, round(mark.newest, 3), until]
    return hmac.new(signing_key(services.engine, KEY), json.dumps(message, sort_keys=True).encode(), hashlib.sha256).digest()


def _whole_number(value: object) -> int:
    """A time or a count as `token` writes it; raises ValueError for anything else."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < LARGEST:
        raise ValueError("expected a whole number")
    return value


def _written(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _read(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
