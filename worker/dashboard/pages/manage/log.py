"""Show who did what, when, on how many, and why."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from worker.dashboard.pages.page import page
from worker.dashboard.security.access import Role, Route
from worker.dashboard.state import state_of
from worker.dashboard.view.rendering import show
from worker.operations import audit
from worker.storage.audit import DeedFilter

AREAS = {
    "": "Everything",
    "enqueue": "Added",
    "dead": "Dead letters",
    "pause": "Paused",
    "resume": "Resumed",
    "host": "Hosts",
    "due": "Tried now",
    "job": "Jobs",
    "review": "Reviews",
    "labels": "Corrections",
    "model": "Models",
    "relabel": "Labelled again",
    "forget": "Taken down",
}


def listing(request: Request) -> Response:
    """A page of the log, the newest first."""
    query = request.query_params
    who, what = query.get("who", "").strip()[:100], query.get("what", "")
    what = what if what in AREAS else ""
    found = audit.entries(state_of(request).services, DeedFilter(who or None, what or None), cursor=query.get("cursor") or None)
    narrowed = {name: value for name, value in (("who", who), ("what", what)) if value}
    pages = {
        name: f"/log?{urlencode({**narrowed, 'cursor': cursor})}"
        for name, cursor in (("older", found.older), ("newer", found.newer))
        if cursor
    }
    return show(request, "log.html", page="/log", found=found, who=who, what=what, areas=AREAS, pages=pages, narrowed=narrowed, which=which)


def which(fields: Mapping[str, object] | None) -> str:
    """What it was done to: `host press.example, rate 20 a minute`; rates are stored in pages a second."""
    told = (
        (name, f"{value * 60:g} a minute" if name == "rate" and isinstance(value, float | int) else value)
        for name, value in (fields or {}).items()
    )
    return ", ".join(f"{name} {value}" for name, value in told)


ROUTES = (Route("GET", "/log", Role.VIEWER, page(listing)),)
