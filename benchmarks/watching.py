"""What watching costs: the CPU of the dashboard beside that of the service, while 40 pages a second go through it.

    python -m benchmarks.watching [--seconds 60] [--rate 40]

Three stretches of time: nobody looks; Prometheus scrapes `/metrics` each 15 s; and a person has Overview open as well. The history
that the dispatcher writes each minute is timed on the same database. A busy machine may read fewer pages a second: each share is
that of the CPU which the service would need for the full rate.
"""

from __future__ import annotations

import argparse
import contextlib
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.running_service import RunningService, Served, Site, serving
from benchmarks.service import by_role, warm_page
from worker.bootstrap import Services
from worker.config import load as load_settings
from worker.operations.accept import Acceptance, Candidate, Terms
from worker.storage.for_dispatcher import ForDispatcher

PORT = 8797
"""Beside the usual one, so that a dashboard may run here."""
SCRAPE = 15.0
"""Seconds between two scrapes, Prometheus' usual number for a service."""
HOSTS = 200
WARM = 40
SAMPLES = 20
"""Minutes of history that are written to time one of them."""
AT_MOST = 0.02
"""The goal: watching takes no more than this share of the service's CPU."""


@dataclass(frozen=True)
class Stretch:
    """What one stretch of time cost, in seconds of CPU."""

    name: str
    seconds: float
    pages: int
    service: float
    dashboard: float

    def share(self, rate: float, history: float) -> float:
        """The CPU of watching by that of the service at the full rate; `history` in seconds of CPU a second."""
        return (self.dashboard / self.seconds + history) / (rate * self.service / self.pages)


@dataclass(frozen=True)
class Load:
    """Pages for a service: so many a second, for so long."""

    service: RunningService
    services: Services
    seconds: float
    rate: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0, help="of each stretch")
    parser.add_argument("--rate", type=float, default=40.0, help="pages a second")
    told = parser.parse_args()
    number = WARM + round(3.5 * told.seconds * told.rate)
    pages = {(f"h{page % HOSTS}.test", f"/{page}"): Served(warm_page(page)) for page in range(number)}
    with serving(pages) as site, tempfile.TemporaryDirectory() as folder:
        settings = {**site.settings(), "PRESSMARK_DASHBOARD_ADDRESS": f"127.0.0.1:{PORT}"}
        with RunningService(Path(folder), settings) as service:
            stretches = list(measured(service, site, told.seconds, told.rate))
            history = of_history(service)
    for one in stretches:
        print(
            f"{one.name:34} {one.pages / one.seconds:5.1f} pages/s, service {1000 * one.service / one.pages:5.1f} ms a page, "
            f"dashboard {1000 * one.dashboard / one.seconds:5.2f} ms a second: {one.share(told.rate, history):.2%}"
        )
    print(f"history: {60_000 * history:.1f} ms a minute, in the dispatcher (part of each share)")
    return int(any(one.share(told.rate, history) > AT_MOST for one in stretches))


def measured(service: RunningService, site: Site, seconds: float, rate: float) -> Iterator[Stretch]:
    """Each stretch in turn, after a few pages that warm everything up."""
    service.up()
    urls = iter(site.urls())
    with closing(Services(load_settings(service.environ))) as services:
        accept(services, [next(urls) for _ in range(WARM)])
        service.until(lambda: service.settled() >= WARM, 300)
        for name, looking in (
            ("nobody looks", contextlib.nullcontext),
            ("scraped each 15 s", scraped),
            ("scraped, and Overview open", watched),
        ):
            with looking():
                yield stretch(name, Load(service, services, seconds, rate), urls)


def stretch(name: str, load: Load, urls: Iterator[str]) -> Stretch:
    """Accepts pages at the rate for so long, and waits until all have ended."""
    service = load.service
    before, done, begun = by_role(service.process.pid), service.settled(), time.monotonic()
    sent = 0
    while (passed := time.monotonic() - begun) < load.seconds:
        due = round(load.rate * passed) - sent
        accept(load.services, [next(urls) for _ in range(due)])
        sent += due
        time.sleep(1.0)
    service.until(lambda: service.settled() >= done + sent, 600)
    took, after = time.monotonic() - begun, by_role(service.process.pid)
    cost = {role: after[role] - before.get(role, 0.0) for role in after}
    dashboard = cost.pop("dashboard", 0.0)
    return Stretch(name, took, sent, sum(cost.values()), dashboard)


def accept(services: Services, urls: list[str]) -> None:
    acceptance = Acceptance(services.settings, lambda: services, Terms("bench"))
    for start in range(0, len(urls), 1000):
        acceptance.batch([Candidate(url, "") for url in urls[start : start + 1000]])


@contextmanager
def scraped() -> Iterator[None]:
    """As Prometheus does."""
    over = threading.Event()

    def scrape() -> None:
        while not over.is_set():
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{PORT}/metrics", timeout=15) as answer:
                answer.read()
            over.wait(SCRAPE)

    thread = threading.Thread(target=scrape)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def watched() -> Iterator[None]:
    """The same, and the stream of an open page."""
    over = threading.Event()

    def look() -> None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{PORT}/live/overview", timeout=60) as stream:
            while not over.is_set() and stream.readline():
                pass

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        with scraped():
            yield
    finally:
        over.set()


def of_history(service: RunningService) -> float:
    """Seconds of CPU a second: one minute's figures are written once a minute."""
    with closing(Services(load_settings(service.environ))) as services:
        ledger = ForDispatcher(services.engine, services.settings)
        gauges = {f"{name}.q{number}": 1.0 for name in ("waiting", "oldest_s") for number in range(5)}
        begun = time.process_time()
        for _ in range(SAMPLES):
            ledger.sample_minute(gauges)
        return (time.process_time() - begun) / SAMPLES / 60


if __name__ == "__main__":
    raise SystemExit(main())
