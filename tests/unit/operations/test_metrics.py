"""Metrics in Prometheus' text format."""

from __future__ import annotations

from worker.operations.dead import DeadCause
from worker.operations.drift import compare
from worker.operations.due import DueFigures
from worker.operations.metrics import lines
from worker.operations.queues import Ledger, ModelInUse, PausedNow, QueueReport, QueueStatus
from worker.operations.status import Status
from worker.storage.label_counts import LabelCounts

WEEK = LabelCounts(2, {"trade": 1}, {}, {"trade": 0.5}, 0, {"trade": (1, 0, 0, 0, 0, 0, 0, 0, 0, 1)}, {"en": (2, 0.25)})


def status() -> Status:
    queues = QueueReport(
        queues=(QueueStatus("fetch", waiting=4, running=1, oldest_waiting_s=None, in_per_min=2, out_per_min=0, paused=False),),
        ledger=Ledger(7, waiting=4, running=1, stored=2, duplicate=0, refused=0, dead=0),
        balanced=True,
        dead=(DeadCause('odd "one"\\', 3, "2026-01-01T00:00:00.000Z"),),
        workers=(),
        model=ModelInUse("m1"),
        at="2026-01-01T00:00:00.000Z",
        due=DueFigures(1, 3, None),
        paused=PausedNow((), ()),
    )
    return Status(queues, compare(WEEK, LabelCounts(0), None), problems=())


def test_every_family_is_named_once_and_its_samples_stand_together() -> None:
    found = list(lines(status()))
    heads = [line for line in found if line.startswith("#")]
    assert len(heads) == len(set(heads))
    families = [line.split("{")[0].split(" ")[0] for line in found if not line.startswith("#")]
    assert len(dict.fromkeys(families)) == len(heads)
    assert all(families[i] == families[i - 1] or families[i] not in families[:i] for i in range(1, len(families)))


def test_figures_carry_their_labels_and_what_is_unknown_is_left_out() -> None:
    found = list(lines(status()))
    assert 'pressmark_urls{state="accepted"} 7' in found
    assert 'pressmark_queue_waiting{queue="fetch"} 4' in found
    assert not any("oldest_waiting" in line for line in found)
    assert 'pressmark_drift_unknown_words{stretch="week",language="en"} 0.25' in found
    assert 'pressmark_drift_yes{stretch="week",label="trade"} 0.5' in found
    assert "pressmark_drift_warnings 0" in found


def test_quotes_in_a_label_cannot_end_it() -> None:
    assert 'pressmark_dead{reason="odd \\"one\\"\\\\"} 3' in list(lines(status()))
