"""The Redis command of docker-compose.yml, run for real: it asks for the password, keeps what it has, refuses when full."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
import yaml

from tests.integration.parts.ports import free_port
from worker.queues.embedded_server import server_binary

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "not-a-secret-outside-this-test"


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """The server as the compose file starts it, on a port of its own; only paths and the binary are put in its places."""
    service = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]["redis"]
    (tmp_path / "redis_password").write_text(PASSWORD, encoding="utf-8")
    script = service["command"][-1].replace("$$", "$").replace("/run/secrets", str(tmp_path))
    binary, number = shutil.which("redis-server") or server_binary(), free_port()
    script = script.replace("exec redis-server -", f"exec {binary} - --port {number} --dir {tmp_path}")
    process = subprocess.Popen([*service["command"][:-1], script], stdout=subprocess.DEVNULL)
    try:
        yield number
    finally:
        process.terminate()
        process.wait(30)


def connected(port: int, password: str | None) -> redis.Redis:
    """A client, once the server answers."""
    client = redis.Redis(port=port, password=password, socket_timeout=5)
    end = time.monotonic() + 60
    while True:
        try:
            client.ping()
        except redis.AuthenticationError:
            raise
        except redis.ConnectionError:
            assert time.monotonic() < end
            time.sleep(0.05)
        else:
            return client


def test_it_keeps_refuses_and_asks(port: int) -> None:
    with connected(port, PASSWORD) as client:
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("maxmemory") == {"maxmemory": str(512 * 1024 * 1024)}
    with pytest.raises(redis.AuthenticationError):
        connected(port, None)
