"""A wire with bytes on it, as if a server had sent them and left."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.unit.fetch.raw_site import Server
from worker.config import Settings, load
from worker.fetch.deadline import Deadline
from worker.fetch.timed_socket import TimedSocket


@pytest.fixture
def settings() -> Settings:
    """The defaults, with this machine opened for the tests' servers."""
    return load({"PRESSMARK_ALLOW_PRIVATE": "127.0.0.1", "PRESSMARK_HOST_INTERVAL": "0"})


@pytest.fixture
def wire_of() -> Iterator[Callable[..., TimedSocket]]:
    """`wire_of(data, ends=True, seconds=20)`: the other end sends `data` and, if it `ends`, leaves."""
    held: list[socket.socket] = []

    def make(data: bytes, *, ends: bool = True, seconds: float = 20.0) -> TimedSocket:
        ours, theirs = socket.socketpair()
        held.extend((ours, theirs))

        def send() -> None:
            try:
                theirs.sendall(data)
                if ends:
                    theirs.shutdown(socket.SHUT_WR)
            except OSError:
                return

        threading.Thread(target=send, daemon=True).start()
        return TimedSocket(ours, Deadline.after(seconds, "too late"))

    yield make
    for end in held:
        end.close()


@pytest.fixture
def site() -> Iterator[Server]:
    """A server that answers as a test says; an article at every other path."""
    server = Server()
    yield server
    server.close()
