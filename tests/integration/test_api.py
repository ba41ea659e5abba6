"""The API on real servers: what each route answers, and what it refuses."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.integration.conftest import NAMESPACE
from tests.integration.parts.samples import entry, failed
from tests.integration.parts.served_dashboard import Dashboard, served
from worker.config import Settings
from worker.storage.ledger import Ledger
from worker.storage.values import Delivered

pytestmark = pytest.mark.parametrize(
    ("redis_server", "database_url"), [("valkey", "sqlite"), ("redis-server", "postgresql")], indirect=True
)


@pytest.fixture
def dashboard(settings: Settings, redis_server, tmp_path: Path) -> Iterator[Dashboard]:
    with served(replace(settings, redis_url=redis_server.url)) as running:
        yield running


@pytest.fixture
def ledger(dashboard: Dashboard) -> Ledger:
    return Ledger(dashboard.services.engine, dashboard.services.settings)


def died(ledger: Ledger, count: int, reason: str = "http-404") -> list[int]:
    """So many items that were leased and died."""
    ledger.accept([entry(number) for number in range(count)], ledger.open_job("all"))
    lead = ledger.take_lead(ledger.leadership(), "test")
    requests = [request for _, request in ledger.lease(lead, count)]
    ledger.keep([Delivered(str(request.item_id), failed(request, reason)) for request in requests], entry)
    return [request.item_id for request in requests]


# Accepting


def test_each_address_gets_its_verdict_and_the_sum_is_told(dashboard, ledger):
    # When
    answer = dashboard.post(
        "items", {"urls": ["https://one.test/a", "x", "http://127.0.0.1/"], "feeds": ["https://one.test/f"], "job": "m"}
    )
    again = dashboard.post("items", {"urls": ["https://ONE.test/a"]})
    # Then
    assert answer.status == 200
    assert [(item["state"], item["reason"]) for item in answer.json["items"]] == [
        ("accepted", None),
        ("refused", "bad-url"),
        ("refused", "private-address"),
        ("accepted", None),
    ]
    assert {name: answer.json[name] for name in ("job", "accepted", "known", "refused")} == {
        "job": "m",
        "accepted": 2,
        "known": 0,
        "refused": 2,
    }
    assert again.json["items"][0] == {
        "url": "https://one.test/a",
        "item_id": answer.json["items"][0]["item_id"],
        "state": "known",
        "reason": "known",
    }
    assert ledger.balance().accepted == 2


def test_a_dry_run_writes_nothing(dashboard, ledger):
    answer = dashboard.post("items", {"urls": ["https://one.test/a"], "dry_run": True})
    assert answer.json["items"][0]["state"] == "accepted"
    assert answer.json["job"] is None
    assert ledger.balance().accepted == 0


def test_two_who_send_the_same_addresses_at_once_accept_each_once(dashboard, ledger):
    # Given
    urls = [f"https://h{number}.test/{number}" for number in range(500)]
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(dashboard.post("items", {"urls": urls}))) for _ in range(4)]
    # When
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Then
    assert [answer.status for answer in answers] == [200] * 4
    assert sum(answer.json["accepted"] for answer in answers) == 500
    assert ledger.balance().accepted == 500
    assert len({item["item_id"] for answer in answers for item in answer.json["items"]}) == 500


# Dead letters


def test_many_dead_letters_are_sent_again_only_with_the_token_of_a_preview(dashboard, ledger):
    # Given
    ids = died(ledger, 12)
    # When
    blind = dashboard.post("dead/requeue", {"reason": "http-404"})
    seen = dashboard.post("dead/requeue", {"reason": "http-404", "dry_run": True})
    # Then
    assert (blind.status, blind.reason) == (400, "token")
    assert ledger.balance().states["dead"] == 12
    assert set(seen.json) >= {"count", "examples", "blocked", "token"}
    assert (seen.json["count"], len(seen.json["examples"])) == (12, 5)
    # When
    done = dashboard.post("dead/requeue", {"reason": "http-404", "token": seen.json["token"]})
    # Then
    assert done.json["requeued"] == 12
    assert ledger.balance().states["waiting"] == 12
    ends = dashboard.get(f"dead/ends?item_id={ids[0]}&item_id={ids[1]}").json
    assert ends == {"done": False, "ends": [{"state": "waiting", "reason": None, "count": 2}]}


def test_a_set_that_has_changed_since_its_preview_is_409_and_nothing_is_done(dashboard, ledger):
    # Given
    ids = died(ledger, 3)
    seen = dashboard.post("dead/drop", {"reason": "http-404", "dry_run": True}).json
    # When
    one = dashboard.post("dead/requeue", {"item_ids": [ids[0]]})
    late = dashboard.post("dead/drop", {"reason": "http-404", "token": seen["token"]})
    # Then
    assert one.json["requeued"] == 1
    assert late.status == 409
    assert late.reason
    assert ledger.balance().states["dead"] == 2
    assert {dead.reason for dead in ledger.dead_groups()} == {"http-404"}


@pytest.mark.parametrize("token", ["x", "", "a.b", "W10.W10", "é.é", "9" * 1000])
def test_a_token_that_was_never_given_does_nothing(dashboard, ledger, token):
    died(ledger, 2)
    answer = dashboard.post("dead/drop", {"reason": "http-404", "token": token})
    assert answer.status in (400, 409)
    assert answer.reason
    assert {dead.reason for dead in ledger.dead_groups()} == {"http-404"}


def test_two_who_act_on_the_same_preview_at_once_do_it_once(dashboard, ledger):
    # Given
    died(ledger, 40)
    seen = dashboard.post("dead/requeue", {"reason": "http-404", "dry_run": True}).json
    answers = []
    body = {"reason": "http-404", "token": seen["token"]}
    threads = [threading.Thread(target=lambda: answers.append(dashboard.post("dead/requeue", body))) for _ in range(2)]
    # When
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Then
    assert sum(answer.json.get("requeued", 0) for answer in answers) == 40
    assert all(answer.status in (200, 409) for answer in answers)
    assert ledger.balance().states["waiting"] == 40
    assert ledger.balance().balanced


def test_dead_letters_are_shown_by_cause_by_reason_and_one_by_one(dashboard, ledger):
    died(ledger, 7)
    causes = dashboard.get("dead?group=cause").json
    assert sum(cause["count"] for cause in causes) == 7
    assert all(set(cause) >= {"reason", "host", "detail", "count", "first", "newest", "examples", "advice"} for cause in causes)
    assert [(cause["reason"], cause["count"]) for cause in dashboard.get("dead?group=reason").json] == [("http-404", 7)]
    assert len(dashboard.get("dead?limit=3").json) == 3
    assert dashboard.get("dead?reason=timeout").json == []


# Pauses, hosts, jobs, models


def test_a_stage_and_a_host_are_stopped_and_go_on(dashboard):
    assert dashboard.post("pauses", {"stage": "label", "note": "a new model"}).json == {"stages": ["label"], "hosts": []}
    dashboard.post("pauses", {"host": "one.test:443"})
    assert dashboard.get("pauses").json == {"stages": ["label"], "hosts": ["one.test:443"]}
    assert [queue["paused"] for queue in dashboard.get("queues").json["queues"] if queue["name"] == "label"] == [True]
    assert dashboard.delete("pauses?stage=all").json == {"stages": [], "hosts": ["one.test:443"]}
    assert dashboard.delete("pauses?host=one.test").json == {"stages": [], "hosts": []}
    done = [entry["what"] for entry in dashboard.get("log").json["entries"]]
    assert done == ["resume", "resume", "pause", "pause"]


def test_a_job_with_a_name_full_of_slashes_is_shown_and_stopped(dashboard):
    dashboard.post("items", {"urls": ["https://one.test/a"], "job": "a/b c?/stop"})
    assert dashboard.get("jobs/a%2Fb%20c%3F%2Fstop").json["job"]["waiting"] == 1
    assert dashboard.post("jobs/a%2Fb%20c%3F%2Fstop/stop").json == {"job": "a/b c?/stop", "dropped": 1}
    assert [job["dead"] for job in dashboard.get("jobs").json] == [1]


def test_a_stop_is_looked_at_first_and_reaches_what_was_seen_or_nothing(dashboard: Dashboard) -> None:
    dashboard.post("items", {"urls": [f"https://h{number}.test/" for number in range(7)], "job": "monday"})
    dashboard.post("items", {"urls": ["https://h0.test/"], "job": "tuesday"})
    seen = dashboard.post("jobs/monday/stop", {"dry_run": True}).json
    assert (seen["count"], len(seen["examples"]), seen["blocked"]) == (6, 5, []), "one of the seven is in another job, too"
    assert dashboard.get("jobs/monday").json["job"]["waiting"] == 7
    dashboard.post("items", {"urls": ["https://h9.test/"], "job": "monday"})
    late = dashboard.post("jobs/monday/stop", {"token": seen["token"]})
    assert (late.status, late.json["error"]["message"]) == (409, "It was 6, now 7. Look again.")
    again = dashboard.post("jobs/monday/stop", {"dry_run": True}).json
    assert dashboard.post("jobs/monday/stop", {"token": again["token"]}).json == {"job": "monday", "dropped": 7}


def test_an_act_does_not_pass_over_a_field_that_it_does_not_know(dashboard: Dashboard) -> None:
    dashboard.post("items", {"urls": ["https://h0.test/"], "job": "monday"})
    for act in ("jobs/monday/stop", "hosts/h0.test/lift", "models/rollback", "reviews/1/skip", "sources/1/poll"):
        refused = dashboard.post(act, {"dry": True})
        assert (refused.status, refused.json["error"]["message"]) == (400, "dry: there is no field with this name."), act
    assert dashboard.get("jobs/monday").json["job"]["waiting"] == 1
    assert dashboard.ask("DELETE", "/api/v1/pauses?stage=all", {"dry_run": True}).status == 400
    assert dashboard.ask("POST", "/api/v1/hosts/h0.test/lift", raw=b"[1]").status == 400
    assert dashboard.post("hosts/h0.test/lift", {}).status == 200
    told = dashboard.ask("POST", "/api/v1/items", raw=b"{not json").json["error"]["message"]
    assert told == "body: expected a body of JSON."


def test_the_next_page_of_hosts_stands_in_the_header_link(dashboard):
    dashboard.post("items", {"urls": [f"https://h{number}.test/" for number in range(5)]})
    first = dashboard.get("hosts?limit=3")
    assert len(first.json) == 3
    address = first.headers["link"].partition("<")[2].partition(">")[0]
    second = dashboard.ask("GET", address.removeprefix(dashboard.url))
    assert "link" not in second.headers
    assert len({host["host"] for host in first.json + second.json}) == 5


def test_a_model_that_is_not_there_is_404_and_nothing_to_roll_back_409(dashboard):
    assert dashboard.get("models").json[-1]["active"] is True
    missing = dashboard.post("models/nothing/promote", {})
    assert (missing.status, missing.reason) == (404, "not-found")
    nothing = dashboard.post("models/rollback")
    assert (nothing.status, nothing.reason) == (409, "no-promotion")


def test_settings_show_no_secret(dashboard):
    shown = {row["name"]: row["value"] for row in dashboard.get("settings").json["settings"]}
    assert shown["PRESSMARK_NAMESPACE"] == NAMESPACE
    assert dashboard.services.settings.redis_url not in json.dumps(shown)


# Health


def test_livez_answers_and_readyz_names_what_makes_no_progress(dashboard):
    assert dashboard.ask("GET", "/livez").json == {"alive": True}
    answer = dashboard.ask("GET", "/readyz")
    assert answer.status == 503
    assert answer.json == {"ready": False, "reasons": [{"what": "dispatcher", "why": "none runs"}, {"what": "keeper", "why": "none runs"}]}


def test_readyz_is_well_once_a_dispatcher_and_a_keeper_show_progress(dashboard):
    for kind in ("dispatcher", "keeper"):
        dashboard.services.control.heartbeat(f"{kind}@here-1", (), 0)
    answer = dashboard.ask("GET", "/readyz")
    assert (answer.status, answer.json) == (200, {"ready": True, "reasons": []})
