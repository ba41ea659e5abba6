"""A Redis that can be made to fail: full, unable to save, read-only or frozen, and well again."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import redis

from tests.conftest import missing
from tests.integration.parts.servers import RedisServer, redis_binary


class FailingRedis(RedisServer):
    """One server on a private socket, with the ways in which servers fail."""

    def __init__(self) -> None:
        binary = redis_binary("redis-server") or redis_binary("valkey")
        if binary is None:
            missing("redis-server")
        super().__init__(str(binary))

    @property
    def folder(self) -> Path:
        """Where it keeps its files."""
        return self._folder

    @property
    def pid(self) -> int:
        """Of the running server."""
        assert self._process is not None
        return self._process.pid

    @contextmanager
    def client(self) -> Iterator[redis.Redis]:
        """A connection for the test itself."""
        with redis.Redis.from_url(self.url, socket_timeout=20) as client:
            yield client

    @contextmanager
    def full(self) -> Iterator[None]:
        """Every write is refused with OOM until the block ends."""
        with self.client() as client:
            client.config_set("maxmemory-policy", "noeviction")
            client.config_set("maxmemory", "1mb")
            yield
            client.config_set("maxmemory", "0")

    @contextmanager
    def unable_to_save(self) -> Iterator[None]:
        """Every write is refused with MISCONF until the block ends: a folder stands where the snapshot belongs."""
        in_the_way = self.folder / "dump.rdb"
        in_the_way.unlink(missing_ok=True)
        in_the_way.mkdir()
        with self.client() as client:
            client.config_set("stop-writes-on-bgsave-error", "yes")
            client.config_set("save", "3600 1000000")
            self._save(client, "err")
            yield
            in_the_way.rmdir()
            self._save(client, "ok")

    def _save(self, client: redis.Redis, status: str) -> None:
        """Takes snapshots until one ended as expected."""
        end = time.monotonic() + 60
        while client.info("persistence")["rdb_last_bgsave_status"] != status:
            assert time.monotonic() < end, f"no snapshot ended with {status!r}"
            with suppress(redis.ResponseError):  # one is under way, or the log is being rewritten
                client.bgsave()
            time.sleep(0.1)

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """Every write is refused with READONLY until the block ends: it follows a master that is not there."""
        with self.client() as client:
            client.replicaof("127.0.0.1", "1")
            yield
            client.replicaof("NO", "ONE")

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It accepts connections and answers nothing until the block ends."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """A stopped process takes SIGKILL too."""
        super().kill()


@contextmanager
def running_redis() -> Iterator[FailingRedis]:
    """A server, until the block ends."""
    server = FailingRedis()
    server.start()
    try:
        yield server
    finally:
        server.stop()
