"""What the proof of politeness needs: servers that note every moment, and workers that may be killed at any.

As a program: a worker process that fetches from the servers as fast as the shared pace lets it.
"""

from __future__ import annotations

import itertools
import random
import socket
import sys
import threading
import time
from collections import defaultdict
from dataclasses import dataclass

from worker.config import load
from worker.fetch.client import Fetcher, FetchFailed, HostBusy
from worker.fetch.pace import RedisPace
from worker.fetch.robots import Robots
from worker.queues import connect

THREADS = 8
BODY = b"<p>polite</p>"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY


def host(number: int) -> str:
    """An address of this machine that stands for one host."""
    return f"127.7.{number // 200}.{number % 200 + 1}"


@dataclass(frozen=True)
class Visit:
    """When a connection came, and when its answer had ended."""

    begin: float
    end: float


class Hosts:
    """Servers at many addresses and one port; each visit is noted by the servers' own clock."""

    def __init__(self, count: int) -> None:
        self.visits: dict[str, list[Visit]] = defaultdict(list)
        self._lock = threading.Lock()
        probe = socket.create_server((host(0), 0))
        self.port = probe.getsockname()[1]
        self._listeners = [probe, *(socket.create_server((host(number), self.port)) for number in range(1, count))]
        for listener in self._listeners:
            threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        address = listener.getsockname()[0]
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection, address, time.monotonic()), daemon=True).start()

    def _serve(self, connection: socket.socket, address: str, begin: float) -> None:
        """The end is noted before the last byte can have been read, so that a slow note here accuses nobody."""
        with connection:
            end = begin
            try:
                if connection.recv(65536):
                    time.sleep(random.random() * 0.02)
                    end = time.monotonic()
                    connection.sendall(ANSWER)
            except OSError:
                pass  # a worker that was killed
            with self._lock:
                self.visits[address].append(Visit(begin, end))

    def close(self) -> None:
        """No more visits."""
        for listener in self._listeners:
            listener.close()

    def gaps(self) -> list[tuple[float, str]]:
        """Seconds between the end of an answer and the beginning of the next request, the smallest first."""
        found = []
        for address, visits in self.visits.items():
            ordered = sorted(visits, key=lambda visit: visit.begin)
            found += [(later.begin - earlier.end, address) for earlier, later in itertools.pairwise(ordered)]
        return sorted(found)


def main() -> None:
    """`polite.py REDIS PORT HOSTS INTERVAL`: fetches for ever; a line on standard output for each page."""
    url, port, count, interval = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    settings = load({"PRESSMARK_ALLOW_PRIVATE": "127.7.0.0/16", "PRESSMARK_TOTAL_TIMEOUT": "2", "PRESSMARK_REDIS_URL": url})
    pace = RedisPace(connect(settings), "polite", interval, settings.total_timeout)
    fetcher = Fetcher(settings, pace, Robots(settings))

    def work() -> None:
        while True:
            page = f"http://{host(random.randrange(count))}:{port}/{random.random()}"
            try:
                fetcher.fetch(page)
                sys.stdout.write("page\n")
                sys.stdout.flush()
            except HostBusy as busy:
                time.sleep(min(busy.after, 0.02))
            except FetchFailed as failed:
                sys.stderr.write(f"{failed}\n")

    for _ in range(THREADS - 1):
        threading.Thread(target=work, daemon=True).start()
    work()


if __name__ == "__main__":
    main()
