"""Sign people in by their token, and out again."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from worker.dashboard.pages.page import page
from worker.dashboard.security.access import Role, Route
from worker.dashboard.security.answers import Refused
from worker.dashboard.security.callers import COOKIE, SESSION_SECONDS
from worker.dashboard.security.forms import Form
from worker.dashboard.security.middleware import client_of
from worker.dashboard.state import state_of
from worker.dashboard.view.rendering import go, show


def form(request: Request, refused: Refused | None = None, wanted: str = "") -> Response:
    """The form; after a refusal, with the status of it and at the address that was asked for."""
    asked = wanted or (request.url.path + (f"?{request.url.query}" if request.url.query else "") if request.method == "GET" else "/")
    status = refused.status if refused else 200
    fault = refused.message if refused and request.method == "POST" else ""
    headers = refused.headers if refused else {}
    return show(request, "sign_in.html", status=status, headers=headers, page="", fault=fault, next=own_address(request, asked))


def enter(request: Request) -> Response:
    """Opens a session for whoever shows a token."""
    filled, state = Form.of(request), state_of(request)
    try:
        caller = state.callers.admit(filled.text("token"), client_of(request))
    except Refused as refused:
        return form(request, refused, filled.text("next") or "/")
    response = go(request, own_address(request, filled.text("next")))
    session = state.callers.open_session(caller)
    response.set_cookie(COOKIE, session, max_age=SESSION_SECONDS, httponly=True, samesite="strict", secure=not _is_loopback(request))
    return response


def leave(request: Request) -> Response:
    """Ends the session of this browser."""
    response = go(request, "/sign-in")
    response.delete_cookie(COOKIE)
    return response


def own_address(request: Request, address: str) -> str:
    """The address where it is a page of this dashboard, else Overview: nobody is sent to another site after signing in."""
    if not address.startswith("/") or address.startswith(("//", "/\\")) or not address.isprintable():
        return "/"
    path = urlsplit(address).path
    return address if request.app.state.table.find("GET", path) and not path.startswith("/sign-") else "/"


def _is_loopback(request: Request) -> bool:
    """A browser keeps a `Secure` cookie only where the connection is private: by https, or inside this machine."""
    name = request.url.hostname or ""
    return name == "localhost" or name.endswith(".localhost") or name.startswith("127.") or name == "::1"


ROUTES = (
    Route("GET", "/sign-in", Role.ANYONE, page(form)),
    Route("POST", "/sign-in", Role.ANYONE, page(enter)),
    Route("POST", "/sign-out", Role.ANYONE, page(leave), form=True),
)
