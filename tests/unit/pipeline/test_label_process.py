"""What the label stage delivers, also where the model or one article is at fault."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest

from tests.integration.parts.samples import LABELS, extracted
from worker.errors import Unavailable, UsageError
from worker.messages import Labelled, Relabel, Relabelled, Returned, Struck, URLRequest
from worker.pipeline import label_process
from worker.pipeline.label_process import NO_MODEL, LabelProcess
from worker.queues import QueueFull
from worker.sandbox.budget import Budget

GOOD, BAD = (extracted(URLRequest(number, 9, f"http://a.test/{number}")) for number in (5, 6))
MODEL = SimpleNamespace(label=lambda documents: [LABELS for _ in documents])


class Stream:
    """Takes outcomes; refuses as often as told before."""

    def __init__(self, refusals: int = 0) -> None:
        self.refusals = refusals
        self.added = []

    def add(self, outcomes, out_of):
        if self.refusals:
            self.refusals -= 1
            raise Unavailable("Redis is away")
        self.added.append((list(outcomes), out_of))


class NoRoom:
    """A stream that is full as often as told."""

    def __init__(self, times: int = 0) -> None:
        self.times = times

    def expect(self, queue):
        if self.times:
            self.times -= 1
            raise QueueFull(f"the queue {queue} is full")


def process(stream: Stream, current=lambda: MODEL, room=None, pulse=lambda: None) -> LabelProcess:
    models = SimpleNamespace(current=current)
    return LabelProcess(SimpleNamespace(results=stream, models=models, budget=Budget(5.0, 1 << 28), capacity=room or NoRoom()), pulse)


def broken():
    raise UsageError("the model is damaged")


def choosy(documents):
    """Labels everything but the page of item 6."""
    if any(document.url.endswith("/6") for document in documents):
        raise ValueError("odd text")
    return [LABELS for _ in documents]


def test_a_batch_is_labelled_and_leaves_the_label_queue():
    stream = Stream()
    process(stream).label([GOOD])
    assert [(type(outcome), queue) for outcomes, queue in stream.added for outcome in outcomes] == [(Labelled, "label")]


def test_without_a_model_the_articles_are_returned_and_one_line_says_why(caplog):
    stream = Stream()
    process(stream, broken).label([GOOD, BAD])
    assert stream.added == [([Returned([(5, 9), (6, 9)], NO_MODEL)], "label")]
    assert [(r.levelname, r.getMessage(), r.stage) for r in caplog.records] == [
        ("ERROR", "no usable model; 2 articles will be tried again in five minutes: the model is damaged", "label")
    ]


def test_an_article_that_breaks_the_model_is_struck_alone_and_logged_with_its_fields(caplog):
    # Given
    stream = Stream()
    # When
    with caplog.at_level(logging.INFO):
        process(stream, lambda: SimpleNamespace(label=choosy)).label([GOOD, BAD])
    # Then
    outcomes, _ = stream.added[0]
    assert [type(outcome) for outcome in outcomes] == [Labelled, Struck]
    last = caplog.records[-1]
    assert (last.getMessage(), last.item, last.stage, last.reason, last.url) == (
        "label failed, a strike against the page",
        6,
        "label",
        "poison",
        "http://a.test/6",
    )


def test_stored_texts_get_new_labels_and_leave_the_bulk_queue():
    stream = Stream()
    process(stream).relabel([Relabel(5, "Title", "Text")])
    outcomes, queue = stream.added[0]
    assert ([type(outcome) for outcome in outcomes], queue) == ([Relabelled], "label.bulk")


def test_outcomes_wait_until_redis_is_back(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(label_process, "RETRY", 0.0)
    stream = Stream(refusals=2)
    process(stream).label([GOOD])
    assert len(stream.added) == 1


def test_a_full_stream_is_waited_for_which_is_no_standstill(monkeypatch):
    # Given
    monkeypatch.setattr(label_process, "RETRY", 0.01)
    stream, beats = Stream(), []
    # When
    process(stream, room=NoRoom(3), pulse=lambda: beats.append(1)).label([GOOD])
    # Then
    assert len(stream.added) == 1
    assert len(beats) == 4
