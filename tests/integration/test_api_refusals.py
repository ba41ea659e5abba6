"""What the API refuses, on both databases: a clear answer in the contract's form, and nothing half done."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.integration.conftest import empty_database
from tests.integration.parts.served_dashboard import Dashboard, served
from tests.integration.parts.servers import RedisServer, redis_binary
from worker.config import Settings

HUGE = "9" * 30


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def dashboard(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """One for all tests of a database: none of them changes anything."""
    folder = tmp_path_factory.mktemp("refusals")
    redis = RedisServer(str(redis_binary("valkey")))
    redis.start()
    with served(Settings(data_dir=folder, database_url=empty_database(request, folder), redis_url=redis.url)) as running:
        yield running
    redis.stop()


@pytest.fixture(autouse=True)
def nothing_changes(dashboard: Dashboard) -> Iterator[None]:
    yield
    assert dashboard.services.operator_ledger.balance().accepted == 0
    assert dashboard.services.operator_ledger.paused().hosts == ()


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "1 to 10,000"),
        ({"urls": []}, "1 to 10,000"),
        ({"urls": "https://one.test/a"}, "urls"),
        ({"urls": [1]}, "urls.0"),
        ({"urls": ["https://one.test/a"], "lane": "fast"}, "lane"),
        ({"urls": ["https://one.test/a"], "force": "yes"}, "force"),
        ({"urls": ["https://one.test/a"], "priority": 1}, "priority"),
        ({"urls": ["https://one.test/\0"]}, "NUL"),
        ({"urls": ["x" * 3000]}, "urls.0"),
        ({"urls": ["https://one.test/a"], "job": ""}, "job"),
        ({"urls": ["https://one.test/a"], "job": "j" * 300}, "job"),
        ([], "body"),
        ("x", "body"),
        (None, "body"),
    ],
)
def test_a_body_that_does_not_fit_is_400_and_names_the_field(dashboard, body, told):
    answer = dashboard.ask("POST", "/api/v1/items", raw=json.dumps(body).encode())
    assert (answer.status, answer.reason) == (400, "bad-request")
    assert told in answer.json["error"]["message"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"urls": ["https://one.test/a"], "urls',
        b'{"urls": ["\\ud800"]}',
        b'{"urls": [NaN]}',
        b"1e999",
    ],
)
def test_what_is_no_json_of_this_world_is_400(dashboard, raw):
    answer = dashboard.ask("POST", "/api/v1/items", raw=raw)
    assert (answer.status, answer.reason) == (400, "bad-request")


def test_a_body_of_more_than_5_mb_is_413(dashboard):
    answer = dashboard.ask("POST", "/api/v1/items", raw=b'{"urls": ["' + b"x" * 5_100_000 + b'"]}')
    assert (answer.status, answer.reason) == (413, "too-big")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"articles/{HUGE}", 404),
        ("articles/0", 404),
        ("articles/-1", 404),
        ("articles/x", 404),
        ("articles/812", 404),
        (f"items/{HUGE}", 404),
        ("items/812", 404),
        ("jobs/nothing", 404),
        (f"jobs/{HUGE}", 404),
        ("jobs/a/b/c", 404),
        ("hosts/nothing.test", 404),
        ("nothing", 404),
        ("queues?x=1", 400),
        ("due?reason=x", 400),
        ("due?limit=0", 400),
        ("due?limit=501", 400),
        (f"due?limit={HUGE}", 400),
        ("due?cursor=x", 400),
        ("due?x=1", 400),
        ("history?range=year", 400),
        ("log?since=yesterday", 400),
        ("log?since=9999999d", 400),
        ("log?cursor=%00", 400),
        ("items?url=x", 400),
        ("items?job=nothing", 404),
        ("items?state=lost", 400),
        ("items?cursor=bm8", 400),
        ("articles?topic=sports", 400),
        ("articles?since=2026-02-30", 400),
        ("articles?q=%00", 400),
        ("articles?limit=x", 400),
        ("articles/counts", 400),
        ("articles/counts?by=hour", 400),
        ("dead?group=day", 400),
        ("dead/ends", 400),
        (f"dead/ends?item_id={HUGE}", 400),
        ("reviews/agreement?first=", 400),
    ],
)
def test_what_is_not_there_is_404_and_what_is_wrong_400(dashboard, path, status):
    answer = dashboard.get(path)
    assert answer.status == status, answer.body
    assert answer.reason in ("not-found", "bad-request", "bad-url")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "BREW"])
def test_another_method_is_404_with_those_that_there_are(dashboard, method):
    answer = dashboard.ask(method, "/api/v1/queues")
    assert (answer.status, answer.reason) == (404, "not-found")
    assert answer.headers["allow"] == "GET"


@pytest.mark.parametrize("body", [{}, {"stage": "fetch", "host": "a.test"}, {"stage": "x"}, {"stage": ["fetch"]}, {"host": 7}])
def test_a_pause_of_nothing_or_of_two_things_is_400(dashboard, body):
    assert dashboard.post("pauses", body).status == 400
    assert dashboard.get("pauses").json == {"stages": [], "hosts": []}
