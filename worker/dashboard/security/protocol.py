"""HTTP on one connection, as uvicorn speaks it, with an end for clients that never finish the head of a request."""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10.0
"""Seconds in which the head of a request has to be there: a slow line sends 64 KB in them, and uvicorn itself would wait for ever."""


class Protocol(H11Protocol):
    """Closes a connection on which a head is late; between two requests uvicorn's own limit for silence holds."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """A new connection has to ask something."""
        super().connection_made(transport)
        self._late = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def data_received(self, data: bytes) -> None:
        """A head that has begun has to end, however many bytes come meanwhile."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._in_time()
        elif self._late is None:
            self._late = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is late any more."""
        self._in_time()
        super().connection_lost(exc)

    def _in_time(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
