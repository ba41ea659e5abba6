"""Sources are polled when they are due, adapt to what they publish, and are never given up."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import event

from tests.integration.parts.samples import digest, entry, failed, labelled
from tests.integration.parts.steps import HOUR, balanced, keep, leased
from worker.messages import HostReport, Http, Listed, Unchanged, URLRequest
from worker.storage.for_sources import ForSources
from worker.storage.source_rules import Asked, Habits, after_failure, alarms, learned, plan, silence
from worker.storage.sources import About, SourceRow
from worker.storage.values import Entry

DAY = 24 * HOUR
FEED = "https://press.test/feed.xml"


@pytest.fixture
def followed(engine, settings, clock) -> ForSources:
    return ForSources(engine, settings, now=clock)


def feed(url: str = FEED) -> Entry:
    return Entry(url, digest(url), url.split("/")[2] + ":443", "feed")


def follow(followed: ForSources, url: str = FEED, about: About = About()) -> SourceRow:  # noqa: B008 - frozen
    return next(iter(followed.add([(feed(url), about)])))[0]


def now(followed: ForSources, source: SourceRow) -> SourceRow:
    return followed.some([source.id])[0]


def listed(request: URLRequest, *urls: str, **more: object) -> Listed:
    return Listed(request.item_id, request.token, list(urls), [], Http(200, etag='"1"'), **more)


def polled(ledger, lead) -> list[URLRequest]:
    """The lists that are sent now; articles are stored meanwhile."""
    ledger.poll_sources(lead)
    requests = leased(ledger, lead)
    keep(ledger, *(labelled(request) for request in requests if request.kind == "article"))
    return [request for request in requests if request.kind != "article"]


def test_a_source_is_polled_at_once_and_again_when_it_is_due_with_the_validators_of_the_last_time(ledger, lead, clock, followed):
    # Given
    source = follow(followed)
    first = polled(ledger, lead)
    keep(ledger, listed(first[0], entry(1).url))
    # When nothing is due yet
    assert polled(ledger, lead) == []
    # And when it is
    clock.at = now(followed, source).next_at
    again = polled(ledger, lead)
    # Then
    assert [(request.url, request.etag) for request in first + again] == [(FEED, None), (FEED, '"1"')]
    keep(ledger, Unchanged(again[0].item_id, again[0].token, Http(304)))
    found = now(followed, source)
    assert (found.polls, found.unchanged, found.found, found.new_url) == (2, 1, 1, entry(1).url)
    assert balanced(ledger)


def test_a_source_that_is_followed_twice_is_one(followed):
    first = follow(followed)
    again = list(followed.add([(feed(), About(country="KH"))]))
    assert [(row.id, new, row.country) for row, new in again] == [(first.id, False, "KH")]


def test_a_batch_of_new_known_and_repeated_sources_is_answered_in_its_order(ledger, lead, followed):
    # Given one that is followed, and a feed that was only read once
    first = follow(followed, about=About(title="Press", country="KH"))
    ledger.accept([feed("https://once.test/rss")], ledger.open_job("once"))
    found = [
        (feed("https://new.test/rss"), About(title="New", paused=True)),
        (feed(), About(country="LA", paused=True)),
        (feed("https://new.test/rss"), About(language="lo")),
        (feed("https://once.test/rss"), About()),
        (replace(feed("https://new.test/rss"), kind="sitemap"), About()),
    ]
    # When
    answers = list(followed.add(found))
    # Then each has its answer; one address may be a feed and a sitemap, each with a job of its own
    assert [(row.url, row.kind, new, row.paused) for row, new in answers] == [
        ("https://new.test/rss", "feed", True, True),
        (FEED, "feed", False, False),
        ("https://new.test/rss", "feed", False, True),
        ("https://once.test/rss", "feed", True, False),
        ("https://new.test/rss", "sitemap", True, False),
    ]
    assert [(row.title, row.country, row.language) for row, _ in answers[:3]] == [
        ("New", None, "lo"),
        ("Press", "LA", None),
        ("New", None, "lo"),
    ]
    assert len({row.job_id for row, _ in answers} | {first.job_id}) == len({row.id for row, _ in answers}) == 4
    # And a source's articles join its job, those of a removed one the job that it had
    followed.remove([answers[0][0].id])
    assert [(row.job_id, new) for row, new in followed.add(found[:1])] == [(answers[0][0].job_id, True)]
    assert {request.url for request in polled(ledger, lead)} == {FEED, "https://new.test/rss", "https://once.test/rss"}
    assert balanced(ledger)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_long_list_costs_no_more_statements_than_a_short_one(engine, followed):
    # One by one, 100,000 lines of OPML cost ten minutes of CPU
    sent: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *call: sent.append(call[2]))

    def statements(first: int, count: int) -> int:
        sent.clear()
        found = [(feed(f"https://p{number}.test/rss"), About(title=f"Paper {number}")) for number in range(first, first + count)]
        assert [new for _, new in followed.add(found)] == [True] * count
        assert [new for _, new in followed.add(found)] == [False] * count
        return len(sent)

    assert statements(0, 300) == statements(300, 2)


def test_two_polls_at_once_are_one(ledger, lead, followed):
    source = follow(followed)
    request = polled(ledger, lead)[0]
    assert followed.poll([source.id]) == (0, 1)
    keep(ledger, listed(request))
    assert followed.poll([source.id]) == (1, 0)
    assert followed.poll([source.id]) == (0, 1)
    assert len(polled(ledger, lead)) == 1


def test_a_source_that_is_removed_while_it_is_polled_loses_no_article(ledger, lead, clock, followed):
    # Given
    source = follow(followed)
    request = polled(ledger, lead)[0]
    # When
    assert followed.remove([source.id]) == 1
    keep(ledger, listed(request, entry(1).url))
    # Then its article is fetched, and it is polled no more
    assert [one.url for one in leased(ledger, lead)] == [entry(1).url]
    clock.at += 30 * DAY
    assert polled(ledger, lead) == []
    assert followed.all() == []
    assert balanced(ledger)


def test_a_paused_source_is_not_polled_until_it_goes_on(ledger, lead, clock, followed):
    source = follow(followed)
    keep(ledger, listed(polled(ledger, lead)[0]))
    followed.pause([source.id], paused=True)
    clock.at += 2 * DAY
    assert polled(ledger, lead) == []
    followed.pause([source.id], paused=False)
    assert len(polled(ledger, lead)) == 1


def test_a_source_that_fails_backs_off_and_is_never_given_up(ledger, lead, clock, followed):
    # Given
    source, waits = follow(followed), []
    # When its feed is gone for weeks
    for _ in range(9):
        keep(ledger, failed(polled(ledger, lead)[0], "http-404"))
        found = now(followed, source)
        waits.append(round(found.next_at - clock.at))
        clock.at = found.next_at
    # Then
    assert waits == [1800, 3600, 7200, 14400, 28800, 57600, 86400, 86400, 86400]
    assert (found.failures, found.reason, found.why) == (9, "http-404", "it failed 9 times in a row (http-404)")
    # And when it is back, it is as before
    keep(ledger, listed(polled(ledger, lead)[0], entry(1).url))
    found = now(followed, source)
    assert (found.failures, found.reason, found.found) == (0, None, 1)
    assert balanced(ledger)


def test_a_source_that_asks_to_wait_is_waited_for(ledger, lead, clock, followed):
    source = follow(followed)
    for _ in range(5):
        requests = polled(ledger, lead)
        report = HostReport("press.test:443", ok=False, retry_after=5 * HOUR)
        keep(ledger, failed(requests[0], "http-5xx", retry_after=5 * HOUR, report=report))
        clock.at += 6 * HOUR
    found = now(followed, source)
    assert found.why == "it failed once (http-5xx), and asks to wait 5 h"
    assert found.next_at - found.polled_at == 5 * HOUR


def test_what_a_feed_asks_for_holds_also_where_it_has_not_changed(ledger, lead, clock, followed):
    source = follow(followed)
    keep(ledger, listed(polled(ledger, lead)[0], ttl=4 * HOUR))
    clock.at = now(followed, source).next_at
    request = polled(ledger, lead)[0]
    keep(ledger, Unchanged(request.item_id, request.token, Http(304), fresh_for=60.0))
    assert now(followed, source).why.startswith("its ttl asks for 4 h")


def test_an_index_of_sitemaps_brings_its_articles_to_the_source(ledger, lead, clock, followed):
    # Given a source that is an index of two sitemaps
    index = replace(feed("https://press.test/index.xml"), kind="sitemap")
    source = next(iter(followed.add([(index, About())])))[0]
    old, fresh = "https://press.test/2025.xml", "https://press.test/2026.xml"
    undated = [f"https://press.test/{number}.xml" for number in range(20)]

    def read_index(changed: str) -> list[URLRequest]:
        request = next(one for one in polled(ledger, lead) if one.url == index.url)
        published = {old: "2025-01-01T00:00:00Z", fresh: changed, **dict.fromkeys(undated, "2025-01-01T00:00:00Z")}
        keep(ledger, Listed(request.item_id, request.token, [], [old, fresh, *undated], Http(200), published=published))
        return [one for one in leased(ledger, lead) if one.kind == "sitemap"]

    children = read_index("2026-01-01T00:00:00Z")
    assert len(children) == 22
    keep(ledger, *(listed(child, f"https://press.test/a{child.item_id}") for child in children))
    assert now(followed, source).found == 22
    # When it is polled again, and one of them has changed
    clock.at = now(followed, source).next_at + 1
    changed = read_index("2099-01-01T00:00:00Z")
    # Then that one is read again
    assert [one.url for one in changed] == [fresh]


def test_a_thousand_sources_are_sent_in_steps(ledger, lead, clock, followed):
    found = list(followed.add((feed(f"https://h{number}.test/feed"), About()) for number in range(450)))
    assert all(new for _, new in found)
    keep(ledger, *(listed(request) for request in polled(ledger, lead)))
    clock.at += 2 * DAY
    assert [ledger.poll_sources(lead) for _ in range(4)] == [200, 200, 50, 0]


def test_what_a_source_publishes_decides_how_often_it_is_polled(ledger, lead, clock, followed):
    # Given a source that brings an article every two hours
    source, number = follow(followed), 0
    for _ in range(60):
        requests = polled(ledger, lead)
        count = int((clock.at - 1_800_000_000.0) / (2 * HOUR)) + 1
        keep(ledger, *(listed(request, *(f"https://press.test/s{n}" for n in range(number, count))) for request in requests))
        number = count
        clock.at = now(followed, source).next_at
    # Then it is polled about every hour, and says why
    found = now(followed, source)
    assert 0.7 * HOUR < found.interval < 1.5 * HOUR
    assert found.why.startswith("it brings 1")
    assert found.why.endswith("articles a day")
    assert found.found == number


# The rules ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("per_day", "asked", "interval", "why"),
    [
        (None, Asked(), 1800, "what it publishes is not known yet"),
        (24.0, Asked(), 1800, "it brings 24 articles a day"),
        (1000.0, Asked(), 300, "it brings 1000 articles a day, and the shortest interval"),
        (0.01, Asked(), 86400, "it brings hardly an article a day, and the longest interval"),
        (0.0, Asked(), 86400, "it brings hardly an article a day"),
        (24.0, Asked(ttl=7200), 7200, "its ttl asks for 2 h; it brings 24 articles a day"),
        (24.0, Asked(ttl=60), 1800, "it brings 24 articles a day"),
        (24.0, Asked(update_period=10 * 86400), 86400, "its sy:updatePeriod asks for 240 h; it brings 24 articles a day"),
        (24.0, Asked(fresh_for=2700), 2700, "its cache header asks for 45 min; it brings 24 articles a day"),
    ],
)
def test_an_interval_has_its_reason(per_day: float | None, asked: Asked, interval: float, why: str):
    found = plan(per_day, asked)
    assert (found.interval, found.why) == (interval, why)


def test_a_failure_is_backed_off_for_up_to_a_day_or_as_long_as_the_source_asks():
    assert [after_failure(number, "dns", None).interval for number in (1, 2, 3, 50)] == [1800, 3600, 7200, 86400]
    assert after_failure(1, "http-429", 40_000).interval == 40_000


def test_a_busy_source_that_is_down_is_asked_again_before_its_list_has_changed_wholly():
    # A wire of 150 articles a day and its list of thirty: backed off for two hours, it lost a dozen of them for good
    assert [after_failure(number, "http-5xx", None, 150.0).interval for number in (1, 2, 8, 48)] == [900] * 4
    assert [after_failure(number, "http-5xx", None, 24.0).interval for number in (1, 2, 3, 48)] == [1800, 3600, 5400, 5400]
    assert [after_failure(number, "http-5xx", None, 1.0).interval for number in (1, 5, 9)] == [1800, 28800, 86400]
    # But not for ever, not where it is gone for good, and never sooner than it asks
    assert after_failure(49, "http-5xx", None, 150.0).interval == 86400
    assert after_failure(3, "http-410", None, 150.0).interval == 7200
    assert after_failure(3, "http-429", 9000, 150.0).interval == 9000


def test_what_is_learned_follows_what_comes():
    assert learned(12.0, 12, DAY) == pytest.approx(12)
    assert learned(10.0, 0, 2 * DAY) == pytest.approx(5.0)
    assert learned(0.0, 10, 2 * DAY) == pytest.approx(2.5)
    assert learned(None, 0, HOUR) == pytest.approx(11.83, abs=0.01)


def test_a_source_is_compared_with_its_own_past():
    usual = Habits(100, 3000, 0.95, "km", 0.6, 0.02)
    assert alarms(usual, replace(usual, articles=20)) == []
    odd = Habits(20, 400, 0.1, "en", 0.0, 0.9)
    assert [alarm.split(",")[0] for alarm in alarms(usual, odd)] == [
        "texts have 400 characters in the middle",
        "10% of articles have a date",
        "most articles are in en",
        "0% of articles have a topic",
        "90% of pages end without an article",
    ]
    assert alarms(usual, replace(odd, articles=3)) == []


def test_silence_counts_against_what_a_source_used_to_bring():
    assert silence(5.0, 2 * DAY) is None
    assert silence(5.0, 4 * DAY) == "no new article for 4 days; it used to bring 5.0 articles a day"
    assert silence(0.1, 30 * DAY) is None
    assert silence(None, 300 * DAY) is None
