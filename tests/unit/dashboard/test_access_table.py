"""Route by role by origin, generated from the application: who may ask for what, and nothing beside it."""

from __future__ import annotations

import re
from itertools import product

import pytest
from fastapi import FastAPI
from starlette.responses import JSONResponse

from tests.unit.dashboard.asgi import ask
from tests.unit.dashboard.conftest import USERS
from worker.config import Settings
from worker.dashboard.security.access import Role, Route
from worker.dashboard.security.callers import COOKIE, Callers
from worker.dashboard.security.middleware import Security, caller_of

TOKENS = {"nobody": "", **{user.name: user.token for user in USERS}}
ROLES = {"nobody": Role.ANYONE, "viewer": Role.VIEWER, "editor": Role.EDITOR, "operator": Role.OPERATOR}
SAME = "http://127.0.0.1:8787"
ORIGINS: dict[str, tuple[dict[str, str], bool | None]] = {
    "a program": ({}, True),
    "the page itself": ({"sec-fetch-site": "same-origin", "origin": SAME}, True),
    "a form of the page itself, under no-referrer": ({"sec-fetch-site": "same-origin", "origin": "null"}, True),
    "an old browser's own page": ({"origin": SAME}, True),
    "another site": ({"sec-fetch-site": "cross-site", "origin": "http://evil.example"}, False),
    "another site without Origin": ({"sec-fetch-site": "cross-site"}, False),
    "another port of this host": ({"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:9999"}, False),
    "a sandboxed frame": ({"sec-fetch-site": "cross-site", "origin": "null"}, False),
    "a sandboxed frame of an old browser": ({"origin": "null"}, False),
    "what no browser sends": ({"sec-fetch-site": "same-origin", "origin": "http://evil.example"}, False),
    "a link on another site": ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}, None),
    "an address that was typed": ({"sec-fetch-site": "none", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}, None),
}
"""Headers, and whether they may pass; None: to read only."""


def path_of(route: Route) -> str:
    """An address that the route answers."""
    filled = re.sub(r"\{\w+:int\}", "1", route.path)
    return re.sub(r"\{\w+(:path)?\}", "x", filled)


class Reached:
    """Stands in for the application behind the security: says who was let through."""

    async def __call__(self, scope, receive, send) -> None:
        from starlette.requests import Request

        await JSONResponse({"name": caller_of(Request(scope)).name})(scope, receive, send)


@pytest.fixture
def security(guarded: FastAPI, guarded_settings: Settings) -> Security:
    state = guarded.state.dashboard
    made = Security(Reached(), table=guarded.state.table, callers=state.callers, settings=guarded_settings, answer=_plain)
    made._requests._most = 10**9  # the number of requests is another test's question
    return made


def _plain(request, refused) -> JSONResponse:
    return JSONResponse({"reason": refused.reason}, refused.status)


def form_body(callers: Callers, who: str, cookie: str) -> bytes:
    caller = callers.by_session(cookie)
    return f"form_token={callers.form_token(caller)}".encode() if caller else b"form_token=x"


def test_every_route_lets_in_exactly_those_who_may_from_where_they_may(guarded: FastAPI, security: Security) -> None:
    table, callers, holes = guarded.state.table, guarded.state.dashboard.callers, []
    assert len(table.routes) > 60
    for route, who, (where, (headers, passes)) in product(table.routes, TOKENS, ORIGINS.items()):
        cookie = callers.open_session(callers.admit(TOKENS[who], "test")) if TOKENS[who] else ""
        body = form_body(callers, who, cookie) if route.form else b""
        sent = {**headers, "cookie": f"{COOKIE}={cookie}", "content-type": "application/x-www-form-urlencoded"}
        status = ask(security, route.method, path_of(route), sent, body).status
        from_here = passes if passes is not None else route.method == "GET"
        wanted = 403 if not from_here else 401 if who == "nobody" and route.role > Role.ANYONE else 403 if ROLES[who] < route.role else 200
        if route.form and who == "nobody" and wanted == 200:
            wanted = 403  # a form that anyone may send still needs the token of its page
        if status != wanted:
            holes.append((route.method, route.path, who, where, f"expected {wanted}, got {status}"))
    assert holes == []


def test_a_form_without_the_token_of_its_page_is_refused(guarded: FastAPI, security: Security) -> None:
    callers = guarded.state.dashboard.callers
    session = callers.open_session(callers.admit("token-of-the-operator", "test"))
    other = callers.form_token(callers.admit("token-of-the-editor", "test"))
    for route in (route for route in guarded.state.table.routes if route.form):
        for body in (b"", b"form_token=", f"form_token={other}".encode()):
            headers = {"cookie": f"{COOKIE}={session}", "content-type": "application/x-www-form-urlencoded"}
            assert ask(security, route.method, path_of(route), headers, body).status == 403, route.path


def test_every_page_that_changes_something_demands_the_token_of_a_form(guarded: FastAPI) -> None:
    changing = [route for route in guarded.state.table.routes if route.method != "GET" and not route.path.startswith("/api/")]
    assert {route.path for route in changing if not route.form} == {"/sign-in"}


def test_a_route_that_is_in_no_row_is_not_there(guarded: FastAPI, security: Security) -> None:
    guarded.router.add_route("/hidden", lambda request: JSONResponse({}), methods=["GET"])
    bearer = {"authorization": "Bearer token-of-the-operator"}
    assert ask(guarded, "GET", "/hidden", bearer).status == 404
    assert ask(security, "GET", "/", bearer).status == 200


def test_what_the_api_describes_is_in_the_table(app: FastAPI) -> None:
    described = {(method.upper(), path) for path, methods in app.openapi()["paths"].items() for method in methods}
    listed = {(route.method, re.sub(r":\w+\}", "}", route.path)) for route in app.state.table.routes}
    assert described
    assert described - listed == set()


def test_the_application_answers_refusals_to_programs_as_json_and_to_people_as_pages(guarded: FastAPI) -> None:
    for_program, for_person = ask(guarded, "GET", "/api/v1/queues"), ask(guarded, "GET", "/articles?q=x")
    assert (for_program.status, for_program.headers["content-type"]) == (401, "application/json")
    assert (for_person.status, for_person.headers["content-type"]) == (401, "text/html; charset=utf-8")
    assert b"Sign in" in for_person.body
