"""CPU of the engine a URL, everything but the pages: accept, dispatch, stream, keep, publish. `python -m benchmarks.engine`.

The stages between are not here: what they would cost is the page's own work. Figures are microseconds of CPU a URL,
of this process and of the servers, so that they hold on a busy machine; walls are printed for what they are worth.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tests.integration.parts.engine_process import sender
from tests.integration.parts.samples import admit, entry, labelled
from tests.integration.parts.servers import PostgresServer, RedisServer, redis_binary
from worker.config import Settings
from worker.messages import Taken, URLRequest, decode
from worker.pipeline import dispatcher, keeper
from worker.pipeline.dispatcher import Dispatcher
from worker.pipeline.keeper import Keeper
from worker.queues import Control, Depths, PublicStream, Results, StreamLimits, connect
from worker.storage.articles import Articles
from worker.storage.database import migrate, open_database
from worker.storage.ledger import Ledger

TICKS = os.sysconf("SC_CLK_TCK")
TEXT = "The ministry said on Monday that exports of rice rose by four per cent. " * 60
"""4.3 KB, near the median of real articles."""


def servers_cpu() -> float:
    """Seconds of CPU of every child of this process, and of their children: the servers."""
    parents, used = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(stat.parent.name)
        parents[pid] = int(fields[1])
        used[pid] = (int(fields[11]) + int(fields[12])) / TICKS
    family = {os.getpid()}
    for _ in range(4):
        family |= {pid for pid, parent in parents.items() if parent in family}
    return sum(used[pid] for pid in family - {os.getpid()})


class Meter:
    """CPU and wall by part."""

    def __init__(self, urls: int) -> None:
        self._urls = urls
        self._spent: dict[str, list[float]] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """What is inside is counted for the part."""
        servers, wall, own = servers_cpu(), time.perf_counter(), time.process_time()
        yield
        own = time.process_time() - own  # first and last, for to look at the servers costs something too
        wall, servers = time.perf_counter() - wall, servers_cpu() - servers
        spent = self._spent.setdefault(name, [0.0, 0.0, 0.0])
        self._spent[name] = [total + new for total, new in zip(spent, (own, servers, wall), strict=True)]

    def report(self, database: str) -> None:
        """A table."""
        print(f"{database}, {self._urls} URLs: µs of CPU a URL (of it the servers'), wall")
        for name, (own, servers, wall) in self._spent.items():
            print(f"  {name:10} {(own + servers) / self._urls * 1e6:7.0f} ({servers / self._urls * 1e6:4.0f})   {wall:6.1f} s")
        total = sum(own + servers for name, (own, servers, _) in self._spent.items() if name != "accept")
        print(f"  {'engine':10} {total / self._urls * 1e6:7.0f}   without accept")


def measure(urls: int, database: str, chunk: int) -> None:
    """One run from an empty ledger."""
    postgres = PostgresServer() if database == "postgresql" else None
    redis = RedisServer(str(redis_binary("valkey") or redis_binary("redis-server")))
    redis.start()
    with tempfile.TemporaryDirectory() as folder:
        if postgres is not None:
            postgres.start()
        url = postgres.new_database() if postgres is not None else None
        settings = Settings(
            data_dir=Path(folder), redis_url=redis.url, database_url=url, host_interval=0.0, chunk_size=chunk, window_min=2000
        )
        run(urls, settings, Meter(urls))
    redis.stop()
    if postgres is not None:
        postgres.stop()


def run(urls: int, settings: Settings, meter: Meter) -> None:
    """The whole way of every URL, part by part."""
    engine = open_database(settings)
    migrate(engine)
    client = connect(settings)
    ledger, articles = Ledger(engine, settings), Articles(engine)
    results, public_stream = Results(client, settings.namespace), PublicStream(client, settings.namespace, StreamLimits.of(settings))
    depths, control = Depths(client, settings.namespace), Control(client, settings.namespace)
    keeper.LINGER, keeper.BLOCK_MS = 0.0, 5
    dispatcher.BEAT = 0.05  # this loop is faster than any real stage; beats must not be rarer than in life
    with meter.part("accept"):
        for _ in ledger.accept_many((entry(number, f"h{number % 200}.test:443") for number in range(urls)), ledger.open_job("all")):
            pass
    sends = Dispatcher(ledger, depths, control, sender(client, settings.namespace), settings)
    keeps = Keeper(ledger, articles, results, public_stream, settings, to_entry=admit)
    done = 0
    while done < urls:
        with meter.part("dispatch"):
            sends.run_once()
        while popped := client.rpop(f"{settings.namespace}:fetch"):
            requests = [decode(URLRequest, body) for body in json.loads(popped)["body"]]
            done += len(requests)
            outcomes = [replace(labelled(request, f"{request.url} {TEXT}"), label_ms=1) for request in requests]
            with meter.part("stream"):
                results.add([Taken([(request.item_id, request.token) for request in requests], "w")])
                results.add(outcomes, out_of="fetch")
        with meter.part("keep"):
            while keeps.run_once():
                pass
    meter.report(settings.database_url.split(":")[0] if settings.database_url else "sqlite")
    if ledger.balance().states["stored"] != urls or not ledger.recount()[1].balanced:
        raise SystemExit(f"not every URL was stored: {ledger.balance()}")
    engine.dispose()


def main() -> None:
    """SQLite, then PostgreSQL."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--urls", type=int, default=10_000)
    parser.add_argument("--chunk", type=int, default=20)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    chosen = parser.parse_args()
    for database in chosen.database or ("sqlite", "postgresql"):
        measure(chosen.urls, database, chosen.chunk)


if __name__ == "__main__":
    main()
