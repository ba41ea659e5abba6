"""What travels together, how wide the window is, and how throughput is told."""

from __future__ import annotations

from dataclasses import replace

from worker.config import Settings
from worker.messages import URLRequest
from worker.pipeline.dispatcher import Rate, chunks, window
from worker.queues import FETCH, URGENT, Depth, MinuteFigures


def request(number: int, *, alone: bool = False) -> URLRequest:
    return URLRequest(number, 1, f"https://press.test/{number}", alone=alone)


def test_a_suspect_travels_alone_and_the_others_up_to_a_chunk_together():
    # Given
    leased = [("normal", request(number, alone=number in (3, 30))) for number in range(43)]
    # When
    sent = list(chunks(leased, 20))
    # Then
    assert [len(requests) for _, requests in sent] == [1, 1, 14, 14, 13]
    assert {requests[0].item_id for _, requests in sent[:2]} == {3, 30}
    assert sorted(r.item_id for _, requests in sent for r in requests) == list(range(43))


def test_urgent_urls_have_a_queue_of_their_own():
    sent = list(chunks([("urgent", request(1)), ("bulk", request(2)), ("normal", request(3))], 20))
    assert [(queue, [r.item_id for r in requests]) for queue, requests in sent] == [(URGENT, [1]), (FETCH, [2, 3])]


def test_a_malformed_url_is_sent_like_others_to_become_an_outcome():
    leased = [("bulk", replace(request(number), url=url)) for number, url in enumerate(["http://[::1/", "http://a.test/1"])]
    assert sorted(one.url for _, chunk in chunks(leased, 8, paced=True) for one in chunk) == ["http://[::1/", "http://a.test/1"]


def test_nothing_leased_is_nothing_sent():
    assert list(chunks([], 20)) == []


def test_the_window_is_worth_ten_seconds_of_throughput_within_bounds():
    settings = Settings()
    assert [window(rate, settings) for rate in (0.0, 19.0, 100.0, 1e9)] == [200, 200, 1000, 5000]


def test_throughput_follows_what_was_finished_and_forgets_within_the_window():
    # Given a hundred a second for a minute
    rate = Rate()
    for second in range(61):
        rate.observe(float(second), 100 * second)
    assert 95 < rate.per_second <= 100
    # When nothing comes for half a minute
    for second in range(61, 92):
        rate.observe(float(second), 6000)
    # Then
    assert rate.per_second < 15


def test_throughput_is_not_confused_by_a_counter_that_was_there_before():
    rate = Rate()
    rate.observe(0.0, 1_000_000)
    rate.observe(1.0, 1_000_000)
    assert rate.per_second == 0.0


def depths(oldest: float | None, waiting: int = 3) -> list[Depth]:
    return [Depth("fetch", waiting, oldest, 0, 0), Depth("label", 0, None, 0, 0)]


def test_a_minute_has_the_longest_wait_in_it_and_what_waits_at_its_end() -> None:
    minute = MinuteFigures()
    assert minute.ended(119.0) is None, "the first minute is not whole"
    minute.observe(depths(4.0))
    minute.observe(depths(9.0, waiting=5))
    minute.observe(depths(None, waiting=1))
    assert minute.ended(119.9) is None
    gauges = minute.ended(120.2)
    assert gauges == {"oldest_s.fetch": 9.0, "oldest_s.label": 0.0, "oldest_s": 9.0, "waiting.fetch": 1.0, "waiting.label": 0.0}
    assert minute.ended(121.0) is None
    assert minute.ended(180.0) == {}, "nothing was seen in it"
