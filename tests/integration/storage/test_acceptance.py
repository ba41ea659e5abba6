"""A URL is accepted once, into jobs, and feeds and sitemaps bring their links."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.integration.parts.samples import entry
from tests.integration.parts.steps import balanced, keep, leased
from worker.messages import Http, Listed, URLRequest


def test_an_url_is_accepted_once_and_known_from_then_on(ledger):
    # Given
    job = ledger.open_job("morning")
    # When
    first = ledger.accept([entry(1), entry(2), entry(1)], job)
    second = ledger.accept([entry(2), entry(3)], job)
    # Then
    assert [answer.state for answer in first + second] == ["accepted", "accepted", "known", "known", "accepted"]
    assert first[0].item_id == first[2].item_id
    assert ledger.balance().accepted == 3
    assert ledger.progress(job).known == 2


@pytest.mark.parametrize("key", ["100%", "it's", "back\\slash", "%(key)s", ":key", "ខ្មែរ", "a" * 5000])
def test_a_key_of_any_letters_is_known_again(ledger, key):
    strange = replace(entry(1), key=key)
    job = ledger.open_job()
    assert [ledger.accept([strange], job)[0].state for _ in range(2)] == ["accepted", "known"]
    assert ledger.trace(key)[0].url == strange.url


def test_an_item_is_in_every_job_that_asked_for_it(ledger):
    morning, evening = ledger.open_job("morning"), ledger.open_job("evening")
    ledger.accept([entry(1)], morning)
    ledger.accept([entry(1)], evening)
    assert ledger.trace(entry(1).key)[0].jobs == ("morning", "evening")
    assert ledger.progress(evening).open == 1


def test_the_same_address_may_be_an_article_and_a_feed(ledger):
    feed = replace(entry(1), kind="feed")
    answers = ledger.accept([entry(1), feed], ledger.open_job())
    assert [answer.state for answer in answers] == ["accepted", "accepted"]
    assert ledger.balance().accepted == 2, "every kind is counted"


def test_a_preview_answers_as_accept_would_and_writes_nothing(ledger):
    ledger.accept([entry(1)], ledger.open_job())
    answers = ledger.preview([entry(1), entry(2), entry(2)])
    assert [answer.state for answer in answers] == ["known", "accepted", "known"]
    assert ledger.balance().accepted == 1


def test_what_is_refused_at_intake_is_counted_for_its_job_and_not_accepted(ledger):
    job = ledger.open_job("job")
    ledger.count_refused(job, 3)
    assert ledger.progress(job).refused_at_intake == 3
    assert ledger.balance().accepted == 0


def test_any_number_is_taken_in_batches(ledger):
    answers = ledger.accept_many((entry(number) for number in range(2500)), ledger.open_job("bulk"), lane="bulk")
    assert sum(answer.state == "accepted" for answer in answers) == 2500
    assert balanced(ledger)


def listed(request: URLRequest, urls: list[str], sitemaps: list[str] = []) -> Listed:  # noqa: B006 - never changed
    return Listed(request.item_id, request.token, urls, sitemaps, Http(200))


def test_a_feed_brings_its_links_into_its_jobs_and_is_read_again_when_asked(ledger, lead):
    # Given
    job = ledger.open_job("feed")
    feed = replace(entry(1), kind="feed")
    ledger.accept([feed], job)
    # When
    request = leased(ledger, lead)[0]
    keep(ledger, listed(request, ["https://press.test/a", "https://press.test/b"]))
    # Then
    assert request.kind == "feed"
    assert ledger.progress(job).states | {"stored": 1, "waiting": 2} == ledger.progress(job).states
    assert ledger.balance().accepted == 3
    ledger.accept([feed], job)
    assert "feed" in [request.kind for request in leased(ledger, lead)]
    assert balanced(ledger)


def test_what_was_skipped_in_a_feed_stands_in_its_trace(ledger, lead):
    # Given
    feed = replace(entry(1), kind="feed")
    ledger.accept([feed], ledger.open_job())
    # When
    outcome = replace(listed(leased(ledger, lead)[0], ["https://press.test/a"]), warnings=["entry 2: expected an address, got none"])
    keep(ledger, outcome)
    # Then
    last = ledger.trace(feed.key)[0].events[-1]
    assert (last.outcome, last.detail) == ("listed", "1 articles, 0 sitemaps; entry 2: expected an address, got none")


def test_lists_that_name_each_other_come_to_an_end(ledger, lead):
    # Given a sitemap that names a new sitemap each time it is read
    ledger.accept([replace(entry(0), kind="sitemap")], ledger.open_job())
    read = 0
    # When
    while requests := leased(ledger, lead):
        read += len(requests)
        assert read < 10
        keep(ledger, *(listed(r, [], [f"https://press.test/map{read}", "https://press.test/0"]) for r in requests))
    # Then
    assert read == 3


def test_a_list_of_thousands_is_taken_whole_and_twice_changes_nothing(ledger, lead):
    ledger.accept([replace(entry(0), kind="sitemap")], ledger.open_job())
    request = leased(ledger, lead)[0]
    urls = [f"https://h{number % 7}.test/{number}" for number in range(2500)]
    keep(ledger, listed(request, urls))
    keep(ledger, listed(request, urls))
    assert ledger.balance().accepted == 2501
    assert balanced(ledger)
