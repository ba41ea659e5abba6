"""The place of the sources that are followed; until that part is delivered, it says how a feed is read once."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from worker.dashboard.pages.page import page
from worker.dashboard.security.access import Role, Route
from worker.dashboard.view.rendering import show


def listing(request: Request) -> Response:
    """What there is."""
    return show(request, "sources.html", page="/sources")


ROUTES = (Route("GET", "/sources", Role.VIEWER, page(listing)),)
