"""Tell programs what changes, as server-sent events: `queues, problem, job, dead, pause, model, review`, and `ping` each 15 s."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing

from starlette.requests import Request
from starlette.responses import Response

from worker.dashboard.api.core.programs import programs_of
from worker.dashboard.live.event_stream import EventStream
from worker.dashboard.live.sampler import Sampler
from worker.dashboard.security.access import Role, Route
from worker.dashboard.security.middleware import client_of
from worker.dashboard.state import state_of
from worker.operations.times import rfc3339

PING = 15.0
"""Seconds between two signs of life: proxies close a connection that is silent for 30 to 60."""
AGAIN_MS = 2000
"""Milliseconds after which a client that lost the stream comes back."""


async def events(request: Request) -> Response:
    """The stream; first everything as it is, then what differs, looked at each two seconds once for all streams."""
    state, client = state_of(request), client_of(request)
    return EventStream(_messages(programs_of(request).changes), state.streams, client)


async def _messages(changes: Sampler) -> AsyncIterator[str]:
    yield f"retry: {AGAIN_MS}\n\n"
    async with aclosing(_looks(changes)) as looks:
        async for parts in looks:
            for message in messages(parts, time.time()):
                yield message


async def _looks(changes: Sampler) -> AsyncGenerator[Mapping[str, str]]:
    """What differs at each look, and a `ping` when it is time for one."""
    async with aclosing(changes.watch("")) as looks:
        step = asyncio.ensure_future(anext(looks))
        next_ping = time.monotonic() + PING
        try:
            while True:
                await asyncio.wait([step], timeout=max(next_ping - time.monotonic(), 0.0))
                if step.done():
                    yield step.result()
                    step = asyncio.ensure_future(anext(looks))
                if time.monotonic() >= next_ping:
                    next_ping += PING
                    yield {"ping": "{}"}
        finally:
            step.cancel()
            await asyncio.wait([step])


def messages(parts: Mapping[str, str], now: float) -> list[str]:
    """One event for each part: its name is the beginning of the part's, and its object begins with the time."""
    at = json.dumps(rfc3339(now))
    found = []
    for name, content in parts.items():
        rest = content[1:] if content == "{}" else f", {content[1:]}"
        found.append(f'event: {name.partition(":")[0]}\ndata: {{"at": {at}{rest}\n\n')
    return found


ROUTE = Route("GET", "/api/v1/events", Role.VIEWER, events)
