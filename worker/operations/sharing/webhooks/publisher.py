"""Send events to webhooks, signed, at least once: stored articles of a search, and problems when they begin and end.

Events wait in the database until their receiver answers 2xx; one that is slow or away holds up no other. Headers and signature
are those of Standard Webhooks 1.0, so that a receiver can use its libraries.
"""

from __future__ import annotations

import json
import logging
import random
import smtplib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from worker.bootstrap import Services
from worker.config import Settings
from worker.config.webhooks import MAIL, Receiver
from worker.errors import ItemFailed, Unavailable, UsageError
from worker.fetch.post import Posted, post
from worker.operations.document import Document
from worker.operations.receivers.settings import configured, expect_ready
from worker.operations.sharing import mail
from worker.operations.sharing.signing import document, signed
from worker.operations.sharing.watch import LOOK, Watch
from worker.storage.item_rules import one_line
from worker.storage.webhooks.deliveries import FLIPPED, Deliveries, Delivery

log = logging.getLogger(__name__)

TICK = 1.0
"""Seconds between two looks at what is due: one question to one index."""
UNFORESEEN = 30.0
"""Seconds of rest after an error that nobody foresaw, so that it does not fill the log."""
AT_ONCE = 20
"""Events sent in one round, after which the thread looks whether it is to stop."""
CLAIM = 60.0
"""Seconds that a sender has for one event: four times as long as a post may take."""
FIRST, CAP, GIVE_UP = 30.0, 3600.0, 7 * 86_400.0
"""Seconds to the second try, doubled up to an hour, and from the first until it is given up: over a long weekend nothing is lost."""

Post = Callable[[str, bytes, Mapping[str, str], Settings], Posted]


@dataclass(frozen=True, slots=True)
class Tried(Document):
    """What became of a test."""

    id: str
    delivered: bool
    said: str
    """`status 200`, or why it failed."""
    receiver: str


class Sender:
    """Sends what is due to one receiver; `now` and `post` are the tests' own there."""

    def __init__(
        self,
        services: Services,
        receiver: Receiver,
        post: Post = post,
        now: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._services = services
        self._receiver = receiver
        self._deliveries = Deliveries(services.engine, now)
        self._post, self._now, self._chance = post, now, chance

    def round(self) -> int:
        """Sends some of what is due; returns how many events were delivered. Raises Unavailable."""
        delivered = 0
        for delivery in self._deliveries.due(self._receiver.name, AT_ONCE):
            if self._deliveries.claim(delivery, CLAIM):
                if not self._send(delivery):
                    break  # a receiver that fails is not tried with each of thousands of events
                delivered += 1
        return delivered

    def _send(self, delivery: Delivery) -> bool:
        """Whether it is done: delivered, or of an article that is gone."""
        try:
            body = self._body(delivery)
        except (ValueError, TypeError, RecursionError) as error:  # counts as a failed try, which is reported and holds up no other
            return self._failed(delivery, f"its body cannot be written: {type(error).__name__}", None)
        if body is None:
            self._deliveries.delivered(delivery)
            return True
        try:
            headers = signed(self._receiver, delivery.event_id, body, self._now())
            posted = self._post(self._receiver.url, body, headers, self._services.settings)
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
        data = found.to_dict()
        if delivery.kind == FLIPPED:
            data = {name: data[name] for name in ("item_id", "url", "title", "revision")} | {"flips": json.loads(delivery.body or "[]")}
        return document(delivery.event_id, delivery.kind, delivery.created_at, data)

    def _failed(self, delivery: Delivery, said: str, asked: float | None) -> bool:
        wait = max(_wait(delivery.tries, self._chance()), asked or 0.0)
        over = self._now() - delivery.created_at > GIVE_UP
        host = urlsplit(self._receiver.url).hostname or ""
        said = said.replace(self._receiver.url, host)  # the address may hold a token
        log.warning("webhook at %s failed: %s; %s", host, said, "given up" if over else f"again in {wait:.0f} s")
        self._deliveries.failed(delivery, said, None if over else wait)
        return False


def run(settings: Settings, stop: threading.Event) -> None:
    """Sends to every receiver until `stop` is set, each in a thread of its own; looks for problems meanwhile.

    The settings are those that `receivers.settings.expect_ready` accepted.
    """
    senders = [partial(_sending, receiver) for receiver in settings.receivers] + ([_mailing] if settings.mail_url else [])
    threads = [threading.Thread(target=keep_on, args=(settings, stop, make, TICK), daemon=True) for make in senders]
    for thread in threads:
        thread.start()
    if any("problems" in receiver.events for receiver in settings.told):
        keep_on(settings, stop, _watching, LOOK)
    for thread in threads:
        thread.join()


def _sending(receiver: Receiver, services: Services) -> Callable[[], bool]:
    sender = Sender(services, receiver)
    return lambda: sender.round() == AT_ONCE


def _mailing(services: Services) -> Callable[[], bool]:
    sender = mail.MailSender(services, lambda tries: _wait(tries, random.random()), GIVE_UP)  # noqa: S311 - spreads tries, guards nothing
    return lambda: sender.round() == mail.AT_ONCE


def _wait(tries: int, chance: float) -> float:
    """Seconds until another try, with jitter; `chance` from 0 to 1."""
    return min(FIRST * 2.0 ** min(tries, 20), CAP) * (0.75 + chance / 2)


def _watching(services: Services) -> Callable[[], bool]:
    watch = Watch(services)
    return watch.round


def keep_on(settings: Settings, stop: threading.Event, make: Callable[[Services], Callable[[], bool]], rest: float) -> None:
    """Does what `make` returns again and again, at once while it says that there is more, else every `rest` seconds.

    An outage of the database is logged once and waited out.
    """
    services = Services(settings)
    away, busy = False, True
    try:
        work = make(services)
        while not stop.wait(0 if busy else rest):
            busy = False
            try:
                busy = work()
                away = False
            except Unavailable as error:
                if not away:
                    log.warning("webhook waits: %s", error)
                away = True
            except Exception:
                log.exception("unexpected error while sending to the webhook")
                stop.wait(UNFORESEEN)
    finally:
        services.close()


def tried(settings: Settings, to: str | None = None) -> list[Tried]:
    """Sends a signed event of the type `test` here and now, once to each receiver or to one.

    Raises UsageError for wrong settings, Unavailable where the database is needed and away.
    """
    if not settings.told:
        configured(settings)
    expect_ready(settings)
    chosen = [receiver for receiver in settings.told if to in (None, receiver.name)]
    if not chosen:
        names = ", ".join(receiver.name for receiver in settings.told)
        raise UsageError(f"--to: expected one of {names}, got {(to or '')[:60]!r}")
    return [_mailed(settings) if receiver.name == MAIL else _tried(settings, receiver) for receiver in chosen]


def _mailed(settings: Settings) -> Tried:
    now = time.time()
    event_id = f"evt_test_{int(now)}"
    try:
        mail.send(settings, mail.made(settings, "Pressmark: a test", ["This is a test of Pressmark's mail."], event_id, now))
    except (smtplib.SMTPException, OSError) as error:
        return Tried(event_id, delivered=False, said=one_line(f"{type(error).__name__}: {error}", mail.LINE), receiver=MAIL)
    return Tried(event_id, delivered=True, said="taken by the server", receiver=MAIL)


def _tried(settings: Settings, receiver: Receiver) -> Tried:
    now = time.time()
    event_id = f"evt_test_{int(now)}"
    body = document(event_id, "test", now, {"message": "This is a test of Pressmark's webhook."})
    try:
        posted = post(receiver.url, body, signed(receiver, event_id, body, now), settings)
    except ItemFailed as failure:
        return Tried(event_id, delivered=False, said=str(failure), receiver=receiver.name)
    return Tried(event_id, delivered=posted.taken, said=f"status {posted.status}", receiver=receiver.name)
