"""Outcomes delivered: articles to the label queue in groups, everything else to `results`; held while Redis refuses."""

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
from worker.messages import Extracted, Outcome

log = logging.getLogger(__name__)

GROUP = 20
"""Articles a message: 20 in one task cost 99 µs of engine CPU each, one in a task 1,463."""
GROUP_CHARS = 1_000_000
"""Characters a message, beyond its last article: twenty ordinary ones have a tenth of that, twenty books would not fit Redis."""
WAIT = 1.0
"""Seconds that a finished article waits for its group to fill, at most."""
RETRY = 1.0
"""Seconds between two tries to deliver while Redis is away; it restarts within one or two."""

_LAST = object()


@dataclass
class Publisher:
    """One thread that sends what the fetch threads finish, in the order in which it came.

    `send_articles` and `send_outcomes` raise Unavailable where Redis is away; what they refused is sent
    again until it arrives, or until `close` gives up. Nothing is lost by that: the ledger's lease runs out.
    """

    send_articles: Callable[[Sequence[Extracted]], None]
    send_outcomes: Callable[[Sequence[Outcome]], None]
    group: int = GROUP
    wait: float = WAIT
    _came: queue.SimpleQueue[object] = field(default_factory=queue.SimpleQueue, init=False)
    _give_up: float | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)
        self._thread.start()

    def take(self, item: Extracted | Outcome) -> None:
        """Accepts one for delivery; never blocks."""
        self._came.put(item)

    def close(self, seconds: float) -> bool:
        """Delivers what is left, for at most `seconds`; True when all arrived."""
        self._give_up = time.monotonic() + seconds
        self._came.put(_LAST)
        self._thread.join(seconds + RETRY)
        return not self._thread.is_alive() and self._came.empty()

    def _run(self) -> None:
        last = False
        while not last:
            articles, outcomes, last = self._gathered()
            if outcomes:
                self._deliver(partial(self.send_outcomes, outcomes))
            if articles:
                self._deliver(partial(self.send_articles, articles))

    def _gathered(self) -> tuple[list[Extracted], list[Outcome], bool]:
        """Waits for the first; then a group of articles, or what came within `wait` seconds of it."""
        articles: list[Extracted] = []
        outcomes: list[Outcome] = []
        until, chars = None, 0
        while len(articles) < self.group and chars < GROUP_CHARS:
            try:
                item = self._came.get(timeout=None if until is None else max(0.0, until - time.monotonic()))
            except queue.Empty:
                break
            if item is _LAST:
                return articles, outcomes, True
            if isinstance(item, Extracted):
                articles.append(item)
                chars += len(item.article.text)
            else:
                outcomes.append(cast(Outcome, item))
            until = until or time.monotonic() + self.wait
        return articles, outcomes, False

    def _deliver(self, send: Callable[[], None]) -> None:
        """Sends until it arrives, or until `close` gives up."""
        while not self._sent(send):
            if self._give_up is not None and time.monotonic() > self._give_up:
                log.warning("leaving with outcomes undelivered: their leases will run out")
                return
            time.sleep(RETRY)

    def _sent(self, send: Callable[[], None]) -> bool:
        try:
            send()
        except Unavailable as away:
            log.warning("outcomes are held until Redis is back: %s", away)
            return False
        except Exception:
            log.exception("outcomes that cannot be sent are dropped: their leases will run out")
        return True
