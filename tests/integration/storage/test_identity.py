"""One address is one item: under keys of before, where pages led, and after a failure that passed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.integration.parts.samples import digest, entry, failed, labelled
from tests.integration.parts.steps import HOUR, balanced, keep, leased, one, state
from worker.messages import Http, Listed, URLRequest


def listed(request: URLRequest, *urls: str) -> Listed:
    return Listed(request.item_id, request.token, list(urls), [], Http(200))


def feed_of(ledger, lead, *urls: str, force: bool = False) -> None:
    """A feed is enqueued and read, and lists these addresses."""
    ledger.accept([replace(entry(99), kind="feed")], ledger.open_job("feed"), force=force)
    requests = [request for request in leased(ledger, lead) if request.kind == "feed"]
    keep(ledger, *(listed(request, *urls) for request in requests))


def test_an_item_of_a_version_before_is_known_under_its_old_key(ledger):
    ledger.accept([entry(1)], ledger.open_job())
    today = replace(entry(1), key="another", known_as=(entry(1).key,))
    assert [answer.state for answer in ledger.accept([today], ledger.open_job())] == ["known"]
    assert ledger.trace(*today.keys)[0].url == entry(1).url
    assert ledger.balance().accepted == 1


def test_where_a_page_led_is_known_from_then_on(ledger, lead):
    # Given an article that a redirect led to, and that names another address of its site as its own
    request = one(ledger, lead)
    done = labelled(request)
    article = replace(done.extracted.article, canonical_url="https://www.press.test/own/1")
    keep(ledger, replace(done, extracted=replace(done.extracted, final_url="https://press.test/led/1", article=article)))
    # Then both are known, and a take-down of one finds the article
    for url in ("https://press.test/led/1", "https://www.press.test/own/1"):
        found = replace(entry(7), url=url, key=digest(url))
        assert ledger.accept([found], ledger.open_job())[0].item_id == request.item_id
    assert ledger.forget(key=digest("https://press.test/led/1")) == 1
    assert balanced(ledger)


@pytest.mark.parametrize("stated", ["https://other.test/own/1", "https://press.test/", "https://10.0.0.5/own"])
def test_no_page_takes_the_address_of_another_site_or_of_the_front_page(ledger, lead, stated: str):
    done = labelled(one(ledger, lead))
    keep(ledger, replace(done, extracted=replace(done.extracted, article=replace(done.extracted.article, canonical_url=stated))))
    found = replace(entry(7), url=stated, key=digest(stated))
    assert ledger.accept([found], ledger.open_job())[0].state == "accepted"


def test_a_page_that_was_missing_is_tried_again_when_somebody_asks_and_under_the_spelling_given_now(ledger, lead):
    # Given
    keep(ledger, failed(one(ledger, lead), "http-404"))
    assert state(ledger) == ("dead", "http-404")
    # When
    spelled = replace(entry(1), url="https://www.press.test/1", host="www.press.test:443")
    answer = ledger.accept([spelled], ledger.open_job())[0]
    # Then
    assert answer.state == "known"
    assert [request.url for request in leased(ledger, lead)] == ["https://www.press.test/1"]
    assert balanced(ledger)


@pytest.mark.parametrize("reason", ["not-article", "too-big", "robots"])
def test_a_page_that_cannot_succeed_is_not_asked_again_without_force(ledger, lead, reason: str):
    keep(ledger, failed(one(ledger, lead), reason))
    ledger.accept([entry(1)], ledger.open_job())
    assert leased(ledger, lead) == []


def test_a_list_that_names_a_page_that_failed_makes_it_tried_again_after_some_hours(ledger, lead, clock):
    # Given
    keep(ledger, failed(one(ledger, lead), "http-404"))
    # When a feed lists it at once
    feed_of(ledger, lead, entry(1).url)
    assert leased(ledger, lead) == []
    # And half a day later
    clock.at += 12 * HOUR
    feed_of(ledger, lead, entry(1).url)
    # Then
    assert [request.url for request in leased(ledger, lead)] == [entry(1).url]


def test_force_reaches_the_articles_of_a_feed_and_only_once(ledger, lead):
    # Given an article that is stored
    keep(ledger, labelled(one(ledger, lead)))
    # When its feed is read without, and then with force
    feed_of(ledger, lead, entry(1).url)
    assert leased(ledger, lead) == []
    feed_of(ledger, lead, entry(1).url, force=True)
    again = leased(ledger, lead)
    # Then it is fetched again, and the next reading of the feed leaves it
    assert [request.url for request in again] == [entry(1).url]
    keep(ledger, labelled(again[0]))
    feed_of(ledger, lead, entry(1).url)
    assert leased(ledger, lead) == []
    assert balanced(ledger)
