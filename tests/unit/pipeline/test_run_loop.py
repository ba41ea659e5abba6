"""The loop of a process: until it is to stop, an outage logged once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import pytest

from worker.errors import Unavailable
from worker.pipeline import run_loop


def playing(*answers: str) -> tuple[Callable[[], None], threading.Event]:
    """Work that goes as told, a word a round, and then stops."""
    stop, left = threading.Event(), list(answers)

    def do() -> None:
        answer = left.pop(0)
        if not left:
            stop.set()
        if answer == "away":
            raise Unavailable("Redis is away")

    return do, stop


def test_an_outage_is_told_once_and_so_is_its_end(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(run_loop, "OUTAGE_PAUSE", 0.0)
    do, stop = playing("well", "away", "away", "away", "well", "well", "away", "well")
    with caplog.at_level(logging.INFO):
        run_loop.run_until(do, stop, "keeper")
    told = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert told == [("ERROR", "Redis is away; trying again"), ("INFO", "the keeper works again")] * 2


def test_told_to_stop_it_does_not_begin_another_round() -> None:
    do, stop = playing("well")
    run_loop.run_until(do, stop, "keeper")
    run_loop.run_until(do, stop, "keeper")
    assert stop.is_set()


def test_what_is_no_outage_ends_it() -> None:
    def broken() -> None:
        raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        run_loop.run_until(broken, threading.Event(), "keeper")
