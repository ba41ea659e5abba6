"""One process of the engine with a trivial stage between: `python engine_process.py dispatcher|keeper|worker SETTINGS`.

The worker stands for fetch and label: it pops a chunk as Celery does (whoever dies then loses it), says that it has
it, and answers for every page by its number: every tenth is a copy, every eleventh is not there, every twelfth fails
the first time. SETTINGS is JSON: `redis_url`, `database_url`, `data_dir`, `lease`.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from tests.integration.parts.samples import admit, failed, labelled
from worker.config import Settings
from worker.errors import Unavailable
from worker.messages import Outcome, Taken, URLRequest, decode, encode
from worker.pipeline.dispatcher import Dispatcher
from worker.pipeline.keeper import Keeper
from worker.queues import FETCH, URGENT, Control, Depths, Durations, PublicStream, Results, StreamLimits, available, connect
from worker.queues.depths import add_entries, entry_of
from worker.storage.articles import Articles
from worker.storage.database import open_database
from worker.storage.ledger import Ledger


def settings_of(told: dict[str, Any]) -> Settings:
    """What the test and its processes share."""
    return Settings(
        data_dir=Path(told["data_dir"]),
        redis_url=told["redis_url"],
        database_url=told["database_url"],
        namespace="kill",
        host_interval=0.0,
        backoff=0.2,
        backoff_cap=1.0,
        lease=told["lease"],
        disk_free_min=0,
    )


def sender(client: Any, namespace: str):
    """Puts chunks where Celery's would lie, with the same headers."""

    def send(queue: str, requests: list[URLRequest]) -> None:
        body = [encode(request).decode() for request in requests]
        with available():
            pipe = client.pipeline()
            pipe.lpush(f"{namespace}:{queue}", json.dumps({"headers": {"urls": len(body), "sent": time.time()}, "body": body}))
            add_entries(pipe, f"{namespace}:{queue}", [entry_of(len(body), time.time())])
            pipe.execute()

    return send


def answer(request: URLRequest) -> Outcome:
    """By the page's number and token alone."""
    number = int(request.url.rpartition("/")[2])
    if number % 11 == 0:
        return failed(request, "http-404")
    if number % 12 == 0 and request.token == 1:
        return failed(request, "timeout")
    return labelled(request, f"Copied {number // 100}." if number % 10 == 0 else None)


def work(settings: Settings, stop: threading.Event) -> None:
    """Pops, says so, answers; an outage is waited out with the answers in hand."""
    client = connect(settings)
    results = Results(client, settings.namespace)
    while not stop.is_set():
        try:
            with available():
                popped = client.brpop([f"{settings.namespace}:{queue}" for queue in (URGENT, FETCH)], timeout=1)
        except Unavailable:
            time.sleep(0.1)
            continue
        if popped:
            requests = [decode(URLRequest, body) for body in json.loads(popped[1])["body"]]
            put(results, [Taken([(request.item_id, request.token) for request in requests], "w")], stop)
            time.sleep(0.02)
            put(results, [answer(request) for request in requests], stop)


def put(results: Results, outcomes: list[Outcome], stop: threading.Event) -> None:
    """Holds the outcomes until Redis takes them."""
    while not stop.is_set():
        try:
            results.add(outcomes)
        except Unavailable:
            time.sleep(0.1)
        else:
            return


def main() -> None:
    """Runs the role until SIGTERM."""
    role, settings = sys.argv[1], settings_of(json.loads(sys.argv[2]))
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    if role == "worker":
        work(settings, stop)
        return
    engine = open_database(settings)
    client = connect(settings)
    ledger, namespace = Ledger(engine, settings), settings.namespace
    if role == "dispatcher":
        Dispatcher(ledger, Depths(client, namespace), Control(client, namespace), sender(client, namespace), settings).run(stop)
    else:
        results, public_stream = Results(client, namespace), PublicStream(client, namespace, StreamLimits.of(settings))
        durations = Durations(client, namespace)
        Keeper(ledger, Articles(engine), results, public_stream, settings, to_entry=admit, durations=durations).run(stop)


if __name__ == "__main__":
    main()
