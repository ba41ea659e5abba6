"""Send events to a webhook, signed, at least once: stored articles of a search, and problems when they begin and end.

Events wait in the database until the receiver answers 2xx. Headers and signature are those of Standard Webhooks 1.0, so that
a receiver can use its libraries.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import logging
import random
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from worker.bootstrap import Services
from worker.config import Settings
from worker.errors import ItemFailed, Unavailable, UsageError
from worker.fetch.post import Posted, post
from worker.operations.document import Document
from worker.operations.problems import Problem, problems
from worker.operations.times import rfc3339
from worker.storage.webhooks.deliveries import Deliveries, Delivery

log = logging.getLogger(__name__)

TICK = 1.0
"""Seconds between two looks at what is due: one question to one index."""
LOOK = 30.0
"""Seconds between two looks at problems: they are figures of minutes."""
SURE = 2
"""Looks in a row after which a problem has begun, or ended: a figure near its limit is no message each minute."""
AT_ONCE = 20
"""Events sent in one round, after which problems are looked at."""
CLAIM = 60.0
"""Seconds that a sender has for one event: four times as long as a post may take."""
FIRST, CAP, GIVE_UP = 30.0, 3600.0, 7 * 86_400.0
"""Seconds to the second try, doubled up to an hour, and from the first until it is given up: over a long weekend nothing is lost."""
TYPE = "application/json"
SHORTEST_KEY = 8
"""Bytes: nobody signs with less on purpose, and an empty key signs nothing. Standard Webhooks makes them of 24 to 64."""

Post = Callable[[str, bytes, Mapping[str, str], Settings], Posted]


@dataclass(frozen=True, slots=True)
class WaitingEvent(Document):
    """An event that was not delivered yet."""

    id: str
    type: str
    item_id: int | None
    created_at: str
    next_try_at: str | None
    """None: it was given up."""
    tries: int
    said: str | None
    """Why the last try failed."""


@dataclass(frozen=True, slots=True)
class Tried(Document):
    """What became of a test."""

    id: str
    delivered: bool
    said: str
    """`status 200`, or why it failed."""


def expect_configured(settings: Settings) -> str:
    """The address; raises UsageError where it or its secret is not set, or the secret is none."""
    if settings.webhook_url is None:
        raise UsageError("PRESSMARK_WEBHOOK_URL: expected an address, got none")
    _key(settings)
    return settings.webhook_url


def _key(settings: Settings) -> bytes:
    """The bytes that sign: of `whsec_…` what its base64 means, else the secret itself."""
    secret = settings.webhook_secret
    if secret is None:
        raise UsageError("PRESSMARK_WEBHOOK_SECRET: expected a secret with PRESSMARK_WEBHOOK_URL, got none")
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True) if secret.startswith("whsec_") else secret.encode()
    except (binascii.Error, ValueError):
        raise UsageError("PRESSMARK_WEBHOOK_SECRET: expected base64 after whsec_, got something else") from None
    if len(key) < SHORTEST_KEY:
        raise UsageError(f"PRESSMARK_WEBHOOK_SECRET: expected a key of at least {SHORTEST_KEY} bytes, got one of {len(key)}")
    return key


def signed(settings: Settings, event_id: str, body: bytes, now: float) -> dict[str, str]:
    """The headers of an event: HMAC-SHA256 over id, time and body."""
    at = str(int(now))
    digest = hmac.new(_key(settings), b".".join([event_id.encode(), at.encode(), body]), hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"Content-Type": TYPE, "webhook-id": event_id, "webhook-timestamp": at, "webhook-signature": signature}


def document(event_id: str, kind: str, created_at: float, data: object) -> bytes:
    """The body of an event."""
    found = {"id": event_id, "type": kind, "timestamp": rfc3339(created_at), "data": data}
    return json.dumps(found, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")


class Sender:
    """Sends what is due, and looks for problems; `now` and `post` are the tests' own there."""

    def __init__(
        self, services: Services, post: Post = post, now: Callable[[], float] = time.time, chance: Callable[[], float] = random.random
    ) -> None:
        self._services = services
        self._deliveries = Deliveries(services.engine, now)
        self._post, self._now, self._chance = post, now, chance
        self._looked_at = 0.0
        self._seen: dict[str, int] = {}
        """By problem that was not told yet, in how many looks in a row it was there."""
        self._gone: dict[str, int] = {}
        """By problem that was told, in how many looks in a row it was not there."""

    def round(self) -> int:
        """Looks for problems where it is time, and sends some of what is due; returns how many were delivered. Raises Unavailable."""
        if "problems" in self._services.settings.webhook_events and self._now() - self._looked_at >= LOOK:
            self._looked_at = self._now()
            self.look(problems(self._services))
        delivered = 0
        for delivery in self._deliveries.due(AT_ONCE):
            if self._deliveries.claim(delivery, CLAIM):
                if not self._send(delivery):
                    break  # a receiver that fails is not asked for each of thousands
                delivered += 1
        return delivered

    def look(self, found: Iterable[Problem]) -> None:
        """Tells of problems that begin and end; what is held back on purpose is none."""
        now = {_name(problem): json.dumps(problem.to_dict(), ensure_ascii=False) for problem in found if problem.level != "held"}
        told = self._deliveries.told()
        self._seen = {key: self._seen.get(key, 0) + 1 for key in now.keys() - told.keys()}
        self._gone = {key: self._gone.get(key, 0) + 1 for key in told.keys() - now.keys()}
        opened = {key: now[key] for key, looks in self._seen.items() if looks >= SURE}
        closed = {key: told[key] for key, looks in self._gone.items() if looks >= SURE}
        if opened or closed:
            self._deliveries.tell(opened, closed)

    def _send(self, delivery: Delivery) -> bool:
        """Whether it is out of the way: delivered, or of an article that is gone."""
        body = self._body(delivery)
        if body is None:
            self._deliveries.delivered(delivery)
            return True
        settings = self._services.settings
        try:
            posted = self._post(expect_configured(settings), body, signed(settings, delivery.event_id, body, self._now()), settings)
        except ItemFailed as failure:
            return self._failed(delivery, str(failure), None)
        if posted.taken:
            self._deliveries.delivered(delivery)
            return True
        return self._failed(delivery, f"status {posted.status}", posted.retry_after)

    def _body(self, delivery: Delivery) -> bytes | None:
        """None for an article that is not stored any more."""
        if delivery.item_id is None:
            return document(delivery.event_id, delivery.kind, delivery.created_at, json.loads(delivery.body or "null"))
        found = next(iter(self._services.articles.of([delivery.item_id])), None)
        if found is None or found.text is None:
            return None
        return document(delivery.event_id, delivery.kind, delivery.created_at, found.to_dict())

    def _failed(self, delivery: Delivery, said: str, asked: float | None) -> bool:
        wait = max(min(FIRST * 2 ** min(delivery.tries, 20), CAP) * (0.75 + self._chance() / 2), asked or 0.0)
        over = self._now() - delivery.created_at > GIVE_UP
        url = self._services.settings.webhook_url or ""
        host = urlsplit(url).hostname or ""
        said = said.replace(url, host)  # the address may hold a token
        log.warning("webhook at %s failed: %s; %s", host, said, "given up" if over else f"again in {wait:.0f} s")
        self._deliveries.failed(delivery, said, None if over else wait)
        return False


def _name(problem: Problem) -> str:
    """The same for a problem while it lasts, whatever its figures are."""
    return f"{problem.code} {problem.host or ''} {problem.act.href if problem.act else ''}".strip()


def run(settings: Settings, stop: threading.Event) -> None:
    """Sends until `stop` is set; an outage of the database is logged once and waited out. Raises UsageError for wrong settings."""
    expect_configured(settings)
    services = Services(settings)
    away = busy = False
    try:
        sender = Sender(services)
        while not stop.wait(0 if busy else TICK):
            busy = False
            try:
                busy = sender.round() == AT_ONCE
                away = False
            except Unavailable as error:
                if not away:
                    log.warning("webhook waits: %s", error)
                away = True
            except Exception:
                log.exception("unexpected error while sending to the webhook")
                stop.wait(LOOK)
    finally:
        services.close()


def waiting(services: Services, limit: int) -> list[WaitingEvent]:
    """Events that were not delivered yet, the oldest first. Raises Unavailable."""
    return [
        WaitingEvent(
            *(one.event_id, one.kind, one.item_id, rfc3339(one.created_at)),
            next_try_at=None if one.given_up else rfc3339(one.due),
            tries=one.tries,
            said=one.said,
        )
        for one in Deliveries(services.engine).all(limit)
    ]


def send_again(services: Services) -> int:
    """Makes all of them due now, also what was given up; returns how many there are. Raises Unavailable."""
    return Deliveries(services.engine).send_again()


def tried(settings: Settings) -> Tried:
    """Sends a signed event of the type `test` here and now, once. Raises UsageError for wrong settings."""
    url, now = expect_configured(settings), time.time()
    event_id = f"evt_test_{int(now)}"
    body = document(event_id, "test", now, {"message": "This is a test of Pressmark's webhook."})
    try:
        posted = post(url, body, signed(settings, event_id, body, now), settings)
    except ItemFailed as failure:
        return Tried(event_id, delivered=False, said=str(failure))
    return Tried(event_id, delivered=posted.taken, said=f"status {posted.status}")
