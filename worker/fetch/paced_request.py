"""A visit: one request to one host at the host's pace, and the answer closed whatever happens."""

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
"""Seconds that a trip waits for its first moment rather than be handed back: the clocks of processes differ a little."""


class PacedRequests:
    """Makes visits; thread-safe."""

    def __init__(self, settings: Settings, pace: Pace) -> None:
        self._pace = pace
        self._session = Session(settings)
        agent = f"{settings.user_agent} ({settings.contact})" if settings.contact else settings.user_agent
        self._headers = {"User-Agent": agent, "Accept-Encoding": ", ".join(settings.codings) or "identity"}

    @contextmanager
    def visit(self, address: Address, headers: Mapping[str, str], trip: FetchContext, deadline: Deadline) -> Iterator[Exchange]:
        """The answer of `address`; the host's pause begins when the block ends.

        Raises ItemFailed, or HostBusy where the host cannot be waited for.
        """
        slot = self._slot(address, trip)
        trip.asked.add(address.place)
        request = Request(address, {**self._headers, **headers}, deadline)
        try:
            with closing(self._session.exchange(request)) as exchange:
                trip.answers += 1
                trip.wire = exchange.wire
                yield exchange
        finally:
            trip.connected = request.connected
            slot.release(trip.crawl_delay or 0.0)

    def _slot(self, address: Address, trip: FetchContext) -> Slot:
        """The right to call; once something was asked it is waited for as long as the trip can last."""
        while True:
            try:
                return self._pace.take(address.place)
            except HostBusy as busy:
                patience = trip.deadline.remaining() - BRIEF if trip.asked else BRIEF
                if busy.after <= patience:
                    time.sleep(busy.after)
                    continue
                if len(trip.seen) > 1 and address.place in trip.asked:  # handed back, it would begin and end alike for ever
                    raise trip.deadline.missed() from busy
                raise
