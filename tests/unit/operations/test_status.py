"""Queues and status in the contract's shape, also while Redis is away."""

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from worker.config import Settings
from worker.errors import Unavailable
from worker.operations.problems import of_balance, of_disk, of_processes, of_queues, of_redis
from worker.operations.queues import report
from worker.queues import QUEUES, Depth, WorkerSeen
from worker.queues.parked import WrongType
from worker.storage.for_viewer import DueCounts
from worker.storage.values import Balance, DeadGroup, Paused, State

STATES = {"waiting": 3, "running": 9, "stored": 20, "duplicate": 1, "refused": 0, "dead": 2}
BALANCE = Balance(35, {State(name): count for name, count in STATES.items()}, 20, 0, 0, 0, counted=True)


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


LOOPS = (WorkerSeen("dispatcher@a-3", (), True, 1_700_000_000.0, 0), WorkerSeen("keeper@a-4", (), True, 1_700_000_000.0, 0))


@dataclass
class Queues:
    """Queues with four URLs in `fetch` that have waited for a while."""

    oldest: float | None = 2.0
    seen: list[WorkerSeen] = field(
        default_factory=lambda: [
            WorkerSeen("fetch@a-1", ("fetch", "fetch.urgent"), True, 1_700_000_000.0, 4),
            WorkerSeen("label@a-2", ("label", "label.bulk"), True, 1_700_000_000.0, 2),
            *LOOPS,
        ]
    )

    def all(self) -> list[Depth]:
        return [Depth(name, 4 if name == "fetch" else 0, self.oldest if name == "fetch" else None, 1, 1) for name in QUEUES]

    def workers(self) -> list[WorkerSeen]:
        return self.seen


class Away:
    """Redis is away."""

    def wrong(self) -> list[WrongType]:
        raise Unavailable("away")

    def all(self) -> list[Depth]:
        raise Unavailable("away")

    def workers(self) -> list[WorkerSeen]:
        raise Unavailable("away")


def settings(tmp_path: Path, **more: Any) -> Settings:
    return Settings(data_dir=tmp_path, **more)


def services(tmp_path: Path, ledger: Any = None, queues: Any = None, active: str | None = None) -> Any:
    return SimpleNamespace(
        operator_ledger=ledger or Ledger(),
        viewer_ledger=SimpleNamespace(due_counts=lambda: DueCounts(1, 2, 1_700_000_000.0)),
        depths=queues or Queues(),
        control=queues or Queues(),
        registry=SimpleNamespace(active=lambda: active),
        schema=queues or Queues(),
        model_note=SimpleNamespace(id="m1"),
        settings=settings(tmp_path),
    )


def test_the_model_is_the_promoted_one_else_the_one_that_ships(tmp_path: Path) -> None:
    assert report(services(tmp_path)).model.id == "m1"
    assert report(services(tmp_path, active="m2")).model.id == "m2"


def test_running_is_leased_minus_waiting(tmp_path: Path) -> None:
    queues = {queue.name: queue for queue in report(services(tmp_path)).queues}
    assert queues["fetch"].waiting == 4
    assert (queues["fetch"].running, queues["label"].running) == (3, 2)
    assert sum(queue.waiting + queue.running for queue in queues.values()) == 9


def test_the_document_has_the_contracts_shape(tmp_path: Path) -> None:
    found = report(services(tmp_path))
    document = found.to_dict()
    assert list(document) == ["queues", "ledger", "balanced", "dead", "workers", "model", "at", "due", "paused"]
    assert document["due"] == {"now": 1, "later": 2, "next_at": "2023-11-14T22:13:20.000Z"}
    assert document["paused"] == {"stages": [], "hosts": []}
    assert document["queues"][0] == {
        "name": "fetch",
        "waiting": 4,
        "running": 3,
        "oldest_waiting_s": 2.0,
        "in_per_min": 1,
        "out_per_min": 1,
        "paused": False,
    }
    assert document["ledger"] == {"accepted": 35, **STATES}
    assert document["dead"] == [{"reason": "http-404", "count": 2, "newest": "2023-11-14T22:13:20.000Z"}]
    assert document["workers"][0] == {
        "name": "fetch@a-1",
        "queues": ["fetch", "fetch.urgent"],
        "alive": True,
        "last_seen": "2023-11-14T22:13:20.000Z",
        "running": 4,
    }
    assert [*of_balance(found), *of_queues(found)] == [], "all is well with it"


def test_a_pause_is_shown_on_every_queue_of_its_stage(tmp_path: Path) -> None:
    found = report(services(tmp_path, Ledger(stopped=frozenset({"fetch"}))))
    assert [queue.name for queue in found.queues if queue.paused] == ["fetch", "fetch.urgent"]


def test_without_redis_the_ledger_is_shown_and_the_rest_is_unknown(tmp_path: Path) -> None:
    found = report(services(tmp_path, queues=Away()))
    assert (found.ledger.accepted, found.redis_is_away) == (35, True)
    assert {queue.waiting for queue in found.queues} == {None}
    assert [problem.code for problem in of_redis(services(tmp_path, queues=Away()), found)] == ["redis-away"]
    assert list(of_queues(found)) == [], "nothing is known of the queues"


class Foreign(Away):
    """Redis answers, and one of our keys holds something else."""

    def wrong(self) -> list[WrongType]:
        return [WrongType("x:fetch", "list", "string")]


def test_a_key_of_another_type_is_not_called_an_outage(tmp_path: Path) -> None:
    found = services(tmp_path, queues=Foreign())
    [problem] = of_redis(found, report(found))
    assert problem.code == "redis-key"
    assert "the key x:fetch holds a string, expected a list" in problem.what


def test_books_that_do_not_balance_are_a_problem(tmp_path: Path) -> None:
    found = report(services(tmp_path, Ledger(Balance(36, BALANCE.states, 20, 0, 0, 0, counted=True))))
    assert found.balanced is False
    (problem,) = of_balance(found)
    assert (problem.level, problem.code, problem.count) == ("wrong", "unbalanced", 1)
    assert problem.what == "The ledger does not balance: 1 more accepted than accounted for. Run `pressmark doctor`."
    assert "NOT BALANCED" in found.summary()


def test_a_message_that_waits_too_long_is_a_problem_unless_its_stage_is_paused(tmp_path: Path) -> None:
    (problem,) = of_queues(report(services(tmp_path, queues=Queues(oldest=400.0))))
    assert (problem.level, problem.code, problem.count) == ("wrong", "queue-old", 4)
    assert problem.what == "Fetch: the oldest page has waited 6 min."
    paused = report(services(tmp_path, Ledger(stopped=frozenset({"fetch"})), Queues(oldest=400.0)))
    assert list(of_queues(paused)) == []


def test_a_stage_without_a_living_worker_is_a_problem(tmp_path: Path) -> None:
    dead = WorkerSeen("label@a-2", ("label",), False, 0.0, 0)
    alive = [worker for worker in Queues().seen if not worker.queues]
    found = of_queues(report(services(tmp_path, queues=Queues(seen=[dead, *alive]))))
    assert [(problem.what, problem.since) for problem in found] == [
        ("No worker fetches. Start one: `pressmark worker fetch`.", None),
        ("No worker labels. Start one: `pressmark worker label`.", "1970-01-01T00:00:00.000Z"),
    ]


@pytest.mark.parametrize(
    ("kind", "seen", "said"),
    [
        ("keeper", [], ("No keeper runs. Start one: `pressmark keeper`.", None)),
        ("dispatcher", [], ("No dispatcher runs. Start one: `pressmark dispatcher`.", None)),
        (
            "keeper",
            [(False, 1.7e9), (False, 1.7e9 + 60)],
            ("No keeper has made progress lately. Start one: `pressmark keeper`.", "2023-11-14T22:14:20.000Z"),
        ),
        ("keeper", [(False, 1.7e9), (True, 1.7e9)], None),
        ("dashboard", [], None),
        (
            "dashboard",
            [(False, 1.7e9)],
            ("No dashboard has made progress lately. Start one: `pressmark dashboard`.", "2023-11-14T22:13:20.000Z"),
        ),
    ],
)
def test_a_kind_of_process_of_which_none_makes_progress_is_a_problem(
    tmp_path: Path, kind: str, seen: list[tuple[bool, float]], said: tuple[str, str | None] | None
) -> None:
    # Given
    others = [worker for worker in Queues().seen if not worker.name.startswith(kind)]
    beats = [WorkerSeen(f"{kind}@a-{number}", (), alive, at, 0) for number, (alive, at) in enumerate(seen)]
    # When
    found = report(services(tmp_path, queues=Queues(seen=[*others, *beats])))
    # Then
    assert [(problem.what, problem.since) for problem in of_processes(found.workers)] == ([said] if said else [])


def test_a_disk_nearly_full_is_a_problem(tmp_path: Path) -> None:
    (problem,) = of_disk(settings(tmp_path, disk_free_min=1 << 49))
    assert (problem.level, problem.code) == ("wrong", "disk-full")
    assert list(of_disk(settings(tmp_path, disk_free_min=0))) == []


@pytest.mark.parametrize("refusal", ["OOM command not allowed", "READONLY You can't write", "MISCONF no snapshots"])
def test_a_redis_that_takes_no_writes_is_a_problem_in_its_own_words(tmp_path: Path, refusal: str) -> None:
    found = services(tmp_path)
    found.control.refusal = lambda: refusal
    (problem,) = of_redis(found, report(found))
    assert problem.code == "redis-refuses"
    assert refusal in problem.what


def test_a_redis_that_takes_writes_is_not_said_to_refuse_them(tmp_path: Path) -> None:
    well = services(tmp_path)
    well.control.refusal = lambda: None
    assert list(of_redis(well, report(well))) == []
