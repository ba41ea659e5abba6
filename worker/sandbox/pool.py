"""Read pages in a fixed number of parse processes; replace those that a page has killed."""

from __future__ import annotations

import json
import queue
from contextlib import suppress
from dataclasses import dataclass, field

from worker.config import Settings
from worker.errors import ItemFailed, Unavailable
from worker.intake.feed_schedule import About
from worker.intake.links import Links
from worker.messages import Article, Extracted, Http, Page, decode
from worker.reasons import Kind, Reason
from worker.sandbox.child import SAMPLE, Child, NotStarted, ParseEnded, ParseKilled, ParseStalled, Read, Wanted, read

__all__ = ["Links", "ParseKilled", "ParsePool", "Parsed"]

STARTS = 3
"""Children in a row that may be gone before they have the page: one may be chance, three mean that none can start."""
CLOSE_MARGIN = 5.0
"""Seconds beyond the longest parse that `close` waits for a child that is at work."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """An article, what finds copies of its text, and what the page reserves."""

    article: Article
    content_sha256: str
    simhash: str
    opt_outs: list[str] = field(default_factory=list)
    """Reservations against machine use, from the headers and from the page's own head."""

    def extracted(self, page: Page, http: Http, *, item_id: int = 0, token: int = 0, refuse_opt_outs: bool = False) -> Extracted:
        """The article of `page` as it goes on to the label worker; raises ItemFailed where reservations are to refuse it."""
        if self.opt_outs and refuse_opt_outs:
            raise ItemFailed(Reason.OPTED_OUT, "; ".join(self.opt_outs))
        return Extracted(
            item_id=item_id,
            token=token,
            article=self.article,
            final_url=page.final_url,
            http=http,
            content_sha256=self.content_sha256,
            simhash=self.simhash,
            marks=self.marks,
            opt_outs=self.opt_outs,
            fetched_at=page.fetched_at,
        )

    marks: list[int] = field(default_factory=list)


class ParsePool:
    """Children that read pages, at most `settings.parse_processes` at once; may be called from many threads.

    `extract` and `links` wait for a free child, then give it `timeout` seconds of wall clock (default: the
    setting), and more where the machine is slow. They raise ItemFailed where the page cannot be read, and with the
    reason `timeout` where the machine has no CPU for it; ParseKilled where it used up its CPU or memory or its child died;
    Unavailable where no child starts, or one was ended from outside. The next page gets a fresh child; pages in other
    children are not affected.
    """

    def __init__(self, settings: Settings, read: Read = read) -> None:
        self._settings = settings
        self._read = read
        self._idle: queue.LifoQueue[Child | None] = queue.LifoQueue()  # the one used last on top; None: yet to be started
        for _ in range(settings.parse_processes):
            self._idle.put(None)

    def extract(self, page: Page, timeout: float | None = None) -> Parsed:
        """The article of `page`, with its digests and reservations."""
        prints, article = self._ask("article", page, timeout).split(b"\n", 1)
        return Parsed(decode(Article, article), **json.loads(prints))

    def links(self, kind: Kind, page: Page, timeout: float | None = None) -> Links:
        """What a feed or a sitemap lists."""
        found = json.loads(self._ask(kind, page, timeout))
        return Links(**{**found, "about": About(**found.get("about", {}))})

    def feeds_named(self, page: Page, timeout: float | None = None) -> list[str]:
        """The addresses of the feeds that a page names."""
        return [str(url) for url in json.loads(self._ask("front", page, timeout))]

    def warm(self) -> None:
        """Starts a child, which reads a sample; raises Unavailable where children do not work, whatever the page."""
        with suppress(ItemFailed):  # a child that judges the sample works
            self._ask("article", SAMPLE, None)

    def close(self, patience: float | None = None) -> None:
        """Ends the children; waits up to `patience` seconds for each that is at work (default: as long as a page may take).

        Those left end with this process, or by the kernel's alarm.
        """
        longest = self._settings.parse_timeout + CLOSE_MARGIN if patience is None else patience
        with suppress(queue.Empty):
            for _ in range(self._settings.parse_processes):
                child = self._idle.get(timeout=longest)
                if child:
                    child.end()

    def _ask(self, kind: Wanted, page: Page, timeout: float | None) -> bytes:
        child = self._idle.get()
        try:
            for _ in range(STARTS):
                if child is None or not child.ready():
                    child = Child(self._read, self._settings)
                with suppress(NotStarted):
                    return child.ask(kind, page, timeout or self._settings.parse_timeout)
            raise Unavailable("the processes that read pages do not start, or cannot read a sample")
        except ParseStalled as stalled:  # no strike, but a try: without a bound the item would come back for ever
            raise ItemFailed(
                Reason.TIMEOUT, f"the machine gave the parser too little CPU, the page is not to blame: {stalled}"
            ) from stalled
        except ParseEnded as ended:
            raise Unavailable(f"the page is not to blame: {ended}") from ended
        finally:
            self._idle.put(child if child and child.ready() else None)
