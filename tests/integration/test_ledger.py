"""The ledger on SQLite and PostgreSQL: what each outcome makes of an item, and that the identity can fail."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from tests.integration.parts.samples import admit, delivered, digest, entry, failed, labelled
from worker.records import HostReport, Http, Listed, Returned, Struck, Taken, Unchanged, URLRequest
from worker.storage.articles import Articles
from worker.storage.database import Unacceptable, writing
from worker.storage.leadership import LeadLost
from worker.storage.ledger import Ledger
from worker.storage.values import DeadFilter, Entry, Leadership

HOUR = 3600.0


class Clock:
    """Seconds since 1970 that pass when told to."""

    def __init__(self) -> None:
        self.at = 1_800_000_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(engine, settings, clock) -> Ledger:
    return Ledger(engine, settings, now=clock, chance=lambda: 0.5)


@pytest.fixture
def lead(ledger) -> Leadership:
    taken = ledger.take_lead(ledger.leadership(), "test")
    assert taken is not None
    return taken


@pytest.fixture
def paced(engine, settings, clock) -> Ledger:
    return Ledger(engine, replace(settings, host_interval=2.0), now=clock, chance=lambda: 0.5)


def leased(ledger: Ledger, lead: Leadership, room: int = 1000) -> list[URLRequest]:
    return [request for _, request in ledger.lease(lead, room)]


def one(ledger: Ledger, lead: Leadership, number: int = 1) -> URLRequest:
    ledger.accept([entry(number)], ledger.open_job("job"))
    return leased(ledger, lead)[0]


def keep(ledger: Ledger, *outcomes):
    return ledger.keep(delivered(*outcomes), admit)


def state(ledger: Ledger, number: int = 1) -> tuple[str, str | None]:
    trace = ledger.trace(entry(number).key)[0]
    return trace.state, trace.reason


def balanced(ledger: Ledger) -> bool:
    running, counted = ledger.recount()
    assert replace(running, counted=True) == counted
    return counted.balanced


# At the door


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
    assert ledger.balance().accepted == 1, "feeds are not counted among the articles"


def test_a_preview_answers_as_accept_would_and_writes_nothing(ledger):
    ledger.accept([entry(1)], ledger.open_job())
    answers = ledger.preview([entry(1), entry(2), entry(2)])
    assert [answer.state for answer in answers] == ["known", "accepted", "known"]
    assert ledger.balance().accepted == 1


def test_what_is_turned_away_is_counted_for_its_job_and_not_accepted(ledger):
    job = ledger.open_job("job")
    ledger.turned_away(job, 3)
    assert ledger.progress(job).refused_at_door == 3
    assert ledger.balance().accepted == 0


def test_any_number_is_taken_in_batches(ledger):
    answers = ledger.accept_many((entry(number) for number in range(2500)), ledger.open_job("bulk"), lane="bulk")
    assert sum(answer.state == "accepted" for answer in answers) == 2500
    assert balanced(ledger)


# Choosing what is due


def test_a_paced_host_has_one_url_in_flight(paced, lead, clock):
    # Given
    paced.accept([entry(n) for n in range(3)] + [entry(9, "other.test:443")], paced.open_job())
    # When
    first = leased(paced, lead)
    again = leased(paced, lead)
    # Then
    assert len(first) == 2
    assert again == []
    # When its answer has come, but not yet the pace's two seconds
    request = next(r for r in first if "press.test" in r.url)
    keep(paced, labelled(request, report=HostReport("press.test:443", ok=True)))
    assert leased(paced, lead) == []
    clock.at += 2.0
    assert len(leased(paced, lead)) == 1


def test_without_an_interval_a_host_has_many_in_flight(ledger, lead):
    ledger.accept([entry(n) for n in range(30)], ledger.open_job())
    assert len(leased(ledger, lead, room=20)) == 20
    assert len(leased(ledger, lead, room=20)) == 10


def test_no_host_crowds_out_another(ledger, lead):
    ledger.accept([entry(n, "big.test:443") for n in range(500)], ledger.open_job())
    ledger.accept([entry(n, "small.test:443") for n in range(5)], ledger.open_job())
    urls = [request.url for request in leased(ledger, lead, room=20)]
    assert sum("small.test" in url for url in urls) == 5


def test_a_paced_host_is_asked_for_its_most_urgent_url(paced, lead):
    job = paced.open_job()
    paced.accept([entry(1)], job, lane="bulk")
    paced.accept([entry(2)], job, lane="normal")
    assert [request.url for request in leased(paced, lead)] == [entry(2).url]


def test_the_urgent_lane_goes_first_on_its_host_and_before_other_hosts(paced, lead):
    job = paced.open_job()
    paced.accept([entry(n, f"h{n}.test:443") for n in range(20)], job, lane="bulk")
    paced.accept([entry(100, "h19.test:443")], job, lane="urgent")
    lanes = [lane for lane, _ in paced.lease(lead, 5)]
    assert lanes[0] == "urgent"
    assert len(lanes) == 5


def test_a_token_rises_with_every_lease(ledger, lead):
    first = one(ledger, lead)
    ledger.hand_back([first])
    second = leased(ledger, lead)[0]
    assert (first.token, second.token) == (1, 2)


def test_a_paused_host_gets_nothing_until_it_is_resumed(ledger, lead):
    ledger.accept([entry(1), entry(2, "other.test:443")], ledger.open_job())
    ledger.pause(host="press.test:443")
    assert [request.url for request in leased(ledger, lead)] == [entry(2, "other.test:443").url]
    ledger.resume(host="press.test:443")
    assert len(leased(ledger, lead)) == 1


def test_ten_failures_in_a_row_open_the_breaker_and_one_good_answer_closes_it(ledger, lead, clock, settings):
    # Given
    down, up = HostReport("press.test:443", ok=False), HostReport("press.test:443", ok=True)
    ledger.accept([entry(n) for n in range(30)], ledger.open_job())
    # When
    keep(ledger, *(failed(request, "connect", report=down) for request in leased(ledger, lead, room=10)))
    # Then
    assert leased(ledger, lead) == []
    assert ledger.hosts()[0].breaker == "open"
    clock.at += settings.backoff + 0.001
    probe = leased(ledger, lead)
    assert len(probe) == 1, "half-open lets one through"
    keep(ledger, labelled(probe[0], report=up))
    assert len(leased(ledger, lead)) > 1


# Outcomes


def test_a_labelled_article_is_stored_with_all_that_belongs_to_it(ledger, articles, lead):
    request = one(ledger, lead)
    keep(ledger, labelled(request))
    found = list(articles.results())
    assert state(ledger) == ("stored", None)
    assert [result["outcome"] for result in found] == ["stored"]
    assert found[0]["topics"][0] == {"label": "border_dispute", "probability": 0.03, "threshold": 0.41, "decision": "no"}
    assert [topic["label"] for topic in found[0]["topics"]] == ["border_dispute", "trade", "demining", "culture"]
    assert found[0]["evidence"][0]["terms"] == [{"term": "rice", "weight": 1.5}]
    assert found[0]["http"] == {"status": 200, "etag": '"e1"', "last_modified": "Tue, 24 Nov 2026 06:00:00 GMT", "ms": 12, "bytes": 3000}
    assert balanced(ledger)


def test_the_same_outcome_twice_changes_nothing(ledger, articles, lead):
    request = one(ledger, lead)
    assert keep(ledger, labelled(request), labelled(request)).ignored == 1
    assert keep(ledger, labelled(request)).ignored == 1
    assert articles.count() == 1
    assert balanced(ledger)


def test_a_passing_failure_is_tried_five_times_with_growing_waits_and_then_dead(ledger, lead, clock):
    # Given
    request = one(ledger, lead)
    waits = []
    # When
    for _ in range(4):
        keep(ledger, failed(request, "timeout"))
        waits.append(ledger.trace(entry(1).key)[0].due - clock.at)
        clock.at += HOUR
        request = leased(ledger, lead)[0]
    keep(ledger, failed(request, "timeout"))
    # Then
    assert waits == pytest.approx([0.05, 0.1, 0.2, 0.2])
    assert state(ledger) == ("dead", "timeout")
    assert balanced(ledger)


def test_a_host_is_left_alone_for_as_long_as_it_asked(ledger, lead, clock):
    keep(ledger, failed(one(ledger, lead), "http-429", retry_after=90.0))
    assert ledger.trace(entry(1).key)[0].due == clock.at + 90.0


@pytest.mark.parametrize(
    ("reason", "ends"), [("http-404", "dead"), ("not-html", "dead"), ("robots", "refused"), ("private-address", "refused")]
)
def test_what_cannot_succeed_ends_at_once(ledger, lead, reason, ends):
    keep(ledger, failed(one(ledger, lead), reason, detail="so it is"))
    assert state(ledger) == (ends, reason)
    assert balanced(ledger)


def test_waiting_for_robots_costs_no_try_and_ends_after_seven_days(ledger, lead, clock):
    request = one(ledger, lead)
    for _ in range(20):
        keep(ledger, failed(request, "robots-unavailable"))
        clock.at += HOUR
        request = leased(ledger, lead)[0]
    assert ledger.trace(entry(1).key)[0].tries == 0
    clock.at += 7 * 24 * HOUR
    keep(ledger, failed(request, "robots-unavailable"))
    assert state(ledger) == ("dead", "robots-unavailable")


def test_a_page_that_kills_its_reader_is_dead_after_three_strikes(ledger, lead, clock):
    request = one(ledger, lead)
    alone = [request.alone]
    for _ in range(2):
        keep(ledger, Struck(request.item_id, request.token, "memory"))
        clock.at += HOUR
        request = leased(ledger, lead)[0]
        alone.append(request.alone)
    keep(ledger, Struck(request.item_id, request.token, "memory"))
    assert alone == [False, True, True]
    assert state(ledger) == ("dead", "poison")
    assert ledger.trace(entry(1).key)[0].tries == 0


def test_what_is_handed_back_waits_again_and_costs_nothing(ledger, lead, clock):
    request = one(ledger, lead)
    keep(ledger, Returned([(request.item_id, request.token)], after=5.0))
    trace = ledger.trace(entry(1).key)[0]
    assert (trace.state, trace.tries, trace.strikes, trace.due) == ("waiting", 0, 0, clock.at + 5.0)


def test_a_late_failure_is_ignored_and_a_late_success_is_stored(ledger, lead):
    old = one(ledger, lead)
    ledger.hand_back([old])
    leased(ledger, lead)
    assert keep(ledger, failed(old, "http-404")).ignored == 1
    assert state(ledger)[0] == "running"
    keep(ledger, labelled(old))
    assert state(ledger) == ("stored", None)
    assert balanced(ledger)


def test_a_late_result_finds_a_dropped_item_closed_and_a_requeued_one_open(ledger, lead):
    # Given an item that is dead while its result is on the way
    old = one(ledger, lead)
    keep(ledger, failed(old, "http-404"))
    ledger.drop(DeadFilter())
    # When
    assert keep(ledger, labelled(old)).ignored == 1
    assert state(ledger) == ("dead", "dropped-by-user")
    ledger.requeue(DeadFilter())
    assert keep(ledger, failed(old, "http-410")).ignored == 1
    assert state(ledger) == ("waiting", None)
    keep(ledger, labelled(old))
    # Then
    assert state(ledger) == ("stored", None)
    assert balanced(ledger)


# Copies


def test_a_copy_on_another_address_names_its_original_also_inside_one_batch(ledger, articles, lead):
    # Given
    ledger.accept([entry(n) for n in (1, 2, 3)], ledger.open_job())
    first, second, third = leased(ledger, lead)
    # When
    keep(ledger, labelled(first, "The same story."), labelled(second, "The same story."))
    keep(ledger, labelled(third, "The same story."))
    # Then
    results = list(articles.results("all"))
    assert [result["outcome"] for result in results] == ["stored", "duplicate", "duplicate"]
    assert [result["duplicate_of"] for result in results] == [None, first.item_id, first.item_id]
    assert results[1]["text"] is None
    assert balanced(ledger)


def test_near_copies_share_a_cluster_and_are_all_stored(ledger, articles, lead):
    ledger.accept([entry(n) for n in (1, 2, 3, 4)], ledger.open_job())
    requests = leased(ledger, lead)
    hashes = ["ffffffffffffffff", "fffffffffffffff8", "7ffffffffffffff8", "0000000000000000"]
    keep(ledger, *(labelled(r, simhash=h) for r, h in zip(requests[:2], hashes[:2], strict=True)))
    keep(ledger, *(labelled(r, simhash=h) for r, h in zip(requests[2:], hashes[2:], strict=True)))
    clusters = [result["cluster_id"] for result in articles.results()]
    assert clusters[0] == clusters[1] == clusters[2] != clusters[3]


# Leases that run out


@pytest.fixture
def run_out(engine):
    """Lets seconds pass on the engine's clock, with every queue empty."""

    def run(seconds: float = 200.0) -> None:
        with writing(engine) as connection:
            connection.execute(text("UPDATE engine SET ticks = ticks + :s, low_mark = ticks + :s"), {"s": seconds})

    return run


def test_what_nobody_took_waits_again_at_no_cost(ledger, lead, run_out):
    one(ledger, lead)
    run_out()
    assert ledger.reclaim(lead).free == 1
    trace = ledger.trace(entry(1).key)[0]
    assert (trace.state, trace.strikes) == ("waiting", 0)
    assert not leased(ledger, lead)[0].alone


def test_what_was_taken_in_company_travels_alone_and_alone_it_is_struck(ledger, lead, clock, run_out):
    request = one(ledger, lead)
    for strikes in range(4):
        keep(ledger, Taken([(request.item_id, request.token)], "w1"))
        run_out()
        taken_back = ledger.reclaim(lead)
        assert (taken_back.suspects, taken_back.strikes) == ((1, 0) if strikes == 0 else (0, 1))
        clock.at += HOUR
        request = next(iter(leased(ledger, lead)), request)
        assert request.alone
    assert state(ledger) == ("dead", "poison")
    assert balanced(ledger)


def test_to_be_taken_begins_the_lease_anew(ledger, lead, run_out):
    request = one(ledger, lead)
    run_out(119.0)
    keep(ledger, Taken([(request.item_id, request.token)], "w1"))
    run_out(119.0)
    assert ledger.reclaim(lead).suspects == 0
    run_out(2.0)
    assert ledger.reclaim(lead).suspects == 1


def test_a_beat_is_one_second_at_most(ledger, lead):
    one(ledger, lead)
    ledger.beat(lead, 1_000_000.0, 0.0)
    assert ledger.reclaim(lead).free == 0


def test_an_emptied_redis_costs_no_item_anything_and_every_host_waits_one_interval(paced, lead, clock):
    # Given a second epoch
    paced.reclaim_all(lead, "first")
    request = one(paced, lead)
    keep(paced, Taken([(request.item_id, request.token)], "w1"))
    # When
    assert paced.reclaim_all(lead, "second") == 1
    # Then
    assert paced.leadership().epoch == "second"
    assert leased(paced, lead) == []
    clock.at += 2.0
    again = leased(paced, lead)[0]
    assert not again.alone
    assert again.token == request.token + 1


def test_whoever_led_before_can_change_nothing(ledger, lead):
    ledger.accept([entry(1)], ledger.open_job())
    assert ledger.take_lead(ledger.leadership(), "another") is not None
    for deed in (
        lambda: ledger.beat(lead, 1.0, 0.0),
        lambda: ledger.lease(lead, 10),
        lambda: ledger.reclaim(lead),
        lambda: ledger.reclaim_all(lead, "x"),
        lambda: ledger.sweep(lead),
        lambda: ledger.mend_times(lead),
        lambda: ledger.clock_was_set(lead, 10.0),
    ):
        with pytest.raises(LeadLost):
            deed()


def test_of_two_who_saw_the_same_leader_one_takes_over(ledger, lead):
    seen = ledger.leadership()
    assert ledger.take_lead(seen, "a") is not None
    assert ledger.take_lead(seen, "b") is None


def test_a_leader_that_shows_life_is_not_replaced(ledger, lead):
    seen = ledger.leadership()
    ledger.beat(lead, 0.5, 0.0)
    assert ledger.take_lead(seen, "b") is None


@pytest.mark.parametrize("step", [3600.0, -3600.0, 10 * 365 * 86400.0])
def test_a_clock_that_is_set_makes_nothing_early_and_nothing_wait_for_ever(ledger, lead, clock, step):
    keep(ledger, failed(one(ledger, lead), "http-429", retry_after=60.0))
    clock.at += step
    ledger.clock_was_set(lead, step)
    assert leased(ledger, lead) == []
    clock.at += 60.0
    assert len(leased(ledger, lead)) == 1


def test_a_time_beyond_any_rule_is_pulled_in(ledger, lead, clock):
    keep(ledger, failed(one(ledger, lead), "timeout"))
    clock.at -= 10 * 365 * 86400.0
    assert leased(ledger, lead) == []
    ledger.mend_times(lead)
    assert len(leased(ledger, lead)) == 1


# Re-fetching


def test_a_forced_refetch_carries_the_validators_and_leaves_the_item_stored(ledger, articles, lead):
    # Given
    keep(ledger, labelled(one(ledger, lead)))
    ledger.accept([entry(1)], ledger.open_job("again"), force=True)
    assert balanced(ledger)
    # When
    request = leased(ledger, lead)[0]
    assert (request.etag, request.last_modified) == ('"e1"', "Tue, 24 Nov 2026 06:00:00 GMT")
    keep(ledger, failed(request, "http-404"))
    # Then
    assert state(ledger) == ("stored", None)
    assert articles.count() == 1
    assert balanced(ledger)


def test_a_refetch_that_brings_a_new_text_replaces_the_old(ledger, articles, lead):
    keep(ledger, labelled(one(ledger, lead)))
    ledger.accept([entry(1)], ledger.open_job(), force=True)
    keep(ledger, labelled(leased(ledger, lead)[0], "Corrected."))
    assert [result["text"] for result in articles.results()] == ["Corrected."]
    assert balanced(ledger)


def test_an_unchanged_page_stays_as_it_is(ledger, articles, lead):
    keep(ledger, labelled(one(ledger, lead)))
    before = next(iter(articles.results()))["stored_at"]
    ledger.accept([entry(1)], ledger.open_job(), force=True)
    request = leased(ledger, lead)[0]
    keep(ledger, Unchanged(request.item_id, request.token, Http(304)))
    assert state(ledger) == ("stored", None)
    assert next(iter(articles.results()))["stored_at"] == before
    assert balanced(ledger)


def test_known_items_that_are_still_open_are_not_sent_twice_by_force(ledger, lead):
    request = one(ledger, lead)
    ledger.accept([entry(1)], ledger.open_job(), force=True)
    assert state(ledger)[0] == "running"
    assert leased(ledger, lead) == []
    keep(ledger, labelled(request))
    assert balanced(ledger)


# Feeds and sitemaps


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
    assert ledger.balance().accepted == 2
    ledger.accept([feed], job)
    assert "feed" in [request.kind for request in leased(ledger, lead)]
    assert balanced(ledger)


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
    assert ledger.balance().accepted == 2500
    assert balanced(ledger)


# The operator


def some_dead(ledger: Ledger, lead: Leadership, clock: Clock) -> None:
    ledger.accept([entry(n, f"h{n % 2}.test:443") for n in range(6)], ledger.open_job())
    for number, request in enumerate(sorted(leased(ledger, lead), key=lambda r: r.item_id)):
        clock.at += 1
        keep(ledger, failed(request, "http-404" if number < 4 else "no-text"))


def test_dead_letters_are_grouped_by_cause_and_chosen_by_filter(ledger, lead, clock):
    some_dead(ledger, lead, clock)
    assert [(group.reason, group.count) for group in ledger.dead_groups()] == [("http-404", 4), ("no-text", 2)]
    assert len(list(ledger.dead(DeadFilter(reason="http-404", host="h0.test")))) == 2
    assert len(list(ledger.dead(DeadFilter(since=clock.at - 1)))) == 2
    newest = list(ledger.dead(DeadFilter(limit=3)))
    assert [item.reason for item in newest] == ["no-text", "no-text", "http-404"]


def test_dead_letters_are_requeued_as_filtered_and_start_anew(ledger, lead, clock):
    some_dead(ledger, lead, clock)
    assert ledger.requeue(DeadFilter(reason="http-404", limit=3)) == 3
    assert ledger.balance().states["waiting"] == 3
    assert ledger.drop(DeadFilter(reason="no-text")) == 2
    assert {group.reason for group in ledger.dead_groups()} == {"http-404", "dropped-by-user"}
    assert balanced(ledger)


def test_a_stopped_job_drops_what_waits_in_no_other(ledger, lead):
    one_job, other = ledger.open_job("one"), ledger.open_job("other")
    ledger.accept([entry(n) for n in range(4)], one_job)
    ledger.accept([entry(0)], other)
    leased(ledger, lead, room=1)
    dropped = ledger.stop_job(one_job)
    states = ledger.progress(one_job).states
    assert dropped == states["dead"] in (2, 3)
    assert ledger.progress(other).states["dead"] == 0
    assert balanced(ledger)


def test_a_pause_outlives_the_process(ledger, engine, settings):
    ledger.pause(stage="label")
    ledger.pause(stage="label")
    ledger.pause(host="press.test:443")
    again = Ledger(engine, settings)
    assert again.paused().stages == {"label"}
    assert again.paused().hosts == ("press.test:443",)
    again.resume(stage="label")
    assert ledger.paused_stages() == frozenset()


def test_a_forgotten_article_leaves_no_trace_its_copies_stand_for_themselves_and_the_books_balance(ledger, articles, lead, engine):
    # Given
    ledger.accept([entry(n) for n in (1, 2, 3)], ledger.open_job())
    requests = leased(ledger, lead)
    keep(ledger, *(labelled(r, "One story.") for r in requests[:2]), labelled(requests[2], "Another."))
    # When
    original = next(n for n in (1, 2) if state(ledger, n)[0] == "stored")
    assert ledger.forget(key=entry(original).key) == 1
    # Then
    assert state(ledger, original) == ("dead", "dropped-by-user")
    assert state(ledger, 3 - original) == ("waiting", None)
    assert articles.count() == 1
    assert balanced(ledger)
    with engine.connect() as connection:
        for table in ("items", "articles", "labels", "topics", "evidence", "events", "outbox"):
            rows = connection.execute(text(f"SELECT * FROM {table}")).all()  # noqa: S608 - a fixed list
            assert entry(original).url not in str(rows)
    assert ledger.forget(key=entry(original).key) == 0
    assert ledger.accept([entry(original)], ledger.open_job())[0].state == "known", "it is not read again by accident"


def test_a_trace_tells_every_hop(ledger, lead):
    request = one(ledger, lead)
    keep(ledger, Taken([(request.item_id, request.token)], "w1"))
    keep(ledger, labelled(request))
    hops = [(event.stage, event.outcome) for event in ledger.trace(entry(1).key)[0].events]
    assert hops == [("dispatch", "sent"), ("fetch", "taken"), ("fetch", "answered"), ("label", "labelled"), ("store", "stored")]


def test_old_events_are_forgotten(ledger, lead, clock):
    keep(ledger, labelled(one(ledger, lead)))
    clock.at += 31 * 86400
    assert ledger.sweep(lead) is False
    assert ledger.trace(entry(1).key)[0].events == ()
    assert state(ledger)[0] == "stored"


def test_samples_are_kept_by_name(ledger, clock):
    ledger.sample({"running": 3.0, "waiting.fetch": 5.0})
    clock.at += 10
    ledger.sample({"running": 4.0})
    assert ledger.samples("running", 0.0) == [(clock.at - 10, 3.0), (clock.at, 4.0)]


# What the database refuses


def test_a_row_that_is_refused_changes_nothing_at_all(ledger, articles, lead):
    # Given
    ledger.accept([entry(1), entry(2)], ledger.open_job())
    good, bad = leased(ledger, lead)
    broken = labelled(bad)
    broken = replace(broken, labels={**broken.labels, "model": None})
    # When
    with pytest.raises(Unacceptable):
        keep(ledger, labelled(good), broken)
    # Then
    assert articles.count() == 0
    assert ledger.balance().states["running"] == 2
    assert balanced(ledger)


def test_a_parked_message_ends_its_item_for_its_schema(ledger, lead):
    request = one(ledger, lead)
    ledger.park(request.item_id, "{broken", "not JSON")
    assert state(ledger) == ("dead", "schema")
    ledger.park(request.item_id, "{broken", "not JSON")
    ledger.park(None, "{broken", "not JSON")
    assert balanced(ledger)


# The identity can fail


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM items WHERE id = 1",
        "DELETE FROM receipts WHERE item_id = 2",
        "DELETE FROM articles WHERE item_id = 1",
        "UPDATE items SET state = 'stored' WHERE id = 3",
        "UPDATE items SET duplicate_of = 99 WHERE id = 2",
        "UPDATE items SET state = 'lost' WHERE id = 3",
    ],
)
def test_the_identity_tells_when_the_books_do_not_balance(ledger, lead, engine, harm):
    # Given one stored, one duplicate, one waiting
    ledger.accept([entry(n) for n in (1, 2, 3)], ledger.open_job())
    first, second = leased(ledger, lead, room=2)
    keep(ledger, labelled(first, "Same."), labelled(second, "Same."))
    assert ledger.balance().balanced
    # When
    with writing(engine) as connection:
        connection.execute(text(harm))
    # Then
    assert not ledger.balance().balanced
    running, counted = ledger.recount()
    assert running.balanced, "the counters know nothing of what was done behind their back: that is why `doctor` counts again"
    assert not counted.balanced


def test_an_entry_of_any_spelling_of_reason_is_kept_by_the_closed_list(ledger, lead):
    with pytest.raises(Unacceptable):
        keep(ledger, failed(one(ledger, lead), "bad-mood"))


def test_export_pages_through_all_that_ended(ledger, articles: Articles, lead):
    ledger.accept([Entry(f"https://press.test/{n}", digest(f"k{n}"), "press.test:443") for n in range(450)], ledger.open_job("big"))
    requests = leased(ledger, lead)
    keep(ledger, *(labelled(r) if n % 2 else failed(r, "http-404") for n, r in enumerate(requests)))
    assert sum(1 for _ in articles.results()) == 225
    ids = [result["item_id"] for result in articles.results("all")]
    assert ids == sorted(ids)
    assert len(ids) == 450
    assert sum(1 for _ in articles.results("all", job_id=1)) == 450
    assert sum(1 for _ in articles.results("all", job_id=2)) == 0
