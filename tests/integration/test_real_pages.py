from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from worker.config import load
from worker.fetch.client import Fetcher
from worker.fetch.pace import LocalPace
from worker.fetch.robots import Robots


@pytest.fixture
def serving(shared: Path) -> Iterator[tuple[int, list[Path]]]:
    """A port that serves every real page by its path in the shared folder, packed as it lies there."""
    pages = sorted((shared / "pages").glob("*/*.html.gz"))
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                path = connection.recv(65536).split(b" ")[1].decode()[1:]
                packed = (shared / "pages" / path).read_bytes() if path.endswith(".gz") else b""
                head = f"HTTP/1.1 {200 if packed else 404} x\r\nContent-Type: text/html\r\nContent-Length: {len(packed)}\r\n"
                connection.sendall((head + ("Content-Encoding: gzip\r\n" if packed else "") + "\r\n").encode() + packed)

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1], pages
    listener.close()


def test_no_real_page_is_cut_by_the_default_limits(serving: tuple[int, list[Path]]) -> None:
    # Given all 1,013 real pages, and a fetcher with the default limits
    port, pages = serving
    settings = load({"PRESSMARK_ALLOW_PRIVATE": "127.0.0.1", "PRESSMARK_HOST_INTERVAL": "0"})
    fetcher = Fetcher(settings, LocalPace(0), Robots(settings))
    largest = 0
    # When each is fetched
    for path in pages:
        page = fetcher.fetch(f"http://127.0.0.1:{port}/{path.parent.name}/{path.name}").page
        # Then it comes whole
        assert page is not None
        assert page.body == gzip.decompress(path.read_bytes()), path.name
        largest = max(largest, len(page.body))
    assert len(pages) == 1013
    # And the largest would fit as well if it were not packed
    assert largest < settings.max_wire_bytes / 2
