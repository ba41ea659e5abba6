"""The counts of a list: kept for some seconds, made beside the requests, and never a reason to show no articles."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import lxml.html
import pytest
from fastapi import FastAPI

from tests.unit.dashboard.asgi import ask
from tests.unit.dashboard.filled import fill
from worker.bootstrap.dashboard import DashboardServices
from worker.dashboard import counts
from worker.dashboard.counts import Answer, Counting
from worker.errors import Unavailable
from worker.operations import articles

UNTIL = 10.0
"""Seconds that a test waits for a thread at most."""


class Slow:
    """Makes numbers, each only when it is let; every one costs a second of a clock that no time moves."""

    def __init__(self) -> None:
        self.let = threading.Semaphore(0)
        self.made = 0
        self.spent = 0.0

    def __call__(self) -> int:
        assert self.let.acquire(timeout=UNTIL)
        self.made += 1
        self.spent += 1.0
        return self.made

    def cost(self) -> float:
        return self.spent


def until(there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + UNTIL
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def counting(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counting[str, int]]:
    monkeypatch.setattr(counts, "WAIT", 0.01)
    yield Counting(slow.cost)
    slow.let.release(100)


def test_who_asks_first_waits_for_a_moment_only_and_finds_the_answer_later(counting: Counting[str, int], slow: Slow) -> None:
    assert counting.answers({"a": slow}) == {"a": None}
    assert counting.answers({"a": slow}) == {"a": None}, "it is made once, however many ask"
    slow.let.release()
    until(lambda: counting.answers({"a": slow})["a"] is not None)
    assert slow.made == 1
    answer = counting.answers({"a": slow})["a"]
    assert answer is not None
    assert (answer.value, slow.made) == (1, 1), "what took a second is kept for twenty"


def test_an_old_answer_is_given_while_the_new_one_is_made(counting: Counting[str, int], slow: Slow, monkeypatch) -> None:
    monkeypatch.setattr(counts, "SHARE", 0.0)
    slow.let.release()
    until(lambda: counting.answers({"a": slow})["a"] is not None)
    old = counting.answers({"a": slow})["a"]
    assert old is not None
    assert old.value == 1
    slow.let.release()
    until(lambda: counting.answers({"a": slow})["a"] == Answer(2, pytest.approx(0, abs=UNTIL)))


def test_what_was_changed_is_asked_anew(counting: Counting[str, int], slow: Slow) -> None:
    slow.let.release(2)
    until(lambda: counting.answers({"a": slow})["a"] is not None)
    counting.forget()
    until(lambda: (found := counting.answers({"a": slow})["a"]) is not None and found.value == 2)


def test_a_question_that_failed_is_asked_again(counting: Counting[str, int]) -> None:
    asked = []

    def make() -> int:
        asked.append(1)
        if len(asked) == 1:
            raise Unavailable("the database is away")
        return 7

    until(lambda: (found := counting.answers({"a": make})["a"]) is not None and found.value == 7)
    assert len(asked) == 2


def test_the_questions_asked_longest_ago_are_forgotten(counting: Counting[str, int], monkeypatch) -> None:
    monkeypatch.setattr(counts, "MOST", 2)
    monkeypatch.setattr(counts, "WAIT", UNTIL)
    spent = iter(range(100))
    quick: Counting[str, int] = Counting(lambda: float(next(spent)))
    made: list[str] = []
    for key in ("a", "b", "a", "c", "a", "b"):
        quick.answers({key: lambda key=key: made.append(key) or len(made)})
    assert made == ["a", "b", "c", "b"]


@pytest.fixture
def many(services: DashboardServices, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """An installation that takes its articles for very many."""
    monkeypatch.setattr(articles, "QUICKLY_COUNTED", 1)
    return fill(services)


def page(app: FastAPI, address: str) -> lxml.html.HtmlElement:
    answer = ask(app, "GET", address)
    assert answer.status == 200
    return lxml.html.fromstring(answer.body.decode())


def test_articles_are_shown_while_their_counts_are_made_and_the_counts_afterwards(
    app: FastAPI, services: DashboardServices, many: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "WAIT", 0.01)
    let, counted = threading.Event(), services.articles.counted
    monkeypatch.setattr(services.articles, "counted", lambda *given, **more: let.wait(UNTIL) and counted(*given, **more))
    early = page(app, "/articles")
    assert len(early.xpath("//a[@data-row]")) == len(many)
    [link] = early.xpath("//aside//a[.='Look again']/@href")
    assert not early.xpath("//div[@class='facet']")
    let.set()
    until(lambda: not page(app, link).xpath("//*[@id='uncounted']"))
    late = page(app, link)
    assert late.xpath("//div[@class='facet']")
    assert f"{len(many)} articles" in late.xpath("string(//main)")


def test_counts_say_how_old_they_are(app: FastAPI, many: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "WAIT", UNTIL)
    assert "Counted" not in page(app, "/articles").xpath("string(//aside)")
    kept = app.state.dashboard.counts
    made = kept.of
    monkeypatch.setattr(kept, "of", lambda wanted, *, once: replace(made(wanted, once=once), age=12.0))
    assert "Counted 12 s ago" in page(app, "/articles").xpath("string(//aside)")


@pytest.mark.parametrize("quickly", [1, 1000], ids=["beside the request", "within it"])
def test_counts_that_cannot_be_had_take_no_article_away(
    app: FastAPI, services: DashboardServices, many: list[int], monkeypatch: pytest.MonkeyPatch, quickly: int
) -> None:
    def away(*_given: object, **_more: object) -> None:
        raise Unavailable("canceling statement due to statement timeout")

    monkeypatch.setattr(articles, "QUICKLY_COUNTED", quickly)
    for name in ("counted", "counted_together", "survey", "total"):
        monkeypatch.setattr(services.articles, name, away)
    for address in ("/articles", "/articles?language=km", "/articles?q=article", "/articles?once=1"):
        shown = page(app, address)
        assert shown.xpath("//a[@data-row]"), address
        assert shown.xpath("//*[@id='uncounted']"), address
    nothing = page(app, "/articles?language=km&outlet=nobody.example")
    told = nothing.xpath("//div[@class='empty']//a/text()")
    assert told == ["Search without the outlet", "Search without the language"]


def test_what_matches_without_a_field_is_counted_for_many_articles_too(app: FastAPI, many: list[int], monkeypatch) -> None:
    monkeypatch.setattr(counts, "WAIT", UNTIL)
    few = page(app, "/articles?language=km&outlet=nobody.example").xpath("//div[@class='empty']//a/text()")
    monkeypatch.setattr(articles, "QUICKLY_COUNTED", 1000)
    assert page(app, "/articles?language=km&outlet=nobody.example").xpath("//div[@class='empty']//a/text()") == few
    assert few
