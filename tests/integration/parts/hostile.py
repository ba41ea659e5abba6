"""A reader of pages that does what their bodies say: the hostile page, in the flesh."""

from __future__ import annotations

import json
import os
import signal
import time

from worker.errors import ItemFailed
from worker.reasons import Reason


def read(kind, page):
    """Obeys the body, and answers with links for what is harmless."""
    deeds = {
        b"hang": lambda: time.sleep(3600),
        b"spin": _spin,
        b"kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
        b"eat": lambda: bytearray(3 << 30),
        b"recurse": _recurse,
        b"abort": os.abort,
        b"refuse": _refuse,
    }
    deeds.get(page.body, lambda: None)()
    return json.dumps({"urls": [page.body.decode(), str(os.getpid())], "sitemaps": []}).encode()


def _spin():
    while True:
        pass


def _recurse():
    _recurse()


def _refuse():
    raise ItemFailed(Reason.NO_TEXT, "nothing there")
