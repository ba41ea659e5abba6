"""Show the settings that hold here, and why; of secrets only whether they are set."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from worker.dashboard.pages.page import page
from worker.dashboard.security.access import Role, Route
from worker.dashboard.state import state_of
from worker.dashboard.view.rendering import show
from worker.operations.settings import table


def listing(request: Request) -> Response:
    """Every setting."""
    state = state_of(request)
    return show(request, "settings.html", page="/settings", rows=table(state.settings).settings, notes=state.settings.notes)


ROUTES = (Route("GET", "/settings", Role.VIEWER, page(listing)),)
