"""Process chunks of items on shared threads: settle each item once, and return what is unfinished when time is up."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import cast

from worker.errors import Unavailable
from worker.fetch.client import Answer
from worker.logs import fields
from worker.messages import Extracted, Failed, Outcome, Page, Returned, Taken, URLRequest
from worker.net.url import written_host
from worker.pipeline.fetch_item import ItemReader, returned
from worker.sandbox.parse_queue import LARGE, ParseQueue
from worker.sandbox.waiting_items import WaitingItems
from worker.sandbox.waiting_pages import EXPECTED, PageRoom, WaitingPage

log = logging.getLogger(__name__)

START_WITHIN = 50.0
"""Seconds within which an item must begin: with a page's 30 for its answer and 20 for its parse, a chunk ends within 100, inside its
lease of 120."""
END_WITHIN = 105.0
"""Seconds after which items that have begun are returned, too: they wait for a parse process, and no page is to blame for that."""
PACE_WAIT = 12.0
"""Seconds that an item waits for the pace of its host behind another: what the dispatcher lets travel together, and a little."""
LOOK = 0.5
"""Seconds between two checks of the clock and of `stopping`; the end of a chunk is noticed at once."""


@dataclass
class FetchWorker:
    """All chunks that a fetch worker processes; `work` is called by every slot, `stop` once.

    `announce` puts a Taken on `results` and raises Unavailable; `deliver` accepts the outcome of an item.
    """

    reader: ItemReader
    announce: Callable[[Taken], None]
    deliver: Callable[[Extracted | Outcome], None]
    threads: int
    parsers: int
    name: str
    finish_within: float
    """Seconds that items in hand may still take once the worker stops."""
    stopping: threading.Event = field(default_factory=threading.Event)
    paced: bool = False
    """Whether hosts have a pace, so that the items of one are fetched one after the other."""
    _count: int = field(default=0, init=False)
    _large: int = field(default=0, init=False)
    """Items in hand whose pages were fetched and are large."""
    _return_at: float = field(default=0.0, init=False)
    """When items in hand are returned, in monotonic seconds; set by `stop`."""
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __post_init__(self) -> None:
        self.fetching = ThreadPoolExecutor(self.threads, thread_name_prefix="fetch")
        self._parsing = ThreadPoolExecutor(self.parsers, thread_name_prefix="parse")
        self._waiting = ParseQueue(lambda: self._count - self._large, self.parsers, self.stopping)
        self.room = PageRoom()
        self.waiting_items = WaitingItems()

    def parse_later(self, parse: Callable[[], None], size: int) -> None:
        """Frees the fetch thread: a page that waits for a parse process must not keep another from being fetched."""
        self._waiting.add(parse, size)
        self._parsing.submit(self._waiting.run_next)

    @property
    def running(self) -> int:
        """Items that are being processed."""
        return self._count

    def work(self, requests: Sequence[URLRequest]) -> None:
        """Processes every item of a chunk; returns when each is settled, but for large pages, which wait for their turn without it."""
        self.count(len(requests))
        chunk = _Chunk(self, requests)
        only_large = False
        try:
            only_large = chunk.work()
        finally:
            if not only_large:
                self.count(-chunk.open)
        if only_large:
            self.waiting_items.watch(chunk)

    def count(self, more: int, large: int = 0) -> None:
        """Changes how many items, and `large` pages among them, are being processed: each counts until it is settled, not until
        its chunk is.
        """
        with self._lock:
            self._count += more
            self._large += large

    def stop(self) -> None:
        """Makes every chunk return its items: those that have not begun at once. May be called in a signal handler."""
        self._return_at = time.monotonic() + self.finish_within
        self.stopping.set()

    def finish(self) -> None:
        """After `stop` and the last chunk: waits for large pages while there is time, and returns the others."""
        self.waiting_items.finish(self.time_left)

    @property
    def time_left(self) -> float:
        """Seconds until items in hand are returned, after `stop`."""
        return max(self._return_at - time.monotonic(), 0.0)


class _Chunk:
    """The items of one message."""

    def __init__(self, worker: FetchWorker, requests: Sequence[URLRequest]) -> None:
        self._worker = worker
        self._open = {request.item_id: request for request in requests}
        self._large: set[int] = set()
        """Items whose pages were fetched and wait until others had their turn."""
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._begun = time.monotonic()

    @property
    def open(self) -> int:
        """Items that are not settled; after `work` large pages, or those of a chunk that could not be announced."""
        return len(self._open)

    def work(self) -> bool:
        """Returns when all is settled but large pages; whether such are left."""
        requests = list(self._open.values())
        if not self._announced(requests):
            return False  # it was never taken, so its expired lease counts for nothing
        futures = {self._worker.fetching.submit(self._fetch_group, group): group for group in self._groups(requests)}
        while not self._done.wait(LOOK):
            if self._worker.stopping.is_set():
                self._stop(futures)
                break
            if self._age() > START_WITHIN:
                self._return_unstarted(futures)
            if self.is_late():
                self.return_open()
                break
        return bool(self._open)

    def _groups(self, requests: Sequence[URLRequest]) -> list[list[URLRequest]]:
        """What is fetched one after the other: the items of a host that has a pace."""
        return _by_host(requests) if self._worker.paced else [[request] for request in requests]

    def is_late(self) -> bool:
        """Whether its leases end soon."""
        return self._age() > END_WITHIN

    def _age(self) -> float:
        return time.monotonic() - self._begun

    def _announced(self, requests: Sequence[URLRequest]) -> bool:
        """Reports that this worker has taken the items, before the first is fetched: only a page that was taken can get a strike."""
        taken = Taken([(request.item_id, request.token) for request in requests], self._worker.name)
        while self._age() < START_WITHIN and not self._worker.stopping.is_set():
            try:
                self._worker.announce(taken)
            except Unavailable as away:
                log.warning("a chunk of %d waits until Redis is back: %s", len(requests), away, extra=fields(stage="fetch"))
                self._worker.stopping.wait(1.0)
            else:
                return True
        return False

    def _fetch_group(self, requests: Sequence[URLRequest]) -> None:
        """The items of one host, one after the other at its pace; where it cannot be asked now, the rest is returned."""
        for number, request in enumerate(requests):
            after = self._fetch(request, wait=number > 0) if not number or self._may_begin(request) else 0.0
            if after is not None:
                for rest in requests[number:]:
                    self._settle(rest, returned(rest, after))
                return

    def _may_begin(self, request: URLRequest) -> bool:
        return not self._worker.stopping.is_set() and self._age() <= START_WITHIN and request.item_id in self._open

    def _fetch(self, request: URLRequest, *, wait: bool) -> float | None:
        """Fetches one item, waiting for its host's pace where it is not the first.

        None where the next one may be tried, else the seconds after which the rest may be sent again.
        """
        if not self._has_room(request):
            self._settle(request, returned(request))
            return None
        got = self._worker.reader.fetch(request)
        while wait and isinstance(got, Returned) and 0 < got.after <= PACE_WAIT and self._may_begin(request):
            self._worker.stopping.wait(got.after)
            got = self._worker.reader.fetch(request)
        if isinstance(got, Answer):
            self._hold(request, got)
            return None
        self._worker.room.release(EXPECTED)
        self._settle(request, got)
        if isinstance(got, Returned):
            return got.after
        in_trouble = isinstance(got, Failed) and got.host is not None and not got.host.ok
        return 0.0 if in_trouble else None

    def _has_room(self, request: URLRequest) -> bool:
        """Waits until the page may be fetched; False where it has to be returned before that, or was."""
        while not self._worker.room.reserve(LOOK):
            if self._worker.stopping.is_set() or self._age() > START_WITHIN or request.item_id not in self._open:
                return False
        return True

    def _hold(self, request: URLRequest, answer: Answer) -> None:
        """Keeps the page until a parse process is free."""
        page = cast(Page, answer.page)
        waiting = WaitingPage.of(page)
        self._worker.room.release(EXPECTED - waiting.size)
        if len(page.body) >= LARGE:
            self._set_aside(request)
        self._worker.parse_later(partial(self._parse, request, replace(answer, page=None), waiting), len(page.body))

    def _set_aside(self, request: URLRequest) -> None:
        """Lets the message end without this item, whose page is large."""
        with self._lock:
            if request.item_id not in self._open:  # it was returned meanwhile
                return
            self._large.add(request.item_id)
            self._worker.count(0, large=1)
            self._end_if_done()

    def _parse(self, request: URLRequest, answer: Answer, waiting: WaitingPage) -> None:
        try:
            if request.item_id in self._open:  # else it was returned while it waited
                self._settle(request, self._worker.reader.parse(request, replace(answer, page=waiting.page())))
        finally:
            self._worker.room.release(waiting.size)

    def _settle(self, request: URLRequest, outcome: Extracted | Outcome) -> None:
        """Delivers the first outcome of an item; a later one, of an item that was returned meanwhile, is dropped."""
        with self._lock:
            first = self._open.pop(request.item_id, None)
            last = not self._open
            large = request.item_id in self._large
        if first is not None:
            self._worker.deliver(outcome)
            self._worker.count(-1, large=-1 if large else 0)
        with self._lock:
            self._end_if_done()
        if last:
            self._worker.waiting_items.settled()

    def _end_if_done(self) -> None:
        """Ends the message where nothing is left of it but large pages."""
        if self._large.issuperset(self._open):
            self._done.set()

    def _return_unstarted(self, futures: Mapping[Future[None], Sequence[URLRequest]]) -> None:
        for future, requests in futures.items():
            if future.cancel():
                for request in requests:
                    self._settle(request, returned(request))

    def _stop(self, futures: Mapping[Future[None], Sequence[URLRequest]]) -> None:
        """Returns what has not begun at once, and what is not finished in time."""
        self._return_unstarted(futures)
        if not self._done.wait(self._worker.time_left):
            self.return_open()

    def return_open(self) -> None:
        """Returns what is not settled, to be sent again."""
        for request in list(self._open.values()):
            self._settle(request, returned(request))


def _by_host(requests: Sequence[URLRequest]) -> list[list[URLRequest]]:
    groups: dict[str, list[URLRequest]] = {}
    for request in requests:
        groups.setdefault(written_host(request.url), []).append(request)
    return list(groups.values())
