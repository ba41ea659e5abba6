"""How things stand: the ledger, the queues, the workers and the dead letters in one look, for people and for programs."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from worker import queues as names
from worker.bootstrap import Services
from worker.errors import Unavailable
from worker.queues import Depth, WorkerSeen
from worker.storage.values import Paused

STAGE_OF = {names.FETCH: "fetch", names.URGENT: "fetch", names.LABEL: "label", names.LABEL_BULK: "label", names.RESULTS: "store"}
"""The stage that empties each queue: what `pause` names."""
TOO_OLD = 300.0
"""Seconds that a message may wait before `status --check` calls it a problem: more than twice the longest lease."""


def rfc3339(seconds: float | None) -> str | None:
    """Seconds since 1970 as RFC 3339 in UTC."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def queues_document(services: Services) -> dict[str, Any]:
    """The contract's "Queues". Where Redis is away its figures are null; raises Unavailable where the database is."""
    balance = services.operator_ledger.balance()
    paused = services.operator_ledger.paused()
    depths, workers = _transport(services)
    return {
        "queues": _queue_rows(depths, workers, services.operator_ledger.running(), paused),
        "ledger": {"accepted": balance.accepted, **balance.states},
        "balanced": balance.balanced,
        "dead": [
            {"reason": group.reason, "count": group.count, "newest": rfc3339(group.newest)}
            for group in services.operator_ledger.dead_groups()
        ],
        "workers": [worker_row(worker) for worker in workers or ()],
        "model": {"id": model_id(services)},
        "at": rfc3339(time.time()),
    }


def _transport(services: Services) -> tuple[list[Depth] | None, list[WorkerSeen] | None]:
    """Depths and workers, None where Redis is away."""
    try:
        return services.depths.all(), services.control.workers()
    except Unavailable:
        return None, None


def worker_row(worker: WorkerSeen) -> dict[str, Any]:
    """A worker as `workers` and `queues` show it."""
    return {
        "name": worker.name,
        "queues": list(worker.queues),
        "alive": worker.alive,
        "last_seen": rfc3339(worker.last_seen),
        "running": worker.running,
    }


def _queue_rows(depths: list[Depth] | None, workers: list[WorkerSeen] | None, leased: int, paused: Paused) -> list[dict[str, Any]]:
    if depths is None:
        unknown = dict.fromkeys(("waiting", "running", "oldest_waiting_s", "in_per_min", "out_per_min"))
        return [{"name": name, **unknown, "paused": STAGE_OF[name] in paused.stages} for name in names.QUEUES]
    running = _running(depths, workers or [], leased)
    return [
        {
            "name": depth.name,
            "waiting": depth.waiting,
            "running": running.get(depth.name, 0),
            "oldest_waiting_s": depth.oldest_waiting_s,
            "in_per_min": depth.in_per_min,
            "out_per_min": depth.out_per_min,
            "paused": STAGE_OF[depth.name] in paused.stages,
        }
        for depth in depths
    ]


def _running(depths: Sequence[Depth], workers: Sequence[WorkerSeen], leased: int) -> dict[str, int]:
    """What is leased and lies in no queue, shared out: label workers say what they hold, fetch holds the rest."""
    in_hand = max(0, leased - sum(depth.waiting for depth in depths if depth.name != names.LABEL_BULK))
    at_label = min(in_hand, sum(worker.running for worker in workers if worker.alive and names.LABEL in worker.queues))
    return {names.FETCH: in_hand - at_label, names.LABEL: at_label}


def model_id(services: Services) -> str | None:
    """The id of the model in use, None where there is none."""
    try:
        return services.registry.active() or services.labeller.model_id
    except Unavailable:
        return None


def problems(services: Services, document: dict[str, Any]) -> list[str]:
    """What is wrong, a line each; nothing where all is well. A pause is a decision and no problem."""
    found = [] if document["balanced"] else ["the ledger is not balanced: run `pressmark doctor`"]
    found += _transport_problems(document)
    free = shutil.disk_usage(services.settings.data_dir).free if services.settings.data_dir.exists() else None
    if free is not None and free < services.settings.disk_free_min:
        found.append(f"only {free} bytes are free in {services.settings.data_dir}: the dispatcher has stopped")
    return found


def _transport_problems(document: dict[str, Any]) -> list[str]:
    if any(queue["waiting"] is None for queue in document["queues"]):
        return ["Redis cannot be reached: start `pressmark up`, or look at PRESSMARK_REDIS_URL"]
    found = [
        f"the oldest message in {queue['name']} waits for {queue['oldest_waiting_s']:.0f} s"
        for queue in document["queues"]
        if (queue["oldest_waiting_s"] or 0) > TOO_OLD and not queue["paused"]
    ]
    served = {name for worker in document["workers"] if worker["alive"] for name in worker["queues"]}
    return found + [f"no worker serves {name}" for name in (names.FETCH, names.LABEL) if name not in served]


def summary(document: dict[str, Any]) -> str:
    """The ledger in one line."""
    ledger = document["ledger"]
    states = ", ".join(f"{ledger[state]} {state}" for state in ("stored", "duplicate", "refused", "dead", "waiting", "running"))
    return f"{ledger['accepted']} accepted: {states}; {'balanced' if document['balanced'] else 'NOT BALANCED'}"
