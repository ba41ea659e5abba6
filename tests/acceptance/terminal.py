"""A terminal for tests: a program on a pseudo-terminal, keys pressed, its screen read."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

PATIENCE = 60.0
"""Seconds before a test gives up."""
LAUNCH = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
"""Takes the terminal as the process's own, so that keys can send signals."""
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """The program `command` in a window of `columns`; `screen` is all that it has shown."""

    def __init__(self, command: Sequence[str | bytes], environment: Mapping[str, str], folder: Path, columns: int = 80) -> None:
        self._ours, theirs = pty.openpty()
        self.resize(columns, told=False)
        self.screen = ""
        self._process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH, *command],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**environment, "TERM": "xterm"},
            cwd=folder,
            start_new_session=True,
        )
        os.close(theirs)

    def resize(self, columns: int, *, told: bool = True) -> None:
        """Gives the window another width; the kernel sends SIGWINCH."""
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        if told:
            self._process.send_signal(signal.SIGWINCH)

    def press(self, keys: str) -> None:
        """Types."""
        os.write(self._ours, keys.encode())

    def see(self, text: str) -> str:
        """Waits until `text` is shown anew; what was shown since the last look, up to it."""
        end = time.monotonic() + PATIENCE
        while text not in self.screen:
            assert time.monotonic() < end, f"{text!r} was not shown: {self.screen[-2000:]}"
            assert self._read(0.2), f"it ended before {text!r}: {self.screen[-2000:]}"
        shown, _, self.screen = self.screen.partition(text)
        return shown + text

    def end(self) -> int:
        """Waits for the program's end; its exit code."""
        end = time.monotonic() + PATIENCE
        while self._read(0.2):
            assert time.monotonic() < end, f"it does not end: {self.screen[-2000:]}"
        return self._process.wait(PATIENCE)

    def close(self) -> None:
        """Ends it, however far it is."""
        self._process.kill()
        self._process.wait(PATIENCE)
        os.close(self._ours)

    def _read(self, seconds: float) -> bool:
        """Whether there may be more: False once the program has closed its end."""
        if not select.select([self._ours], [], [], seconds)[0]:
            return True
        try:
            read = os.read(self._ours, 65536)
        except OSError:  # Linux tells a closed terminal so
            return False
        self.screen += ESCAPES.sub("", read.decode("utf-8", "replace")).replace("\r\n", "\n")
        return bool(read)
