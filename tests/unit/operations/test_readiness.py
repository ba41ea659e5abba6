"""Whether the service makes progress."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from worker.errors import Unavailable
from worker.operations.readiness import readiness
from worker.queues import WorkerSeen


def seen(name: str, *, alive: bool = True) -> WorkerSeen:
    return WorkerSeen(name, (), alive, 1_796_000_000.0, 0)


def away() -> None:
    raise Unavailable("postgresql://secret@host refuses")


def services(*workers: WorkerSeen, database=frozenset, redis=None) -> SimpleNamespace:
    return SimpleNamespace(
        operator_ledger=SimpleNamespace(paused_stages=database),
        control=SimpleNamespace(workers=redis or (lambda: list(workers))),
    )


@pytest.mark.parametrize(
    ("asked", "reasons"),
    [
        (services(seen("dispatcher@a"), seen("keeper@a")), []),
        (services(seen("dispatcher@a", alive=False), seen("dispatcher@b"), seen("keeper@a")), []),
        (services(seen("keeper@a")), [("dispatcher", "none runs")]),
        (services(seen("dispatcher@a", alive=False), seen("keeper@a")), [("dispatcher", "makes no progress")]),
        (services(seen("dispatcher@a"), seen("dispatchers@b"), seen("keeperx@a")), [("keeper", "none runs")]),
        (services(redis=away), [("redis", "does not answer")]),
        (services(seen("dispatcher@a"), seen("keeper@a"), database=away), [("database", "does not answer")]),
        (services(redis=away, database=away), [("database", "does not answer"), ("redis", "does not answer")]),
    ],
)
def test_the_service_is_ready_while_its_servers_answer_and_each_needed_process_makes_progress(asked, reasons):
    found = readiness(asked)
    assert [(reason.what, reason.why) for reason in found.reasons] == reasons
    assert found.ready is not bool(reasons)
    assert "secret" not in str(found.to_dict())
