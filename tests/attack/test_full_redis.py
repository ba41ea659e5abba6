"""A7: a Redis that refuses writes, or answers nothing, for some seconds is waited out by every process of `up`.

Nothing is lost, nothing is stored twice, no process ends, no traceback is logged, `status` reports it, and work goes on within 10 s.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import pytest

from benchmarks.running_service import serving
from tests.attack.parts.commands import TOLD_WITHIN, pressmark
from tests.attack.parts.redis_servers import FailingRedis
from tests.integration.parts.press import pages
from tests.integration.parts.service import RunningService

COUNT = 600
"""Pages: enough for the whole outage, at some 20 a second on two cores."""
OUTAGE = 10.0
"""Seconds: longer than a beat, a blocking pop and a health check."""
GOES_ON_WITHIN = 10.0
"""Seconds after the outage until the first page is stored again."""
HOW = {"OOM": "full", "MISCONF": "unable_to_save", "READONLY": "read_only", "frozen": "frozen"}
SAID = {
    "OOM": ("OOM", "full", "memory"),
    "MISCONF": ("MISCONF", "snapshot", "disk"),
    "READONLY": ("READONLY", "read-only", "read only", "replica"),
    "frozen": ("answer", "respond", "reached", "Timeout"),
}
"""Words of which `status` must use one: what Redis itself said, or the same in plain English."""


@dataclass
class Outage:
    """What was seen of one."""

    said: str
    """What `status` called wrong in its middle."""
    status_took: float
    told_in_time: bool
    until_progress: float = 0.0
    """Seconds from its end until another page was stored."""
    log: str = ""
    fetched_again: int = 0

    def figures(self) -> dict[str, float]:
        """For the table."""
        return {
            "tracebacks": self.log.count("Traceback"),
            "processes that ended": self.log.count(": restarting it"),
            "seconds until progress": round(self.until_progress, 1),
            "URLs fetched again": self.fetched_again,
            "seconds of status": round(self.status_took, 1),
        }

    def breaches(self, error: str) -> dict[str, object]:
        """What was promised and did not hold."""
        found = {
            "tracebacks": self.log.count("Traceback"),
            "processes that ended": self.log.count(": restarting it"),
            "slow to go on": self.until_progress if self.until_progress > GOES_ON_WITHIN else 0,
            "not told by status": not any(word in self.said for word in SAID[error]),
            "told late": 0 if self.told_in_time else self.status_took,
        }
        return {name: value for name, value in found.items() if value}


@pytest.mark.timeout(280)
@pytest.mark.parametrize("error", list(HOW))
def test_a_redis_that_refuses_writes_is_waited_out(tmp_path, redis_server, error, figure):
    waited_out(tmp_path, redis_server, error, figure, count=COUNT, outage=OUTAGE)


@pytest.mark.parametrize("error", ["OOM", "MISCONF", "READONLY"])
def test_a_worker_that_starts_while_redis_refuses_writes_waits_quietly(tmp_path, redis_server, error):
    # When: it is killed after eight seconds, of which it waits six
    with getattr(redis_server, HOW[error])():
        done = pressmark(tmp_path, "worker", "fetch", settings={"PRESSMARK_REDIS_URL": redis_server.url}, patience=8)
    # Then
    assert done.code is None, done.told
    assert "Traceback" not in done.told
    assert len(done.err.splitlines()) < 5, done.err


LONG = {"OOM": 180.0, "READONLY": 60.0, "frozen": 60.0}
"""Seconds that issue 10 names."""


@pytest.mark.soak
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("error", list(LONG))
def test_a_redis_that_refuses_writes_for_minutes_is_waited_out(tmp_path, redis_server, error, figure):
    waited_out(tmp_path, redis_server, error, figure, count=5 * COUNT, outage=LONG[error])


def waited_out(folder, redis_server: FailingRedis, error: str, figure, *, count: int, outage: float) -> None:
    # Given: pages in full flight through an external Redis
    with serving(pages(count)) as site:
        settings = {**site.settings(), "PRESSMARK_REDIS_URL": redis_server.url, "PRESSMARK_LEASE": "60"}
        with RunningService(folder, settings) as service:
            service.up()
            service.enqueue(site.urls())
            service.until(lambda: service.settled() >= count // 10, 60)
            # When
            seen = during_the_outage(service, redis_server, error, outage)
            seen.until_progress = seconds_until_progress(service)
            service.until(lambda: service.settled() == count, 600)
            told, stored = service.queues(), [result["url"] for result in service.results()]
            seen.log = service.log.read_text()
    seen.fetched_again = sum(max(0, times - 1) for (_, path), times in site.asked.items() if path != "/robots.txt")
    for name, value in seen.figures().items():
        figure(f"{error}: {name}", value)
    # Then: everything ended once, and nobody noticed but `status`
    assert told["balanced"] is True
    assert sorted(stored) == sorted(site.urls())
    assert not seen.breaches(error)


def during_the_outage(service: RunningService, redis_server: FailingRedis, error: str, seconds: float) -> Outage:
    """Lets Redis refuse for a while, and asks `status` in the middle."""
    over = threading.Event()
    threading.Timer(seconds, over.set).start()
    with getattr(redis_server, HOW[error])():
        time.sleep(2)  # every process has met the refusal by then: they write twice a second
        done = pressmark(service.folder, "status", "--json", settings=service.settings, patience=4 * TOLD_WITHIN)
        over.wait()
    return Outage(
        "\n".join(problem["what"] for problem in done.json["problems"]) if done.code is not None else "", done.seconds, done.in_time
    )


def seconds_until_progress(service: RunningService) -> float:
    """From now until another page is stored."""
    before, begun = service.stored(), time.monotonic()
    service.until(lambda: service.stored() > before, 60)
    return time.monotonic() - begun
