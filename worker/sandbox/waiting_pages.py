"""Bound the bytes of fetched pages that wait for a parse process; hold large pages compressed while they wait."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

import zstandard

from worker.messages import Page

MIB = 1024 * 1024
LEVEL = 1
"""Of zstd, the fastest but for the negative ones: the room counts, and a repetitive page becomes a hundredth with any."""
ROOM = 200 * MIB
"""Bytes of the pages that are being fetched or wait: a third of the 600 MB that a fetch worker may hold."""
EXPECTED = MIB // 2
"""Bytes reserved for a page before its size is known: three times the mean real page; 200 threads have room for each."""
LARGE = MIB
"""Bytes from which a page is compressed: a few real pages in a hundred. A gzip bomb becomes nearly as small as it came."""


class PageRoom:
    """Counts bytes from many threads; a fetch begins only while there is room for one more page."""

    def __init__(self, size: int = ROOM) -> None:
        self._free = size
        self._changed = threading.Condition()

    def reserve(self, timeout: float) -> bool:
        """Reserves EXPECTED bytes; False where no room came free within `timeout` seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._free >= EXPECTED, timeout):
                return False
            self._free -= EXPECTED
            return True

    def release(self, size: int) -> None:
        """Gives bytes back; a negative `size` takes more for a page that is larger than expected, and never waits."""
        with self._changed:
            self._free += size
            self._changed.notify_all()


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """A fetched page while it waits."""

    size: int
    """Bytes that its body takes."""
    _page: Page
    _packed: bool

    @classmethod
    def of(cls, page: Page) -> WaitingPage:
        """Compresses the body of a large page, at 3 GB a second (zlib 40 to 500 MB): 1.6 ms of CPU for 5 MB."""
        if len(page.body) < LARGE:
            return cls(len(page.body), page, _packed=False)
        body = zstandard.ZstdCompressor(level=LEVEL).compress(page.body)
        return cls(len(body), replace(page, body=body), _packed=True)

    def page(self) -> Page:
        """The page as it was fetched."""
        return replace(self._page, body=zstandard.ZstdDecompressor().decompress(self._page.body)) if self._packed else self._page
