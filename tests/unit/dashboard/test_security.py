"""Hosts, sessions, tokens, sizes, rates and headers."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from urllib.parse import quote

import pytest
from fastapi import FastAPI

from tests.unit.dashboard.asgi import ask
from tests.unit.dashboard.conftest import USERS
from worker.bootstrap.dashboard import expect_guarded
from worker.config import Settings
from worker.config.value_types import Address
from worker.dashboard.security import limits
from worker.dashboard.security.answers import Refused
from worker.dashboard.security.callers import SESSION_SECONDS, Callers
from worker.dashboard.security.limits import Attempts, Streams
from worker.dashboard.security.middleware import POLICY, is_own_host
from worker.errors import UsageError

SECRET = "a token of the operator"
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("host", ["localhost", "localhost:8787", "127.0.0.1:8787", "[::1]:8787", "127.8.9.1", "LOCALHOST:1", "a.localhost"])
def test_loopback_names_are_this_dashboards_own(settings: Settings, host: str) -> None:
    assert is_own_host(host, settings)


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example:8787", "localhost.evil.example", "192.168.1.2", "[::2]", "", "[", "a b"]
)
def test_another_name_is_refused_against_rebinding(app: FastAPI, settings: Settings, host: str) -> None:
    assert not is_own_host(host, settings)
    assert ask(app, "GET", "/", {"host": host}).status == 403


def test_a_named_host_and_the_address_itself_are_its_own_where_others_may_reach_it(settings: Settings) -> None:
    wide = replace(settings, dashboard_address=Address("0.0.0.0", 8787), dashboard_hosts=("press.example.org",))
    assert is_own_host("press.example.org", wide)
    assert is_own_host("192.168.1.2:8787", wide)
    assert not is_own_host("other.example.org", wide)


@pytest.mark.parametrize(
    "change",
    [{"dashboard_address": Address("0.0.0.0", 8787)}, {"dashboard_address": Address("::", 1)}, {"dashboard_hosts": ("a.example",)}],
)
def test_what_others_can_reach_needs_a_token(settings: Settings, change: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="PRESSMARK_DASHBOARD_TOKEN"):
        expect_guarded(replace(settings, **change))
    expect_guarded(replace(settings, dashboard_token=SECRET, **change))
    expect_guarded(replace(settings, dashboard_users=USERS, **change))


def test_every_answer_carries_the_policy_and_pages_are_not_stored(app: FastAPI) -> None:
    for path in ("/", "/nothing", "/static/none", "/api/v1/queues"):
        headers = ask(app, "GET", path).headers
        assert headers["content-security-policy"] == POLICY
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
    assert "unsafe" not in POLICY


def test_a_session_is_the_cookie_of_whoever_showed_a_token(guarded: FastAPI) -> None:
    wrong = ask(guarded, "POST", "/sign-in", FORM, b"token=nonsense&next=/due")
    right = ask(guarded, "POST", "/sign-in", FORM, b"token=token-of-the-editor&next=/due")
    assert (wrong.status, right.status, right.headers["location"]) == (401, 303, "/due")
    assert b"not known" in wrong.body
    cookie = right.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert ask(guarded, "GET", "/", {"cookie": cookie.partition(";")[0]}).status == 200


@pytest.mark.parametrize(
    "asked", ["//[", "//[bad]/", "/\\[", "http://[", "//evil.example/due", "/nowhere", "/sign-in", "/due[%0a", "/[", ""]
)
def test_after_signing_in_nobody_is_sent_anywhere_but_to_a_page_of_this_dashboard(guarded: FastAPI, asked: str) -> None:
    form = f"token=token-of-the-editor&next={quote(asked)}".encode()
    answer = ask(guarded, "POST", "/sign-in", FORM, form)
    assert (answer.status, answer.headers["location"]) == (303, "/")


def test_a_session_off_loopback_is_kept_for_private_connections_only(guarded: FastAPI, guarded_settings: Settings) -> None:
    sent = {**FORM, "host": "127.0.0.1:8787"}
    assert "Secure" not in ask(guarded, "POST", "/sign-in", sent, b"token=token-of-the-editor").headers["set-cookie"]
    from worker.dashboard.app import create_app

    wide = create_app(guarded.state.dashboard.services, replace(guarded_settings, dashboard_hosts=("press.example.org",)))
    sent["host"] = "press.example.org"
    assert "Secure" in ask(wide, "POST", "/sign-in", sent, b"token=token-of-the-editor").headers["set-cookie"]


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/nothing/here", "", "/sign-out", "/a\r\nX: y"],
)
def test_signing_in_leads_to_a_page_of_ours(guarded: FastAPI, wanted: str) -> None:
    from urllib.parse import urlencode

    body = urlencode({"token": "token-of-the-editor", "next": wanted}).encode()
    assert ask(guarded, "POST", "/sign-in", FORM, body).headers["location"] == "/"


def test_a_forged_an_old_and_a_withdrawn_session_are_nobodys(settings: Settings) -> None:
    now = [1_000_000.0]
    callers = Callers(replace(settings, dashboard_users=USERS), clock=lambda: now[0])
    session = callers.open_session(callers.admit("token-of-the-viewer", "test"))
    name, until, seal = session.split("|")
    assert callers.by_session(session)
    for forged in (
        f"operator|{until}|{seal}",
        f"{name}|{int(until) + 1}|{seal}",
        f"{name}|{until}|",
        "",
        "|||",
        f"{name}|x|{seal}",
        "é|1|é",
    ):
        assert callers.by_session(forged) is None
    changed = Callers(replace(settings, dashboard_users=(replace(USERS[0], token=SECRET),)), clock=lambda: now[0])
    assert changed.by_session(session) is None
    now[0] += SESSION_SECONDS + 1
    assert callers.by_session(session) is None


def test_five_wrong_tokens_within_a_minute_close_the_door_to_that_address_also_for_the_right_one(guarded: FastAPI) -> None:
    statuses = [ask(guarded, "GET", "/api/v1/queues", {"authorization": f"Bearer wrong-{number}"}).status for number in range(6)]
    assert statuses == [401] * 5 + [429]
    right = {"authorization": "Bearer token-of-the-viewer"}
    closed = ask(guarded, "GET", "/api/v1/jobs", right)
    assert closed.status == 429
    assert 1 <= int(closed.headers["retry-after"]) <= 60
    assert ask(guarded, "POST", "/sign-in", FORM, b"token=token-of-the-viewer").status == 429
    assert ask(guarded, "GET", "/api/v1/jobs", right, client="127.0.0.2").status == 200


def test_a_token_is_asked_for_only_where_one_is_set(app: FastAPI, guarded: FastAPI) -> None:
    assert ask(app, "GET", "/api/v1/jobs").status == 200
    assert ask(guarded, "GET", "/api/v1/jobs").status == 401
    assert ask(guarded, "GET", "/api/v1/jobs", {"authorization": "Basic dTpw"}).status == 401
    assert ask(guarded, "GET", "/api/v1/jobs", {"authorization": "bearer token-of-the-viewer"}).status == 200


@pytest.mark.parametrize("stated", [True, False])
def test_a_body_beyond_5_mb_is_413_whatever_it_says_of_its_length(app: FastAPI, stated: bool) -> None:
    headers = FORM | ({"content-length": str(limits.BODY + 1)} if stated else {"content-length": "5"})
    assert ask(app, "POST", "/add", headers, b"x" * (limits.BODY + 1)).status == 413


def test_many_requests_from_one_address_have_to_wait() -> None:
    now = [0.0]
    attempts = Attempts(3, 10.0, clock=lambda: now[0])
    for _ in range(3):
        assert attempts.wait("a") == 0
        attempts.note("a")
    assert (attempts.wait("a"), attempts.wait("b")) == (10.0, 0)
    now[0] = 10.0
    assert attempts.wait("a") == 0


def test_silent_addresses_are_forgotten_before_they_fill_the_memory() -> None:
    now = [0.0]
    attempts = Attempts(3, 10.0, clock=lambda: now[0])
    for number in range(limits.CLIENTS_KEPT + 5):
        now[0] += 0.01
        attempts.note(str(number))
    assert len(attempts._times) < limits.CLIENTS_KEPT


def test_one_address_has_four_streams_and_all_have_fifty() -> None:
    streams = Streams()
    with ExitStack() as opened:
        for number in range(limits.STREAMS):
            opened.enter_context(streams.opened(f"client {number // limits.STREAMS_A_CLIENT}"))
        for client in ("client 0", "somebody else"):
            with pytest.raises(Refused), streams.opened(client):
                pass
    with ExitStack() as opened:
        for _ in range(limits.STREAMS_A_CLIENT):
            opened.enter_context(streams.opened("a"))
        with pytest.raises(Refused), streams.opened("a"):
            pass
        with streams.opened("b"):
            pass


def test_a_wrong_token_is_compared_with_all_and_told_as_unknown(settings: Settings) -> None:
    callers = Callers(replace(settings, dashboard_users=USERS))
    for token in ("", "x", "token-of-the-viewe", "token-of-the-viewer ", "\ud800", "é"):
        with pytest.raises(Refused) as refused:
            callers.admit(token, token)
        assert refused.value.status == 401
