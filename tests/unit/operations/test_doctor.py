"""The doctor: every check is made, whatever the others found."""

from __future__ import annotations

import dataclasses

import pytest

from worker.bootstrap import Services
from worker.config import MIB, Settings
from worker.errors import Unavailable
from worker.operations import doctor, queues
from worker.operations.queues import QueueStatus
from worker.operations.workers import Worker
from worker.queues import QUEUES


def test_a_fresh_installation_is_well_and_every_check_was_made(settings: Settings) -> None:
    found = doctor.diagnose(settings)
    assert found.ok
    assert {finding.check for finding in found.checks} == {"settings", "disk", "database", "redis", "model"}
    assert list(found.to_dict()["checks"][0]) == ["check", "state", "detail", "remedy"]


def test_a_database_is_counted_anew(services: Services) -> None:
    findings = {finding.check: finding for finding in doctor.diagnose(services.settings).checks}
    assert (findings["identity"].state, findings["counters"].detail) == ("ok", "0 accepted, counted anew")


def test_a_full_disk_is_wrong_and_has_a_remedy(settings: Settings) -> None:
    found = doctor.diagnose(dataclasses.replace(settings, disk_free_min=1 << 49))
    (disk,) = [finding for finding in found.checks if finding.check == "disk"]
    assert (found.ok, disk.state) == (False, "wrong")
    assert disk.remedy


def test_a_check_that_cannot_be_made_is_a_finding(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given
    def away(_: Settings) -> None:
        raise Unavailable("the database is away")

    monkeypatch.setitem(doctor.CHECKS, "database", away)
    # When
    found = doctor.diagnose(settings)
    # Then
    assert ("database", "wrong", "the database is away") in [(one.check, one.state, one.detail) for one in found.checks]
    assert found.checks[-1].check == "model"


def test_an_evicting_redis_and_one_without_a_log_are_told(settings: Settings) -> None:
    findings = list(doctor._durability("allkeys-lru", "no"))
    assert [finding.state for finding in findings] == ["wrong", "note"]
    assert doctor._version({"redis_version": "6.0.16"}).state == "wrong"
    assert doctor._version({"redis_version": "7.2.4", "valkey_version": "8.1.0"}).detail == "answers, version 8.1.0"


@pytest.mark.parametrize(("maxmemory", "states"), [(0, []), (512 * MIB, []), (300 * MIB, ["note"]), (64 * MIB, ["note", "wrong"])])
def test_the_limits_of_the_public_stream_are_compared_with_redis_memory(settings: Settings, maxmemory: int, states: list[str]) -> None:
    found = list(doctor._room(maxmemory, settings))
    assert [finding.state for finding in found] == states
    assert all("maxmemory" in str(finding.remedy) for finding in found)


def test_parked_messages_are_worth_a_note(settings: Settings) -> None:
    assert list(doctor._parked(0, settings)) == []
    assert "pressmark:parked" in str(next(doctor._parked(3, settings)).remedy)


def test_what_status_calls_wrong_the_doctor_does_too_while_something_is_at_work(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given an installation in which only a keeper is at work
    named = dataclasses.replace(services.settings, redis_url="redis://127.0.0.1:1/0")
    depths = tuple(QueueStatus(name, 0, 0, None, 0, 0, paused=False) for name in QUEUES)

    def reported(given: Services) -> queues.QueueReport:
        keeper = Worker("keeper@a-1", (), True, "2026-03-22T00:00:00.000Z", 0)
        return dataclasses.replace(queue_report(given), queues=depths, workers=(keeper,))

    queue_report = queues.report
    monkeypatch.setattr(doctor.queues, "report", reported)
    monkeypatch.setattr(doctor.problems, "of_redis", lambda *_: iter(()))
    # Then
    assert [(found.state, found.detail) for found in doctor._work(named)] == [
        ("wrong", "No worker fetches. Start one: `pressmark worker fetch`."),
        ("wrong", "No worker labels. Start one: `pressmark worker label`."),
        ("wrong", "No dispatcher runs. Start one: `pressmark dispatcher`."),
    ]
    # And that nothing was started is worth a note
    monkeypatch.setattr(doctor.queues, "report", lambda given: dataclasses.replace(queue_report(given), queues=depths, workers=()))
    assert [(found.state, found.detail) for found in doctor._work(named)] == [("note", "no process is at work")]
