"""A running service whose commands are called in this process, where a test is about what they do and not about a process."""

from __future__ import annotations

import io
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout

from benchmarks.running_service import RunningService as Measured
from worker.cli import main

PATIENCE = 120.0
"""Seconds at least before a test gives up on what must come: it takes a few, and whoever shares the machine may need more."""


class RunningService(Measured):
    """`up` in processes of its own as ever; a command costs what it does, and not a second of CPU for a start of Python besides."""

    def up(self, patience: float = PATIENCE) -> None:
        """Starts everything and waits until every process has shown life."""
        super().up(patience)

    def down(self, number: int = signal.SIGTERM, patience: float = PATIENCE) -> int:
        """Stops everything; its exit code."""
        return super().down(number, patience)

    def until(self, true: Callable[[], bool], patience: float = PATIENCE) -> None:
        """Waits for it."""
        super().until(true, max(patience, PATIENCE))

    def call(self, *words: str, stdin: str = "", ok: tuple[int, ...] = (0,)) -> str:
        """One command; its standard output."""
        code, out, err = called(self.environ, *words, stdin=stdin)
        if code not in ok:
            raise AssertionError(f"{words} ended with {code}: {err}")
        return out


def called(environ: Mapping[str, str], *words: str, stdin: str = "") -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command that is called here with this environment."""
    held = io.BytesIO(), io.BytesIO()
    out, err = (io.TextIOWrapper(stream, encoding="utf-8", errors="backslashreplace") for stream in held)
    with _environment(environ), _standard_input(stdin), redirect_stdout(out), redirect_stderr(err):
        code = main.run(list(words))
        out.flush()
        err.flush()
    return code, held[0].getvalue().decode(), held[1].getvalue().decode()


@contextmanager
def _environment(environ: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _standard_input(text: str) -> Iterator[None]:
    """A real file: lists are read by its descriptor."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as file:
        file.write(text)
        file.seek(0)
        before, sys.stdin = sys.stdin, file
        try:
            yield
        finally:
            sys.stdin = before
