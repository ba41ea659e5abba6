"""Chunk in hand: its items fetched and parsed on shared threads, each settled once, and handed back when time is up."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from worker.errors import Unavailable
from worker.fetch.client import Answer
from worker.messages import Extracted, Outcome, Taken, URLRequest
from worker.pipeline.fetch_item import ItemReader, returned

log = logging.getLogger(__name__)

START_WITHIN = 50.0
"""Seconds: with a page's 30 for its answer and 20 for its parse, a chunk ends within 100, inside its lease of 120."""
END_WITHIN = 105.0
"""Seconds, after which even what is being read goes back: it waits for a parse child, and no page is to blame for that."""
PAGES_WAITING = 200
"""Fetched pages that may wait for a parse child before fetching waits, too: 34 MB of ordinary ones."""
LOOK = 0.5
"""Seconds between two looks at the clock and at the wish to stop; the end of a chunk is noticed at once."""
FINISH_WITHIN = 5.0
"""Seconds that running items may still take once the worker stops: half of the 10 it has, the rest is for the delivery."""


@dataclass
class FetchWorker:
    """All chunks that a fetch worker has in hand; `work` is called by every slot, `stop` once.

    `announce` puts a Taken on `results` and raises Unavailable; `deliver` takes what became of an item.
    """

    reader: ItemReader
    announce: Callable[[Taken], None]
    deliver: Callable[[Extracted | Outcome], None]
    threads: int
    parsers: int
    name: str
    stopping: threading.Event = field(default_factory=threading.Event)
    _count: int = field(default=0, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __post_init__(self) -> None:
        self.fetching = ThreadPoolExecutor(self.threads, thread_name_prefix="fetch")
        self._parsing = ThreadPoolExecutor(self.parsers, thread_name_prefix="parse")
        self._room = threading.Semaphore(PAGES_WAITING)

    def parse_later(self, parse: Callable[[], None]) -> None:
        """Frees the fetch thread: a page that waits for a parse child must not keep another from being asked for."""
        self._room.acquire()
        self._parsing.submit(self._parse, parse)

    def _parse(self, parse: Callable[[], None]) -> None:
        try:
            parse()
        finally:
            self._room.release()

    @property
    def running(self) -> int:
        """Items in hand."""
        return self._count

    def work(self, requests: Sequence[URLRequest]) -> None:
        """Reads every item of a chunk; returns when each was settled or handed back."""
        with self._lock:
            self._count += len(requests)
        try:
            _Chunk(self, requests).work()
        finally:
            with self._lock:
                self._count -= len(requests)

    def stop(self) -> None:
        """Every chunk hands back what is unfinished; at once what had not begun. May be called in a signal handler."""
        self.stopping.set()


class _Chunk:
    """One message's items."""

    def __init__(self, worker: FetchWorker, requests: Sequence[URLRequest]) -> None:
        self._worker = worker
        self._open = {request.item_id: request for request in requests}
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._begun = time.monotonic()

    def work(self) -> None:
        requests = list(self._open.values())
        if not self._announced(requests):
            return None  # nobody took it, so its lease costs nothing
        futures = {self._worker.fetching.submit(self._fetch, request): request for request in requests}
        while not self._done.wait(LOOK):
            if self._worker.stopping.is_set():
                return self._leave(futures)
            if self._age() > START_WITHIN:
                self._return_unstarted(futures)
            if self._age() > END_WITHIN:
                return self._return_open()
        return None

    def _age(self) -> float:
        return time.monotonic() - self._begun

    def _announced(self, requests: Sequence[URLRequest]) -> bool:
        """Tells that this worker has the items, before the first is touched: only that can ever count against a page."""
        taken = Taken([(request.item_id, request.token) for request in requests], self._worker.name)
        while self._age() < START_WITHIN and not self._worker.stopping.is_set():
            try:
                self._worker.announce(taken)
            except Unavailable as away:
                log.warning("a chunk waits until Redis is back: %s", away)
                self._worker.stopping.wait(1.0)
            else:
                return True
        return False

    def _fetch(self, request: URLRequest) -> None:
        got = self._worker.reader.fetch(request)
        if isinstance(got, Answer):
            self._worker.parse_later(partial(self._parse, request, got))
        else:
            self._settle(request, got)

    def _parse(self, request: URLRequest, answer: Answer) -> None:
        if request.item_id in self._open:  # else it went back while it waited
            self._settle(request, self._worker.reader.parse(request, answer))

    def _settle(self, request: URLRequest, outcome: Extracted | Outcome) -> None:
        """Delivers the first outcome of an item; a later one, of a page that was handed back, is dropped."""
        with self._lock:
            first = self._open.pop(request.item_id, None)
            last = not self._open
        if first is not None:
            self._worker.deliver(outcome)
        if last:
            self._done.set()

    def _return_unstarted(self, futures: Mapping[Future[None], URLRequest]) -> None:
        for future, request in futures.items():
            if future.cancel():
                self._settle(request, returned(request))

    def _leave(self, futures: Mapping[Future[None], URLRequest]) -> None:
        """The worker stops: what has not begun goes back at once, what has may finish for a moment."""
        self._return_unstarted(futures)
        self._done.wait(FINISH_WITHIN)
        self._return_open()

    def _return_open(self) -> None:
        for request in list(self._open.values()):
            self._settle(request, returned(request))
