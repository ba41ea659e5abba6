"""An answer that goes on: server-sent events, counted while they are sent."""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from worker.dashboard.security.limits import Streams

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class EventStream(StreamingResponse):
    """Raises Refused, before anything is sent, where this client or all together have too many."""

    def __init__(self, events: AsyncIterator[str], streams: Streams, client: str) -> None:
        super().__init__(events, media_type="text/event-stream", headers=HEADERS)
        self._streams, self._client = streams, client

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Counts from here to the end, also of a client that leaves before the first event."""
        with self._streams.opened(self._client):
            await super().__call__(scope, receive, send)
