from __future__ import annotations

import random
import subprocess
import sys
import threading
import time

import pytest

from tests.conftest import ROOT
from tests.integration.parts.polite import Hosts
from tests.integration.parts.servers import RedisServer
from worker.config import Settings
from worker.fetch.pace import HostBusy, RedisPace
from worker.queues import connect


class Workers:
    """Worker processes that all keep one pace, and the count of pages that they have fetched together."""

    def __init__(self, server: RedisServer, hosts: Hosts, count: int, interval: float) -> None:
        self.pages = 0
        self._command = [sys.executable, "-m", "tests.integration.parts.polite", server.url, str(hosts.port), str(count), str(interval)]
        self._running: list[subprocess.Popen[str]] = []

    def start(self) -> None:
        """One more."""
        process = subprocess.Popen(self._command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        self._running.append(process)
        threading.Thread(target=self._count, args=(process,), daemon=True).start()

    def _count(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout
        with process.stdout as lines:
            for _ in lines:
                self.pages += 1

    def kill_one(self) -> None:
        """`kill -9`, then another one in its place."""
        victim = self._running.pop(random.randrange(len(self._running)))
        victim.kill()
        victim.wait()
        self.start()

    def stop(self) -> None:
        """Ends them all."""
        for process in self._running:
            process.kill()
            process.wait()


def visited(server: RedisServer, *, pages: int, hosts: int, interval: float, kills: int) -> Hosts:
    """What the servers saw while four workers fetched `pages` pages and were killed `kills` times."""
    connect(Settings(redis_url=server.url)).flushall()
    servers = Hosts(hosts)
    workers = Workers(server, servers, hosts, interval)
    for _ in range(4):
        workers.start()
    for number in range(1, kills + 2):
        while workers.pages < pages * number / (kills + 1):
            time.sleep(0.05)
        if number <= kills:
            workers.kill_one()
    workers.stop()
    servers.close()
    time.sleep(0.1)
    return servers


@pytest.mark.timeout(120)
def test_no_host_is_asked_before_its_interval_though_workers_are_killed(redis_server: RedisServer) -> None:
    # Given four workers, twelve hosts and three kills
    interval = 0.1
    servers = visited(redis_server, pages=400, hosts=12, interval=interval, kills=3)
    # When the servers' notes are read
    gaps = servers.gaps()
    # Then no request came earlier than the interval after the end of the answer before
    assert len(gaps) >= 350
    assert gaps[0][0] >= interval, gaps[:5]


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_ten_thousand_fetches_and_ten_kills_keep_every_interval(redis_server: RedisServer) -> None:
    interval = 0.2
    servers = visited(redis_server, pages=10_000, hosts=50, interval=interval, kills=10)
    gaps = servers.gaps()
    sys.stdout.write(f"{len(gaps)} gaps, the smallest {gaps[0][0]:.4f} s of {interval} s\n")
    assert len(gaps) >= 9_900
    assert gaps[0][0] >= interval, gaps[:5]


INTERVAL = 60.0
"""Seconds: so long that a busy machine lets none pass by itself; it is the clock of Redis that is set, by `later`."""


def later(server: RedisServer, seconds: float) -> None:
    """So many seconds pass for every key of the pace."""
    client = connect(Settings(redis_url=server.url))
    for key in client.scan_iter("test:pace*"):
        client.pexpire(key, max(client.pttl(key) - int(seconds * 1000), 0))


class TestShared:
    """The pace that workers share in Redis."""

    @pytest.fixture
    def paces(self, redis_server: RedisServer) -> list[RedisPace]:
        """Two processes' views of one pace; the rest of a new Redis is over."""
        made = [RedisPace(connect(Settings(redis_url=redis_server.url)), "test", INTERVAL) for _ in range(2)]
        with pytest.raises(HostBusy):
            made[0].take("first.example:80")
        later(redis_server, INTERVAL)
        return made

    def test_what_one_holds_is_busy_for_the_other(self, paces: list[RedisPace], redis_server: RedisServer) -> None:
        slot = paces[0].take("pub.example:443")
        with pytest.raises(HostBusy):
            paces[1].take("pub.example:443")
        paces[1].take("other.example:443").release(0)
        slot.release(0)
        with pytest.raises(HostBusy) as busy:
            paces[1].take("pub.example:443")
        assert 0 < busy.value.after <= INTERVAL + 0.01
        later(redis_server, busy.value.after + 0.01)
        paces[1].take("pub.example:443")

    def test_a_crawl_delay_binds_everybody(self, paces: list[RedisPace], redis_server: RedisServer) -> None:
        paces[0].take("slow.example:80").release(3 * INTERVAL)
        later(redis_server, 2 * INTERVAL)
        with pytest.raises(HostBusy):
            paces[1].take("slow.example:80")

    def test_an_emptied_redis_gives_every_host_one_rest(self, paces: list[RedisPace], redis_server: RedisServer) -> None:
        # Given a Redis that has just lost everything
        connect(Settings(redis_url=redis_server.url)).flushall()
        # When a host is wanted of which nothing is known any more
        # Then it rests for one interval, whoever asks
        for pace in paces:
            with pytest.raises(HostBusy):
                pace.take("pub.example:443")
        later(redis_server, INTERVAL + 0.01)
        paces[1].take("pub.example:443")

    def test_an_answer_that_ends_after_redis_was_emptied_is_still_followed_by_a_rest(
        self, paces: list[RedisPace], redis_server: RedisServer
    ) -> None:
        # Given a request in hand while Redis is emptied, and the rest that follows is over
        slot = paces[0].take("pub.example:443")
        connect(Settings(redis_url=redis_server.url)).flushall()
        with pytest.raises(HostBusy):
            paces[1].take("any.example:80")
        later(redis_server, INTERVAL)
        # When its answer ends
        slot.release(0)
        # Then the others leave the host alone
        with pytest.raises(HostBusy):
            paces[1].take("pub.example:443")

    def test_a_redis_that_is_away_makes_every_host_busy(self) -> None:
        pace = RedisPace(connect(Settings(redis_url="redis://127.0.0.1:1/0")), "test", 0.2)
        with pytest.raises(HostBusy):
            pace.take("pub.example:443")
