"""Results compared with what was expected: exactly where they must be equal, counted where they may differ."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from classifier.labels import SourceTypeLabel, TopicLabel
from worker.demo.report import compare, label_count, report, same_moment
from worker.demo.site import Expected
from worker.operations.due import DueFigures
from worker.operations.queues import Ledger, ModelInUse, PausedNow, QueueReport, QueueStatus
from worker.results import Result

PAGE = Expected("press.example", "/a", "A title", "2025-03-12T01:15:00Z", ("trade",), "trade", "independent", "stored", None, "Text.")
GONE = replace(PAGE, path="/gone", title=None, published_at=None, topics=(), outcome="dead", reason="http-404", text=None)
QUEUES = QueueReport(
    queues=(QueueStatus("fetch", 0, 0, None, 3, None, paused=False),),
    ledger=Ledger(2, waiting=0, running=0, stored=1, duplicate=0, refused=0, dead=1),
    balanced=True,
    dead=(),
    workers=(),
    model=ModelInUse("m1"),
    at="2026-01-01T00:00:00.000Z",
    due=DueFigures(0, 0, None),
    paused=PausedNow((), ()),
)


STORED = Result(
    item_id=1,
    url="http://press.example/a",
    outcome="stored",
    title="A title",
    published_at="2025-03-12T01:15:00Z",
    topics=[TopicLabel("trade", 0.9, 0.5, "yes"), TopicLabel("culture", 0.1, 0.5, "no")],
    source_type=SourceTypeLabel("independent", {}, "sure"),
)


def got(**changes: Any) -> Result:
    return replace(STORED, **changes)


def faults(page: Expected, result: Result | None) -> list[str]:
    return compare([page], {page.host + page.path: result} if result else {})[0].faults


def test_a_page_that_ended_as_expected_has_no_faults() -> None:
    assert faults(PAGE, got()) == []
    assert faults(GONE, got(outcome="dead", reason="http-404", title=None, published_at=None)) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"title": "A title - The Courier"}, "expected the title"),
        ({"title": None}, "expected the title"),
        ({"published_at": "2025-03-12"}, "expected the date"),
        ({"published_at": None}, "expected the date"),
        ({"outcome": "dead", "reason": "no-text"}, "expected stored"),
    ],
)
def test_another_title_date_or_outcome_is_a_fault(changes: dict[str, Any], told: str) -> None:
    (fault,) = faults(PAGE, got(**changes))
    assert fault.startswith(told)


def test_another_reason_is_a_fault_even_where_the_outcome_is_right() -> None:
    assert faults(GONE, got(outcome="dead", reason="timeout")) == ["expected dead: http-404"]


def test_a_page_that_has_not_ended_is_a_fault() -> None:
    assert faults(PAGE, None) == ["has not ended"]


def test_labels_are_counted_and_decide_nothing() -> None:
    verdicts = compare([replace(PAGE, topics=("culture",), source_type="official")], {"press.example/a": got()})
    assert verdicts[0].faults == []
    assert label_count(verdicts).startswith(
        "labels as the guide has them: 2 of 4 topic decisions, all four on 0 of 1 articles; source type on 0 of 1"
    )


def test_of_two_copies_either_may_be_the_duplicate_but_one_must_be() -> None:
    pages = [replace(PAGE, twin="/b"), replace(PAGE, path="/b", twin="/a", host="wire.example")]
    copy = got(outcome="duplicate", reason="duplicate", title=None, published_at=None)

    def both(first: Result, second: Result) -> list[list[str]]:
        return [verdict.faults for verdict in compare(pages, {"press.example/a": first, "wire.example/b": second})]

    assert both(got(), copy) == [[], []]
    assert both(copy, got()) == [[], []]
    assert both(got(), got()) == [["stored beside stored"], ["stored beside stored"]]


def test_moments_are_equal_in_any_zone_and_dates_only_to_dates() -> None:
    assert same_moment("2025-03-12T08:15:00+07:00", "2025-03-12T01:15:00Z")
    assert not same_moment("2025-03-12T08:15:00Z", "2025-03-12T01:15:00Z")
    assert not same_moment("2025-03-12", "2025-03-12T01:15:00Z")
    assert same_moment(None, None)


@pytest.mark.parametrize("width", [100, 200])
def test_the_report_shows_every_page_its_labels_and_the_identity(width: int) -> None:
    labelled = replace(PAGE, topics=("trade", "demining"), source_type="official")
    verdicts = compare(
        [labelled, GONE], {"press.example/a": got(), "press.example/gone": got(outcome="dead", reason="http-410", topics=None)}
    )
    console = Console(width=width, file=io.StringIO(), no_color=True)
    console.print(report(verdicts, QUEUES, width))
    shown = console.file.getvalue()
    assert "trade, -demining" in shown
    assert "+independent, -official" in shown
    assert "dead: http-410" in shown
    assert "expected dead: http-404" in shown
    assert "1 of 2 pages ended as expected" in shown
    assert "accepted 2 = 1 stored, 0 duplicate, 0 refused, 1 dead, 0 waiting, 0 running" in shown
    assert "balanced: true" in shown
