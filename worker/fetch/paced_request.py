"""Send one request at its host's pace, and close the answer whatever happens."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager

from worker.config import Settings
from worker.fetch.deadline import Deadline
from worker.fetch.fetch_context import FetchContext
from worker.fetch.pace import HostBusy, Pace, Slot
from worker.fetch.transport import Exchange, Request, Session
from worker.net.url import Address

BRIEF = 1.0
"""Seconds that a fetch waits for its first request rather than return its item: the clocks of processes differ a little."""


class PacedRequests:
    """Sends requests, each at its host's pace; thread-safe."""

    def __init__(self, settings: Settings, pace: Pace) -> None:
        self._pace = pace
        self._session = Session(settings)
        agent = f"{settings.user_agent} ({settings.contact})" if settings.contact else settings.user_agent
        self._headers = {"User-Agent": agent, "Accept-Encoding": ", ".join(settings.codings) or "identity"}

    @contextmanager
    def send(self, address: Address, headers: Mapping[str, str], context: FetchContext, deadline: Deadline) -> Iterator[Exchange]:
        """The answer of `address`; the host's pause begins when the block ends.

        Raises ItemFailed, or HostBusy where the host cannot be waited for.
        """
        slot = self._slot(address, context)
        context.asked.add(address.place)
        request = Request(address, {**self._headers, **headers}, deadline)
        try:
            with closing(self._session.exchange(request)) as exchange:
                context.answers += 1
                context.wire = exchange.wire
                yield exchange
        finally:
            context.connected = request.connected
            slot.release(context.crawl_delay or 0.0)

    def _slot(self, address: Address, context: FetchContext) -> Slot:
        """The right to send; after the first request of a fetch it is waited for as long as the fetch may last."""
        while True:
            try:
                return self._pace.take(address.place)
            except HostBusy as busy:
                patience = context.deadline.remaining() - BRIEF if context.asked else BRIEF
                if busy.after <= patience:
                    time.sleep(busy.after)
                    continue
                if len(context.seen) > 1 and address.place in context.asked:  # an item that is returned here would get no further next time
                    raise context.deadline.missed() from busy
                raise
