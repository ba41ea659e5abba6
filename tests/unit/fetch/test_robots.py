from __future__ import annotations

import time

import pytest

from worker.config import load
from worker.errors import ItemFailed
from worker.fetch import robots
from worker.fetch.robots import ALLOW_ALL, Robots, first_bytes, parse_rules, product, rules_of_status, unavailable
from worker.net.policy import parse

AGENT = "Pressmark/0.1 (+https://example.org)"
PAGE = parse("http://pub.example/news/1", load({}))


def allowed(text: bytes, url: str = PAGE.url) -> bool:
    return parse_rules(text, AGENT).allows(url)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (b"User-agent: *\nDisallow: /news", False),
        (b"User-agent: *\nDisallow: /news\nAllow: /news/1", True),
        (b"User-agent: pressmark\nDisallow: /\n\nUser-agent: *\nAllow: /", False),
        (b"User-agent: PressMark\nAllow: /\n\nUser-agent: *\nDisallow: /", True),
        (b"User-agent: otherbot\nDisallow: /", True),
        (b"\xef\xbb\xbfUser-agent: *\nDisallow: /", False),
        (b"User-agent: *\rDisallow: /", False),
        (b"<html><body>no rules here</body></html>", True),
        (b"", True),
        (b"\xff\xfe\x00garbage\x00" * 50, True),
        (b"User-agent: *\nDisallow: /*1$", False),
    ],
)
def test_rules_are_read_as_rfc_9309_has_them(text: bytes, verdict: bool) -> None:
    assert allowed(text) is verdict


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"5", 5.0),
        (b"0.5", 0.5),
        (b"1e9", robots.MAX_CRAWL_DELAY),
        (b"-1", None),
        (b"NaN", None),
        (b"inf", None),
        (b"x", None),
    ],
)
def test_a_crawl_delay_is_held_within_a_minute(value: bytes, seconds: float | None) -> None:
    assert parse_rules(b"User-agent: *\nCrawl-delay: " + value, AGENT).crawl_delay == seconds


@pytest.mark.parametrize(
    ("status", "open_"), [(404, True), (403, True), (451, True), (500, False), (503, False), (429, False), (301, False)]
)
def test_a_status_alone_allows_or_forbids(status: int, open_: bool) -> None:
    rules = rules_of_status(status)
    assert rules is not None
    assert rules.allows(PAGE.url) is open_


def test_a_forbidden_page_and_an_unknown_one_differ() -> None:
    with pytest.raises(ItemFailed, match="robots: "):
        parse_rules(b"User-agent: *\nDisallow: /", AGENT).check(PAGE)
    with pytest.raises(ItemFailed, match="robots-unavailable") as failure:
        unavailable("status 500").check(PAGE)
    assert failure.value.retry_after == robots.UNAVAILABLE_TTL


def test_only_the_first_bytes_count() -> None:
    # Given blocks without end
    def endless():
        while True:
            yield b"# filler\n" * 1000

    # When half a megabyte is wanted
    # Then no more is read
    assert len(first_bytes(endless(), 500 * 1024)) == 500 * 1024


def test_hostile_wildcards_cost_no_time() -> None:
    began = time.process_time()
    parse_rules(b"User-agent: *\nDisallow: /" + b"*a" * 40 + b"b", AGENT).allows("http://pub.example/" + "a" * 5000)
    assert time.process_time() - began < 5


def test_we_go_by_our_product_name() -> None:
    assert product(AGENT) == "pressmark"


class TestMemory:
    """What is remembered of robots.txt, and for how long."""

    def test_rules_are_remembered_until_they_are_old(self, monkeypatch: pytest.MonkeyPatch) -> None:
        memory = Robots(load({"PRESSMARK_ROBOTS_TTL": "100"}))
        now = time.monotonic()
        memory.put("http://a.example", ALLOW_ALL)
        assert memory.get("http://a.example") is ALLOW_ALL
        assert memory.get("http://b.example") is None
        monkeypatch.setattr(robots.time, "monotonic", lambda: now + 101)
        assert memory.get("http://a.example") is None

    def test_a_day_is_the_longest(self, monkeypatch: pytest.MonkeyPatch) -> None:
        memory = Robots(load({"PRESSMARK_ROBOTS_TTL": "600000"}))
        now = time.monotonic()
        memory.put("http://a.example", ALLOW_ALL)
        monkeypatch.setattr(robots.time, "monotonic", lambda: now + 86401)
        assert memory.get("http://a.example") is None

    def test_trouble_is_forgotten_sooner(self, monkeypatch: pytest.MonkeyPatch) -> None:
        memory = Robots(load({}))
        now = time.monotonic()
        memory.put("http://a.example", unavailable("away"))
        monkeypatch.setattr(robots.time, "monotonic", lambda: now + robots.UNAVAILABLE_TTL + 1)
        assert memory.get("http://a.example") is None

    def test_what_is_not_kept_parsed_is_read_again_and_says_the_same(self, monkeypatch: pytest.MonkeyPatch) -> None:
        # Given room for one parsed file
        monkeypatch.setattr(robots, "CACHE_LINES", 3)
        memory = Robots(load({}))
        for name in "abc":
            memory.put(name, parse_rules(b"User-agent: *\nDisallow: /news", AGENT))
        # When the first is asked for
        again = memory.get("a")
        # Then it still forbids
        assert again is not None
        assert not again.allows(PAGE.url)
        assert len(memory._parsed) == 1

    def test_too_much_text_pushes_out_the_least_used(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(robots, "CACHE_BYTES", 1000)
        memory = Robots(load({}))
        for name in "abcd":
            memory.put(name, ALLOW_ALL)
        assert [memory.get(name) is not None for name in "abcd"] == [False, True, True, True]

    def test_a_file_that_weighs_too_much_is_kept_as_text_alone(self) -> None:
        memory = Robots(load({}))
        memory.put("http://a.example", parse_rules(b"User-agent: *\n" + b"Disallow: /*x\n" * 30_000, AGENT))
        assert not memory._parsed
        assert memory.get("http://a.example") is not None
