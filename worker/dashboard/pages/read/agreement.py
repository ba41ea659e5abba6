"""Show how far two people agree, label by label, and the articles that they see differently."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from worker.dashboard.pages.page import page
from worker.dashboard.security.access import Role, Route
from worker.dashboard.state import state_of
from worker.dashboard.view.rendering import show
from worker.operations.agreement import agreement


def compare(request: Request) -> Response:
    """Two people compared: those that the address names, else the two who share the most articles."""
    query = request.query_params
    found = agreement(state_of(request).services, query.get("first") or None, query.get("second") or None)
    return show(request, "agreement.html", page="/review", found=found)


ROUTES = (Route("GET", "/review/agreement", Role.VIEWER, page(compare)),)
