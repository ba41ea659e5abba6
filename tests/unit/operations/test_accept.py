"""Acceptance: every candidate gets its answer, and a call in which everything is refused leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from worker.bootstrap import Services
from worker.config import Settings
from worker.operations import installation, jobs
from worker.operations.accept import Acceptance, Candidate, Terms, Totals


def candidates(*urls: str) -> list[Candidate]:
    return [Candidate(url, f"argument {number}") for number, url in enumerate(urls, 1)]


@pytest.fixture
def opened(settings: Settings) -> Iterator[list[Services]]:
    """The services that acceptance opened."""
    made: list[Services] = []
    yield made
    for services in made:
        services.close()


def acceptance(settings: Settings, opened: list[Services], **terms: object) -> Acceptance:
    def open_services() -> Services:
        services = Services(settings)
        installation.prepare(services)
        opened.append(services)
        return services

    return Acceptance(settings, open_services, Terms(**terms))


def test_each_candidate_is_answered_in_its_place(settings: Settings, opened: list[Services]) -> None:
    # Given
    given = candidates("http://pub.example/a", "ftp://pub.example/", "http://PUB.example:80/a#top")
    # When
    answers = acceptance(settings, opened).batch([*given, Candidate("", "list.txt:7", fault="expected a line of text")])
    # Then
    assert [answer.to_dict() for answer in answers] == [
        {"url": "http://pub.example/a", "item_id": 1, "state": "accepted", "reason": None},
        {"url": "ftp://pub.example/", "item_id": None, "state": "refused", "reason": "scheme"},
        {"url": "http://pub.example/a", "item_id": 1, "state": "known", "reason": "known"},
        {"url": "", "item_id": None, "state": "refused", "reason": "bad-url"},
    ]
    assert (answers[1].where, answers[3].where, answers[3].detail) == ("argument 2", "list.txt:7", "expected a line of text")


def test_totals_count_every_batch_and_the_job_learns_what_was_refused(settings: Settings, opened: list[Services]) -> None:
    # Given
    accepting = acceptance(settings, opened, job_name="monday")
    # When
    accepting.batch(candidates("nope", "http://pub.example/a"))
    accepting.batch(candidates("http://pub.example/a", "http://pub.example/b", "nor this"))
    accepting.finish()
    # Then
    assert accepting.totals == Totals(accepted=2, known=1, refused=2)
    status = jobs.show(opened[0], "monday")
    assert (status.accepted, status.waiting, status.known, status.refused_at_door) == (2, 2, 1, 2)
    assert status.under_way == 2


def test_refusals_alone_open_neither_database_nor_job(settings: Settings, opened: list[Services]) -> None:
    accepting = acceptance(settings, opened)
    accepting.batch(candidates("nope"))
    accepting.finish()
    assert (opened, accepting.job, settings.data_dir.exists()) == ([], None, False)


def test_a_dry_run_answers_and_writes_nothing(settings: Settings, opened: list[Services]) -> None:
    # Given a dry run where there is no database
    dry = acceptance(settings, opened, dry_run=True)
    assert [(answer.state, answer.item_id) for answer in dry.batch(candidates("http://pub.example/a"))] == [("accepted", None)]
    assert not settings.data_dir.exists()
    # When one URL is known, and both are tried
    acceptance(settings, opened, job_name="monday").batch(candidates("http://pub.example/a"))
    answers = acceptance(settings, opened, dry_run=True).batch(candidates("http://pub.example/a", "http://pub.example/b"))
    # Then
    assert [(answer.state, answer.item_id) for answer in answers] == [("known", 1), ("accepted", None)]
    assert [status.accepted for status in jobs.jobs(opened[0])] == [1]


def test_feeds_and_sitemaps_are_items_of_their_own(settings: Settings, opened: list[Services]) -> None:
    url = "http://pub.example/x"
    answers = acceptance(settings, opened).batch([Candidate(url, "a"), Candidate(url, "b", "feed"), Candidate(url, "c", "sitemap")])
    assert [answer.state for answer in answers] == ["accepted"] * 3
    assert len({answer.item_id for answer in answers}) == 3
