"""How things stand, in the contract's shape, also while Redis is away."""

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from worker.config import Settings
from worker.errors import Unavailable
from worker.operations.status import problems, queues_document, rfc3339, summary
from worker.queues import QUEUES, Depth, WorkerSeen
from worker.storage.values import Balance, DeadGroup, Paused

STATES = {"waiting": 3, "running": 9, "stored": 20, "duplicate": 1, "refused": 0, "dead": 2}
BALANCE = Balance(35, STATES, 20, 0, 0, 0, counted=True)


@dataclass
class Ledger:
    """A ledger that answers from memory."""

    stands: Balance = BALANCE
    stopped: frozenset[str] = frozenset()

    def balance(self) -> Balance:
        return self.stands

    def paused(self) -> Paused:
        return Paused(self.stopped, ())

    def running(self) -> int:
        return 9

    def dead_groups(self) -> list[DeadGroup]:
        return [DeadGroup("http-404", 2, 1_700_000_000.0)]


@dataclass
class Queues:
    """Queues with four URLs in `fetch` that have waited for a while."""

    oldest: float | None = 2.0
    seen: list[WorkerSeen] = field(
        default_factory=lambda: [
            WorkerSeen("fetch@a-1", ("fetch", "fetch.urgent"), True, 1_700_000_000.0, 4),
            WorkerSeen("label@a-2", ("label", "label.bulk"), True, 1_700_000_000.0, 2),
        ]
    )

    def all(self) -> list[Depth]:
        return [Depth(name, 4 if name == "fetch" else 0, self.oldest if name == "fetch" else None, 1, 1) for name in QUEUES]

    def workers(self) -> list[WorkerSeen]:
        return self.seen


class Away:
    """Redis is away."""

    def all(self) -> list[Depth]:
        raise Unavailable("away")

    def workers(self) -> list[WorkerSeen]:
        raise Unavailable("away")


def services(tmp_path: Path, ledger: Any = None, queues: Any = None, active: str | None = None) -> Any:
    return SimpleNamespace(
        operator_ledger=ledger or Ledger(),
        depths=queues or Queues(),
        control=queues or Queues(),
        registry=SimpleNamespace(active=lambda: active),
        labeller=SimpleNamespace(model_id="m1"),
        settings=Settings(data_dir=tmp_path),
    )


def test_the_model_is_the_promoted_one_else_the_one_that_ships(tmp_path: Path) -> None:
    assert queues_document(services(tmp_path))["model"] == {"id": "m1"}
    assert queues_document(services(tmp_path, active="m2"))["model"] == {"id": "m2"}


def test_running_is_leased_minus_waiting(tmp_path: Path) -> None:
    rows = {row["name"]: row for row in queues_document(services(tmp_path))["queues"]}
    assert rows["fetch"]["waiting"] == 4
    assert (rows["fetch"]["running"], rows["label"]["running"]) == (3, 2)
    assert sum(row["waiting"] + row["running"] for row in rows.values()) == 9


def test_the_document_has_the_contracts_shape(tmp_path: Path) -> None:
    document = queues_document(services(tmp_path))
    assert list(document) == ["queues", "ledger", "balanced", "dead", "workers", "model", "at"]
    assert document["ledger"] == {"accepted": 35, **STATES}
    assert document["dead"] == [{"reason": "http-404", "count": 2, "newest": "2023-11-14T22:13:20.000Z"}]
    assert document["workers"][0]["last_seen"] == "2023-11-14T22:13:20.000Z"
    assert problems(services(tmp_path), document) == []


def test_a_pause_is_shown_on_every_queue_of_its_stage(tmp_path: Path) -> None:
    document = queues_document(services(tmp_path, Ledger(stopped=frozenset({"fetch"}))))
    assert [row["name"] for row in document["queues"] if row["paused"]] == ["fetch", "fetch.urgent"]


def test_without_redis_the_ledger_is_shown_and_the_rest_is_unknown(tmp_path: Path) -> None:
    document = queues_document(services(tmp_path, queues=Away()))
    assert document["ledger"]["accepted"] == 35
    assert {row["waiting"] for row in document["queues"]} == {None}
    assert "Redis" in problems(services(tmp_path), document)[0]


def test_books_that_do_not_balance_are_a_problem(tmp_path: Path) -> None:
    ledger = Ledger(Balance(36, STATES, 20, 0, 0, 0, counted=True))
    document = queues_document(services(tmp_path, ledger))
    assert document["balanced"] is False
    assert "not balanced" in problems(services(tmp_path), document)[0]
    assert "NOT BALANCED" in summary(document)


def test_a_message_that_waits_too_long_is_a_problem_unless_its_stage_is_paused(tmp_path: Path) -> None:
    document = queues_document(services(tmp_path, queues=Queues(oldest=400.0)))
    assert any("fetch" in line and "400 s" in line for line in problems(services(tmp_path), document))
    paused = queues_document(services(tmp_path, Ledger(stopped=frozenset({"fetch"})), Queues(oldest=400.0)))
    assert problems(services(tmp_path), paused) == []


def test_a_stage_without_a_living_worker_is_a_problem(tmp_path: Path) -> None:
    dead = WorkerSeen("label@a-2", ("label",), False, 0.0, 0)
    document = queues_document(services(tmp_path, queues=Queues(seen=[dead])))
    assert problems(services(tmp_path), document) == ["no worker serves fetch", "no worker serves label"]


def test_a_disk_nearly_full_is_a_problem(tmp_path: Path) -> None:
    full = services(tmp_path)
    full.settings = Settings(data_dir=tmp_path, disk_free_min=1 << 49)
    assert any("bytes are free" in line for line in problems(full, queues_document(full)))


@pytest.mark.parametrize(("seconds", "text"), [(None, None), (0.0, "1970-01-01T00:00:00.000Z"), (1.5, "1970-01-01T00:00:01.500Z")])
def test_times_are_rfc_3339_in_utc(seconds: float | None, text: str | None) -> None:
    assert rfc3339(seconds) == text
