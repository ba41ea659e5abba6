"""A batch of articles labelled: together, and one by one where the model fails on it."""

from __future__ import annotations

import resource
import signal
from collections.abc import Callable, Sequence

import pytest

from classifier.labels import Labels
from tests.integration.parts.samples import LABELS, extracted
from worker.messages import Labelled, Relabel, Relabelled, Struck, URLRequest
from worker.models.labeller import Document
from worker.pipeline.label_batch import labelled, relabelled
from worker.sandbox.budget import Budget

BATCH = [
    extracted(URLRequest(number, 1, f"https://press.test/{number}"), text) for number, text in enumerate(("Fine.", "Bad.", "Fine too."))
]


BUDGET = Budget(cpu=0.5, memory=256 * 1024 * 1024)


class Model:
    """A model that fails on the word Bad."""

    def __init__(self) -> None:
        self.calls: list[int] = []

    def label(self, items: Sequence[Document]) -> list[Labels]:
        self.calls.append(len(items))
        if any("Bad" in item.text for item in items):
            raise ValueError("bad text")
        return [LABELS for _ in items]


def test_a_batch_is_labelled_in_one_call() -> None:
    model = Model()
    outcomes = labelled([BATCH[0], BATCH[2]], model, BUDGET)
    assert [(type(outcome), outcome.extracted) for outcome in outcomes] == [(Labelled, BATCH[0]), (Labelled, BATCH[2])]
    assert model.calls == [2]


def test_an_article_that_the_model_cannot_label_fails_alone(caplog: pytest.LogCaptureFixture) -> None:
    outcomes = labelled(BATCH, Model(), BUDGET)
    assert [type(outcome) for outcome in outcomes] == [Labelled, Struck, Labelled]
    assert "ValueError: bad text" in outcomes[1].detail
    assert "label failed, a strike against the page" in caplog.text


def test_a_stored_text_that_cannot_be_labelled_again_keeps_its_labels() -> None:
    outcomes = relabelled([Relabel(1, "", "Fine."), Relabel(2, "", "Bad.")], Model(), BUDGET)
    assert [(type(outcome), outcome.item_id) for outcome in outcomes] == [(Relabelled, 1)]


class HungryModel(Model):
    """A model that needs more CPU or memory than there is for the word Bad."""

    def __init__(self, need: Callable[[], object]) -> None:
        super().__init__()
        self._need = need

    def label(self, items: Sequence[Document]) -> list[Labels]:
        if any("Bad" in item.text for item in items):
            self._need()
        return [LABELS for _ in items]


def spin() -> None:
    while True:
        pass


def eat() -> bytearray:
    return bytearray(1024 * 1024 * 1024)


@pytest.mark.parametrize(("need", "told"), [(spin, "0.5 s of CPU"), (eat, "MemoryError")])
def test_an_article_over_its_budget_is_struck_and_its_neighbours_are_labelled(need: Callable[[], object], told: str) -> None:
    # Given
    limits = resource.getrlimit(resource.RLIMIT_AS), signal.getsignal(signal.SIGPROF)
    # When
    outcomes = labelled(BATCH, HungryModel(need), BUDGET)
    # Then
    assert [type(outcome) for outcome in outcomes] == [Labelled, Struck, Labelled]
    assert told in outcomes[1].detail
    # And the process is as before
    assert (resource.getrlimit(resource.RLIMIT_AS), signal.getsignal(signal.SIGPROF)) == limits
