"""Dead letters: grouped, listed, and the filter of one URL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from worker.errors import UsageError
from worker.operations import dead
from worker.operations.dead import DeadCause
from worker.reasons import Fate, Reason
from worker.storage.values import DeadFilter, DeadGroup, DeadItem, Entry

AT = 1_700_000_000.0
WRITTEN = "2023-11-14T22:13:20.000Z"
ENTRY = Entry("http://pub.example/a", "k", "pub.example:80")


def letter(item_id: int, reason: str, died_at: float = AT) -> DeadItem:
    return DeadItem(item_id, f"http://pub.example/{item_id}", "pub.example:80", reason, None, died_at, 1, 0, {"status": 404})


@dataclass
class Ledger:
    """A ledger that answers from memory and counts what is requeued."""

    letters: list[DeadItem] = field(
        default_factory=lambda: [letter(3, "http-404"), letter(2, "dns", AT - 60), letter(1, "http-404", AT - 90)]
    )
    states: tuple[str, ...] = ("stored", "dead")

    def dead(self, which: DeadFilter) -> Iterator[DeadItem]:
        return (item for item in self.letters if which.reason in (None, item.reason))

    def dead_groups(self) -> list[DeadGroup]:
        return [DeadGroup("http-404", 9, AT)]

    def trace(self, key: str) -> list[Any]:
        return [SimpleNamespace(item_id=number, state=state) for number, state in enumerate(self.states, 1)]

    def requeue_at(self, which: DeadFilter, rate: float | None) -> list[int]:
        return [item.item_id for item in self.dead(which)]


def services(ledger: Ledger | None = None) -> Any:
    return SimpleNamespace(operator_ledger=ledger or Ledger())


def test_only_what_can_kill_is_a_reason_to_filter_by() -> None:
    assert set(dead.REASONS) == {reason.word for reason in Reason if reason.fate in (Fate.DEAD, Fate.AGAIN, Fate.WAITS, Fate.STRIKE)}


def test_without_a_filter_the_ledger_groups_all_dead_letters_itself() -> None:
    assert dead.causes(services(), DeadFilter()) == [DeadCause("http-404", 9, WRITTEN)]


def test_with_a_filter_the_letters_are_grouped_with_the_newest_of_each_cause() -> None:
    found = dead.causes(services(), DeadFilter(since=0.0))
    assert [(cause.reason, cause.count, cause.newest) for cause in found] == [
        ("http-404", 2, WRITTEN),
        ("dns", 1, "2023-11-14T22:12:20.000Z"),
    ]


def test_a_letter_has_the_contracts_shape() -> None:
    (first, *_) = dead.letters(services(), DeadFilter(reason="http-404"))
    assert first.to_dict() == {
        "item_id": 3,
        "url": "http://pub.example/3",
        "host": "pub.example:80",
        "reason": "http-404",
        "detail": None,
        "died_at": WRITTEN,
        "tries": 1,
        "strikes": 0,
        "http": {"status": 404},
    }


def test_a_url_means_its_dead_item_alone() -> None:
    assert dead.only(services(), ENTRY) == DeadFilter(item_id=2)
    with pytest.raises(UsageError, match="expected the URL of a dead letter"):
        dead.only(services(Ledger(states=("stored",))), ENTRY)


def test_what_is_requeued_is_counted() -> None:
    assert dead.requeue(services(), DeadFilter(reason="http-404")).to_dict() == {"requeued": 2}
    assert dead.count(services(), DeadFilter()) == 3
