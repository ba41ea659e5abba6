"""A reader of pages on a machine that has no time for it: what the body says happens to the process, then the page is read."""

from __future__ import annotations

import json
import os
import signal


def read(kind, page):
    """The process's own number as the only link."""
    if page.body == b"stopped":  # as by a scheduler, a debugger or a suspended machine
        os.kill(os.getpid(), signal.SIGSTOP)
    if page.body == b"spins":
        while True:
            pass
    if page.body == b"ended":  # as by a system that shuts down
        os.kill(os.getpid(), signal.SIGTERM)
    if page.body == b"killed":
        os.kill(os.getpid(), signal.SIGKILL)
    return json.dumps({"urls": [str(os.getpid())], "sitemaps": []}).encode()
