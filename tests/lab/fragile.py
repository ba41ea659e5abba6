"""The real reader of pages, but one page kills it: how a bug in a parser's C code looks from outside."""

from __future__ import annotations

import ctypes

from worker.messages import Page
from worker.reasons import Kind
from worker.sandbox.child import read

FIXTURE = b"SEGFAULT-FIXTURE"


def fragile_read(kind: Kind, page: Page) -> bytes:
    """As `read`, or SIGSEGV."""
    if FIXTURE in page.body:
        ctypes.string_at(0)
    return read(kind, page)
