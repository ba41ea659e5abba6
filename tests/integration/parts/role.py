"""A child for the supervisor's tests: `python role.py FOLDER ROLE` does what the role's name says, and leaves marks in FOLDER."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from worker.processes.watchdog import Watchdog

folder, role = Path(sys.argv[1]), sys.argv[2]
watchdog = Watchdog.of_stdin(grace=1.0)


def leave(*_):
    (folder / f"{role}.left").touch()
    sys.exit(0)


# Before its mark: whoever sees that may stop it at once
signal.signal(signal.SIGTERM, signal.SIG_IGN if role == "deaf" else leave)
with (folder / role).open("a") as marks:
    marks.write(f"{os.getpid()}\n")
if role == "crash":
    sys.exit(3)
if role == "parent":
    grandchild = subprocess.Popen(["sleep", "600"])
    (folder / "grandchild").write_text(str(grandchild.pid))
watchdog.watch()
while True:
    if role != "still":
        watchdog.pulse()
    time.sleep(0.1)
