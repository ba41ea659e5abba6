"""Listen where nobody else does, and wait where somebody does."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi import FastAPI

from worker.config import Settings
from worker.config.value_types import Address
from worker.dashboard import server
from worker.errors import UsageError


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    """A port that another program has."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other


def test_a_busy_port_is_told_in_one_line(taken: socket.socket) -> None:
    address = Address("127.0.0.1", taken.getsockname()[1])
    with pytest.raises(server.BusyPort, match=f"expected a free port, got 127.0.0.1:{address.port}, which another program uses"):
        server.listen(address)


@pytest.mark.parametrize("address", [Address("203.0.113.7", 18787), Address("no-such-name.invalid", 18787)])
def test_an_address_that_is_not_this_machines_is_told_in_one_line(address: Address) -> None:
    with pytest.raises(UsageError, match="expected an address of this machine"):
        server.listen(address)


def test_up_waits_for_its_port_says_so_once_and_begins_when_it_is_free(
    settings: Settings, taken: socket.socket, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # Given
    monkeypatch.setattr(server, "PORT_AGAIN", 0.05)
    there = replace(settings, dashboard_address=Address("127.0.0.1", taken.getsockname()[1]))
    listening: list[socket.socket | None] = []
    waiting = threading.Thread(target=lambda: listening.append(server.wait_for_port(there, threading.Event())))
    with caplog.at_level(logging.WARNING):
        waiting.start()
        waiting.join(0.5)
        assert waiting.is_alive()
        # When
        taken.close()
        waiting.join(20)
    # Then
    assert listening[0] is not None
    listening[0].close()
    assert caplog.text.count("everything else runs") == 1


def test_waiting_for_a_port_ends_when_everything_is_to_stop(settings: Settings, taken: socket.socket) -> None:
    stop = threading.Event()
    stop.set()
    assert server.wait_for_port(replace(settings, dashboard_address=Address("127.0.0.1", taken.getsockname()[1])), stop) is None


@pytest.mark.parametrize(
    ("address", "url"),
    [
        (Address("127.0.0.1", 8787), "http://127.0.0.1:8787/"),
        (Address("::1", 8787), "http://[::1]:8787/"),
        (Address("0.0.0.0", 80), "http://127.0.0.1:80/"),
        (Address("press.example.org", 8787), "http://press.example.org:8787/"),
    ],
)
def test_the_address_that_is_printed_opens_in_a_browser_here(address: Address, url: str) -> None:
    assert server.url_of(address) == url


@pytest.mark.parametrize("look", range(1, 10))
def test_it_stops_at_the_next_look_not_at_the_next_whole_second(look: int) -> None:
    # Given
    stop = threading.Event()
    made = server.Dashboard(FastAPI(), stop, lambda: None)
    assert not asyncio.run(made.on_tick(look))
    # When
    stop.set()
    # Then
    assert asyncio.run(made.on_tick(look))
