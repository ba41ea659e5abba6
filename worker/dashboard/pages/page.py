"""Run the function of a page in a thread, and give up when it takes too long."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from worker.dashboard.security.answers import Refused

WITHIN = 4.0
"""Seconds: a page reports within five that the database is away, even where it accepts a question and never answers."""
ACT_WITHIN = 300.0
"""Seconds for an act that measures a model or takes out a host."""

Endpoint = Callable[[Request], Awaitable[Response]]


def page(function: Callable[[Request], Response], within: float = WITHIN) -> Endpoint:
    """The endpoint that calls `function` in a thread; raises Refused (503) where it takes too long."""

    async def endpoint(request: Request) -> Response:
        try:
            with anyio.fail_after(within):
                return await to_thread.run_sync(function, request, abandon_on_cancel=True)
        except TimeoutError:
            raise Refused(503, "unavailable", "The database does not answer.") from None

    return endpoint
