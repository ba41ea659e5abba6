"""Show first whether all is well, then what is to be done, then the way of a URL in figures."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from worker.dashboard.pages.page import page
from worker.dashboard.security.access import Role, Route
from worker.dashboard.state import state_of
from worker.dashboard.view.rendering import show


def overview(request: Request) -> Response:
    """The first page."""
    return show(request, "overview.html", page="/", report=state_of(request).queues())


ROUTES = (Route("GET", "/", Role.VIEWER, page(overview)),)
