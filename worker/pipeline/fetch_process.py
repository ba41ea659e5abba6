"""Run the fetch stage in one process: chunks in, articles to the label queue, every other outcome to `results`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from worker.bootstrap.fetch import FetchServices
from worker.config import Settings
from worker.intake.links import Links
from worker.messages import Extracted, Outcome, Page, Taken, URLRequest
from worker.pipeline.fetch_item import ItemReader, Parses
from worker.pipeline.fetch_worker import FetchWorker
from worker.pipeline.publisher import Publisher
from worker.queues import FETCH, LABEL, RESULTS, Durations, QueueFull, this_process
from worker.reasons import Kind
from worker.sandbox.pool import Parsed

SendArticles = Callable[[Sequence[Extracted]], None]
"""Puts one group of articles on the label queue; raises Unavailable while Redis is away."""


class FetchProcess:
    """What the fetch tasks of this process call; `pulse` is called for every item that is done."""

    def __init__(self, services: FetchServices, settings: Settings, send_articles: SendArticles, pulse: Callable[[], None]) -> None:
        self._services = services
        self._settings = settings
        self._send = send_articles
        self._pulse = pulse
        self._stops = False
        self._publisher = Publisher(self._send_articles, self._send_outcomes)
        reader = ItemReader(services.fetcher, TimedParser(services.parser, services.durations), settings.refuse_opt_outs, services.archive)
        self._worker = FetchWorker(
            *(reader, self._announce, self._deliver, settings.fetch_threads, settings.parse_processes, this_process()),
            finish_within=settings.finish_within,
            paced=settings.host_interval > 0,
        )

    def warm(self) -> None:
        """Starts a parse process; raises Unavailable where none works, so that the worker ends before it takes a message."""
        self._services.parser.warm()

    def fetch(self, requests: Sequence[URLRequest]) -> None:
        """Fetches and reads a chunk; returns when each item is settled or returned."""
        self._worker.work(requests)

    @property
    def running(self) -> int:
        """Items that are being processed."""
        return self._worker.running

    def stop(self) -> None:
        """Makes every chunk finish or return its items, and delivers each at once. May be called in a signal handler."""
        self._stops = True
        self._publisher.hurry()
        self._worker.stop()

    def close(self) -> None:
        """Lets large pages finish while there is time, delivers what is left for the rest of the time in which to exit;
        ends connections and idle parse processes."""
        self._worker.finish()
        self._publisher.close(self._settings.exit_within - self._settings.finish_within)
        self._services.close()

    def _announce(self, taken: Taken) -> None:
        self._services.results.add([taken])

    def _deliver(self, item: Extracted | Outcome) -> None:
        self._publisher.take(item)
        self._pulse()

    def _expect_room(self, queue: str) -> None:
        """Raises QueueFull; to wait for room is no standstill. A process that stops delivers what it has, which is little."""
        if self._stops:
            return
        try:
            self._services.capacity.expect(queue)
        except QueueFull:
            self._pulse()
            raise

    def _send_articles(self, articles: Sequence[Extracted]) -> None:
        self._expect_room(LABEL)
        self._send(articles)
        self._services.durations.flush()
        self._services.depths.flowed(LABEL, entered=len(articles))
        self._services.depths.flowed(FETCH, left=len(articles))

    def _send_outcomes(self, outcomes: Sequence[Outcome]) -> None:
        self._expect_room(RESULTS)
        self._services.results.add(outcomes, FETCH)
        self._services.durations.flush()


@dataclass(frozen=True, slots=True)
class TimedParser:
    """A parse pool whose pages are timed, those that fail too; waiting for a free process counts."""

    parser: Parses
    durations: Durations

    def extract(self, page: Page) -> Parsed:
        """The article; raises what the pool raises."""
        with self._timed():
            return self.parser.extract(page)

    def links(self, kind: Kind, page: Page) -> Links:
        """The links of a feed or sitemap; raises the same."""
        with self._timed():
            return self.parser.links(kind, page)

    @contextmanager
    def _timed(self) -> Iterator[None]:
        begun = time.monotonic()
        try:
            yield
        finally:
            self.durations.observe("parse", time.monotonic() - begun)
