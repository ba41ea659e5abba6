"""What an operator does to a small ledger: jobs, traces, pauses and take-downs."""

from __future__ import annotations

import pytest

from worker.bootstrap import Services
from worker.errors import Unavailable, UsageError
from worker.intake.canonical_url import admit
from worker.operations import installation, jobs, pauses
from worker.operations.accept import Acceptance, Candidate, Terms
from worker.operations.pauses import Pauses, Target
from worker.operations.takedown import forget_host, forget_url
from worker.operations.trace import trace
from worker.operations.workers import workers
from worker.storage.values import Job

FIRST, SECOND = "http://pub.example/a", "http://other.example/b"


@pytest.fixture
def job(services: Services) -> Job:
    """A job of two URLs that wait."""
    accepting = Acceptance(services.settings, lambda: services, Terms("monday"))
    accepting.batch([Candidate(FIRST, "1"), Candidate(SECOND, "2")])
    assert accepting.job is not None
    return accepting.job


def test_a_job_has_the_shape_that_commands_print(services: Services, job: Job) -> None:
    (status,) = jobs.jobs(services)
    assert status == jobs.show(services, "1")
    assert list(status.to_dict()) == [
        *("id", "name", "created_at", "stopped_at", "accepted", "waiting", "running", "stored", "duplicate", "refused", "dead"),
        *("refused_at_door", "known"),
    ]


def test_a_job_is_waited_for_until_nothing_of_it_is_under_way(services: Services, job: Job) -> None:
    # Given somebody who stops the job after the first look
    seen = []
    for status in jobs.until_ended(services, job, every=0.0):
        seen.append(status.under_way)
        if len(seen) == 1:
            assert jobs.stop(services, "monday").to_dict() == {"job": "monday", "dropped": 2}
    # Then the last look has nothing under way
    assert seen == [2, 0]
    assert status.dead == 2


def test_a_job_that_does_not_exist_is_a_usage_error(services: Services) -> None:
    with pytest.raises(UsageError, match="tuesday"):
        jobs.show(services, "tuesday")


def test_a_trace_has_the_shape_that_commands_print(services: Services, job: Job) -> None:
    # Given an item that was dropped
    jobs.stop(services, "monday")
    # When
    (item,) = trace(services, admit(FIRST, services.settings))
    assert (item.url, item.kind, item.state, item.jobs) == (FIRST, "article", "dead", ("monday",))
    document = item.to_dict()
    assert list(document) == [
        *("item_id", "url", "kind", "lane", "state", "reason", "due", "tries", "strikes", "jobs", "duplicate_of", "events", "held"),
    ]
    assert list(document["events"][0]) == ["at", "stage", "outcome", "reason", "detail", "ms"]
    assert trace(services, admit("http://pub.example/none", services.settings)) == []


def test_what_is_paused_is_listed_and_goes_on_by_name(services: Services) -> None:
    assert pauses.pause(services, Target(("store", "fetch"))) == Pauses(("fetch", "store"), (), announced=False)
    paused = pauses.pause(services, Target(host="Pub.Example"))
    assert paused.to_dict() == {"stages": ["fetch", "store"], "hosts": ["pub.example:443", "pub.example:80"]}
    assert pauses.resume(services, Target(pauses.STAGES)).stages == ()
    assert pauses.resume(services, Target(host="pub.example")).hosts == ()


def test_what_is_forgotten_is_counted(services: Services, job: Job) -> None:
    first = admit(FIRST, services.settings)
    assert forget_url(services, first).to_dict() == {"forgotten": 1}
    with pytest.raises(UsageError, match="expected a URL that was accepted"):
        forget_url(services, admit("http://pub.example/none", services.settings))
    assert forget_host(services, "Other.Example.").forgotten == 1


def test_a_schema_is_current_after_the_first_migration(services: Services) -> None:
    done = installation.migrate(services)
    assert done.before == done.after


def test_without_redis_nothing_is_up_and_the_workers_are_unknown(services: Services) -> None:
    assert not installation.is_up(services.settings)
    with pytest.raises(Unavailable):
        workers(services)
