"""Send a page's live parts to its viewers as server-sent events."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing

from starlette.requests import Request
from starlette.responses import Response

from worker.dashboard.live.event_stream import EventStream
from worker.dashboard.live.sampler import Sampler
from worker.dashboard.security.access import Role, Route
from worker.dashboard.security.answers import not_found
from worker.dashboard.security.middleware import client_of
from worker.dashboard.state import State, state_of
from worker.dashboard.view.rendering import clock


async def live(request: Request) -> Response:
    """The stream of one page; Refused for a page without live parts, and where too many streams are open."""
    state, client = state_of(request), client_of(request)
    sampler: Sampler = request.app.state.sampler
    page = request.path_params["page"] + (f"?{request.url.query}" if request.url.query else "")
    if not request.app.state.is_live(page):
        raise not_found("This page has no live parts.")
    return EventStream(_events(sampler, page, state), state.streams, client)


async def _events(sampler: Sampler, page: str, state: State) -> AsyncIterator[str]:
    """The parts that differ, then the time: the page knows that it is live also where nothing changed."""
    async with aclosing(sampler.watch(page)) as looks:
        async for parts in looks:
            if parts:
                yield as_event(parts)
            yield f"event: tick\ndata: {clock(state.settings).moment(time.time(), seconds=True).shown}\n\n"


def as_event(parts: Mapping[str, str]) -> str:
    """One message that replaces the content of each part's element."""
    html = "".join(f'<hx-partial hx-target="#{name}" hx-swap="innerMorph">{content}</hx-partial>' for name, content in parts.items())
    return "".join(f"data: {line}\n" for line in html.splitlines()) + "\n"


ROUTES = (Route("GET", "/live/{page:path}", Role.VIEWER, live),)
