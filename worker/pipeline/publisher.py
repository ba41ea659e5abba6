"""Deliver what fetch threads finish: articles to the label queue in groups, other outcomes to `results`; hold both while Redis is away."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import cast

from worker.errors import Unavailable
from worker.logs import fields
from worker.messages import Extracted, Listed, Outcome

log = logging.getLogger(__name__)

GROUP = 20
"""Articles a message: 20 in one task cost 99 µs of engine CPU each, one in a task 1,463."""
GROUP_CHARS = 200_000
"""Characters after which a message takes no more articles: twenty ordinary ones have half of that. With the limit of an
article's text a message has 400,000 at most, which take 2 s and 35 MiB to label."""
WAITING = 16_000_000
"""Characters that may wait to be sent; then parsing waits, too. At most 64 MB of text, or 3,000 ordinary articles."""
WAIT = 1.0
"""Seconds at most that a finished article waits for its group to fill."""
RETRY = 1.0
"""Seconds between two attempts to deliver while Redis is away; it restarts within one or two."""

_LAST = object()
"""Put into the queue by `close`, behind everything else."""


@dataclass
class Publisher:
    """One thread that sends what the fetch threads finish, in the order in which they finish it.

    `send_articles` and `send_outcomes` raise Unavailable where Redis is away; what they did not send is sent
    again until it arrives, or until `close` gives up. No item is lost by that: its lease expires, and it is sent again.
    """

    send_articles: Callable[[Sequence[Extracted]], None]
    send_outcomes: Callable[[Sequence[Outcome]], None]
    group: int = GROUP
    wait: float = WAIT
    room: int = WAITING
    _waiting: queue.SimpleQueue[object] = field(default_factory=queue.SimpleQueue, init=False)
    _give_up: float | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._free = self.room
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)
        self._thread.start()

    def take(self, item: Extracted | Outcome) -> None:
        """Accepts one for delivery; an article waits for room, until `close` is called, and no other outcome ever does."""
        size = _chars(item)
        with self._changed:
            if isinstance(item, Extracted):
                self._changed.wait_for(lambda: self._free > 0 or self._give_up is not None)
            self._free -= size
        self._waiting.put(item)

    def hurry(self) -> None:
        """From now on nothing waits for its group to fill: the process stops. May be called in a signal handler."""
        self.wait = 0.0

    def close(self, seconds: float) -> bool:
        """Delivers what is left, for at most `seconds`; True when all arrived."""
        with self._changed:
            self._give_up = time.monotonic() + seconds
            self._changed.notify_all()
        self._waiting.put(_LAST)
        self._thread.join(seconds + RETRY)
        return not self._thread.is_alive() and self._waiting.empty()

    def _run(self) -> None:
        last = False
        while not last:
            articles, outcomes, last = self._gathered()
            if outcomes:
                self._deliver(partial(self.send_outcomes, outcomes))
            if articles:
                self._deliver(partial(self.send_articles, articles))
            self._sent_off(sum(map(_chars, [*articles, *outcomes])))

    def _sent_off(self, size: int) -> None:
        with self._changed:
            self._free += size
            self._changed.notify_all()

    def _gathered(self) -> tuple[list[Extracted], list[Outcome], bool]:
        """Waits for the first item; returns a full group, or what arrived within `wait` seconds; and whether `close` was called."""
        articles: list[Extracted] = []
        outcomes: list[Outcome] = []
        until, chars = None, 0
        while len(articles) < self.group and chars < GROUP_CHARS:
            try:
                item = self._waiting.get(timeout=None if until is None else max(0.0, until - time.monotonic()))
            except queue.Empty:
                break
            if item is _LAST:
                return articles, outcomes, True
            if isinstance(item, Extracted):
                articles.append(item)
                chars += _chars(item)
            else:
                outcomes.append(cast(Outcome, item))
            until = until or time.monotonic() + self.wait
        return articles, outcomes, False

    def _deliver(self, send: Callable[[], None]) -> None:
        """Sends until it arrives, or until `close` gives up."""
        level = logging.WARNING
        while not self._sent(send, level):
            if self._give_up is not None and time.monotonic() > self._give_up:
                log.warning("stopping with outcomes undelivered: the leases of their items expire", extra=fields(stage="fetch"))
                return
            time.sleep(RETRY)
            level = logging.DEBUG  # an outage, or a queue that is full for an hour, is one line

    def _sent(self, send: Callable[[], None], level: int) -> bool:
        try:
            send()
        except Unavailable as away:
            log.log(level, "outcomes wait: %s", away, extra=fields(stage="fetch"))
            return False
        except Exception:
            log.exception("outcomes that cannot be sent are dropped: the leases of their items expire", extra=fields(stage="fetch"))
        return True


def _chars(item: Extracted | Outcome) -> int:
    """Characters of what may be long in it: the text of an article, the addresses of a list."""
    if isinstance(item, Extracted):
        return len(item.article.text)
    return sum(map(len, [*item.urls, *item.sitemaps])) if isinstance(item, Listed) else 0
