"""A list of any length into the ledger: CPU a URL, size of the database and memory of the process. `python -m benchmarks.intake`."""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

from tests.integration.parts.samples import entry
from worker.config import Settings
from worker.storage.database import migrate, open_database
from worker.storage.ledger import Ledger


def main() -> None:
    """Prints a line for each tenth, so that growth shows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--urls", type=int, default=200_000)
    parser.add_argument("--hosts", type=int, default=5000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        engine = open_database(settings)
        migrate(engine)
        ledger = Ledger(engine, settings)
        numbers = (entry(number, f"h{number % chosen.hosts}.test:443") for number in range(chosen.urls))
        tenth = max(chosen.urls // 10, 1)
        cpu, wall = time.process_time(), time.perf_counter()
        for count, _ in enumerate(ledger.accept_many(numbers, ledger.open_job("bulk"), lane="bulk"), 1):
            if count % tenth == 0:
                spent, took = time.process_time() - cpu, time.perf_counter() - wall
                size = sum(path.stat().st_size for path in Path(folder).iterdir()) / count
                memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                rates = f"{spent / tenth * 1e6:5.1f} µs of CPU a URL, {tenth / took:7.0f} a second"
                print(f"{count:10} URLs: {rates}, {size:4.0f} B, {memory:4.0f} MiB", flush=True)
                cpu, wall = time.process_time(), time.perf_counter()
        engine.dispose()


if __name__ == "__main__":
    main()
