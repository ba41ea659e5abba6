"""Run one parse process: the parent's end of its pipe, and the loop inside it that reads pages."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import socket
import struct
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, fields
from multiprocessing.connection import Connection
from types import ModuleType
from typing import Any, Literal

from worker.config import Settings
from worker.errors import ItemFailed, PressmarkError
from worker.intake import feeds, sitemaps
from worker.intake.front_page import feeds_named
from worker.messages import Page, encode
from worker.reasons import Kind, Reason
from worker.sandbox.limits import (
    INTERVALS,
    address_space,
    cpu_of,
    explain_exit,
    limit_page,
    no_core_dumps,
    page_done,
    resident,
)

PAGES_A_CHILD = 500
"""Then a fresh child takes over, which frees what the libraries keep; a start costs about as much as one page."""
GROWN = 256 * 1024 * 1024
"""Bytes that a child may hold between two pages: ordinary pages leave it with 130 MB, one of megabytes of text with twice that."""
PROGRESS = 0.01
"""Share of a page's CPU that its child must use in one wall-clock limit to be given another: one that uses less stands still."""
SOCKET_FOLDER = 70
"""Bytes of a folder for temporary files in which multiprocessing can bind its socket, with a little room."""
EXIT_WAIT = 5.0
"""Seconds for a child whose pipe has closed to be gone, too: it has nothing left to do."""
_TEXT = " ".join(f"Report {number} says that trade across the border grew." for number in range(1, 40))
SAMPLE = Page(
    url="http://sample.test/2024/03/22/trade-grows",
    final_url="http://sample.test/2024/03/22/trade-grows",
    status=200,
    body=f"<html><head><title>Sample</title></head><body><article><p>{_TEXT}</p></article></body></html>".encode(),
    content_type="text/html; charset=utf-8",
)
"""A page that every working parser can read. A child that cannot is broken itself, and no page is blamed for that."""
_FORKSERVER = multiprocessing.get_context("forkserver")
_STARTING = threading.Lock()
"""multiprocessing keeps its children in a plain set: one start or end at a time."""

Wanted = Kind | Literal["front"]
"""What is read of a page: an article, the list that it is, or the feeds that it names."""
Read = Callable[[Wanted, Page], bytes]
"""What a child does with a page: returns the answer as JSON. It is pickled by name, so it must stand in an importable module."""


class ParseKilled(PressmarkError):
    """A page's child was killed, crashed or exceeded its limits: a strike against the page."""


class ParseStalled(PressmarkError):
    """A page's child got too little CPU within the wall-clock limit: says nothing about the page."""


class ParseEnded(PressmarkError):
    """A page's child was ended from outside, by a person or the system: says nothing about the page."""


NO_FAULT: Mapping[int, type[PressmarkError]] = {-signal.SIGALRM: ParseStalled, -signal.SIGTERM: ParseEnded}
"""What exit codes mean that say nothing about the page; whatever else ends a child is a strike."""


class NotStarted(Exception):
    """The child was gone, or stood still, before it had the page: says nothing about the page, so another child is asked."""


def read(kind: Wanted, page: Page) -> bytes:
    """The JSON of what `page` holds: a line of digests and reservations and then the article, or the links of a feed or sitemap.

    Raises ItemFailed.
    """
    if kind == "feed":
        return json.dumps(asdict(feeds.links(page.body, page.final_url, page.content_type))).encode()
    if kind == "front":
        return json.dumps(feeds_named(page.body, page.final_url, page.content_type)).encode()
    if kind == "sitemap":
        return json.dumps(asdict(sitemaps.links(page.body, page.final_url, page.content_type))).encode()
    return _read_article(page)


def _read_article(page: Page) -> bytes:
    # Imported in children only: extraction costs 0.3 s of CPU and 30 MiB, and the parent never needs it
    from worker.extract.near_duplicates import fingerprints
    from worker.extract.pipeline import extract_page

    extraction = extract_page(page)
    article, reserved = extraction.article, list(extraction.reservations)
    prints = {**vars(fingerprints(article.text)), "opt_outs": reserved}
    return json.dumps(prints).encode() + b"\n" + encode(article)


class Child:
    """One parse process and the parent's end of the pipe to it: a page is sent as two messages, one answer comes back."""

    def __init__(self, read: Read, settings: Settings) -> None:
        self._settings = settings
        self._asked = 0
        ours, theirs = _FORKSERVER.Pipe()
        _FORKSERVER.set_forkserver_preload(["worker.sandbox.preload", read.__module__])
        self._process = _FORKSERVER.Process(target=_serve, args=(theirs, read, settings), daemon=True)
        with _STARTING, _without_main(), _short_sockets():
            self._process.start()
        _limit_waiting(ours, settings.parse_timeout)
        theirs.close()  # so that the child's end closes our end as well
        self._pipe: Connection = ours

    def ready(self) -> bool:
        """True where it may be given a page, though it may have died meanwhile; one that has read PAGES_A_CHILD, or grew, is ended here."""
        if self._asked >= PAGES_A_CHILD or (not self._pipe.closed and resident(self._pid) > GROWN):
            self.end()
        return not self._pipe.closed

    def ask(self, kind: Wanted, page: Page, timeout: float) -> bytes:
        """The answer as JSON, within INTERVALS times `timeout` seconds, or one where the child gets no CPU.

        Raises ItemFailed, ParseKilled, ParseStalled, ParseEnded or NotStarted.
        """
        self._send(kind, page, timeout)
        begun = cpu_of(self._pid)
        try:
            if self._answers(timeout):
                return self._unwrapped(self._pipe.recv_bytes())
        except BlockingIOError:
            pass  # it stands still in the middle of its answer
        except (EOFError, OSError) as error:
            raise self._why_it_ended() from error
        spent = cpu_of(self._pid) - begun
        self.end()
        failure = ParseKilled if spent >= self._settings.parse_cpu else ParseStalled
        raise failure(f"gave no answer within {timeout:g} s or more, with {spent:.1f} s of CPU")

    def _answers(self, timeout: float) -> bool:
        """Waits for the answer: `timeout` seconds, and as long again while the child gets CPU, INTERVALS times at most."""
        for _ in range(INTERVALS):
            before = cpu_of(self._pid)
            if self._pipe.poll(timeout):
                return True
            if cpu_of(self._pid) - before < PROGRESS * self._settings.parse_cpu:
                return False
        return False

    @property
    def _pid(self) -> int:
        return self._process.pid or 0

    def _send(self, kind: Wanted, page: Page, timeout: float) -> None:
        """Sends the page and waits until the child confirms that it has it."""
        self._asked += 1
        head = {name: getattr(page, name) for name in _HEAD}
        try:
            self._pipe.send_bytes(json.dumps({"kind": kind, "timeout": timeout, "page": head}).encode())
            self._pipe.send_bytes(page.body)
            self._pipe.recv_bytes()  # BlockingIOError, an OSError, where the child stands still
        except (EOFError, OSError) as error:
            self.end()
            raise NotStarted from error

    def end(self) -> None:
        """Kills the process: it holds nothing but the page."""
        with _STARTING:
            if self._process.is_alive():
                self._process.kill()
            self._process.join()
        self._pipe.close()

    def _unwrapped(self, answer: bytes) -> bytes:
        kind, rest = answer[:1], answer[1:]
        if kind == _ANSWER:
            return rest
        failure: dict[str, str] = json.loads(rest)
        if kind == _FAILED:
            raise ItemFailed(Reason.of(failure["reason"]), failure["detail"])
        self.end()
        raise ParseKilled(failure["detail"])

    def _why_it_ended(self) -> PressmarkError:
        with _STARTING:
            self._process.join(EXIT_WAIT)
        self.end()
        code = self._process.exitcode or 0
        return NO_FAULT.get(code, ParseKilled)(explain_exit(code, self._settings))


@contextmanager
def _short_sockets() -> Iterator[None]:
    """Lets multiprocessing bind its socket where TMPDIR is too long for one: it takes 33 bytes beside the folder (unix(7): 108 in all)."""
    chosen = tempfile.tempdir
    if len(os.fsencode(tempfile.gettempdir())) > SOCKET_FOLDER:
        tempfile.tempdir = "/tmp"  # noqa: S108 - mkdtemp makes a folder there that is ours alone
    try:
        yield
    finally:
        tempfile.tempdir = chosen


@contextmanager
def _without_main() -> Iterator[None]:
    """Hides the program's main module: multiprocessing would run it again in each child, which needs nothing of it.

    A script of four lines that reads a page would otherwise start itself over and over.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _limit_waiting(pipe: Connection, seconds: float) -> None:
    """Makes reads and writes that take longer raise BlockingIOError (socket(7)): a child that was stopped neither reads nor closes."""
    limit = struct.pack("ll", int(seconds), int(seconds % 1 * 1_000_000))
    with socket.socket(fileno=os.dup(pipe.fileno())) as end:
        end.setblocking(True)  # Celery sets a default timeout while it shuts down, with which Python makes every socket non-blocking
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            end.setsockopt(socket.SOL_SOCKET, option, limit)


_HEAD = tuple(field.name for field in fields(Page) if field.name != "body")
"""Fields of a Page that are sent ahead of its body, as JSON."""
_RECEIVED, _ANSWER, _FAILED, _BROKEN = b"-", b"A", b"F", b"B"
"""First byte of a child's message: it has the page; an answer; a reason from the closed list; an unexpected error."""


def _serve(pipe: Connection, read: Read, settings: Settings) -> None:
    """The main function of a child: reads pages until the pipe closes or the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the supervisor, which ends the worker
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    no_core_dumps()
    if _answer(read, "article", SAMPLE)[:1] == _BROKEN:
        return
    at_start = address_space()
    while True:
        try:
            order = json.loads(pipe.recv_bytes())
            page = _page(order["page"], pipe.recv_bytes())
        except EOFError:
            return
        pipe.send_bytes(_RECEIVED)
        limit_page(settings, order["timeout"], at_start)
        answer = _answer(read, order["kind"], page)
        page_done()
        pipe.send_bytes(answer)


def _page(head: dict[str, Any], body: bytes) -> Page:
    """JSON has made lists of the tuples."""
    return Page(**{**head, "opt_outs": tuple(head["opt_outs"]), "warnings": tuple(head["warnings"])}, body=body)


def _answer(read: Read, kind: Wanted, page: Page) -> bytes:
    try:
        return _ANSWER + read(kind, page)
    except ItemFailed as failed:
        return _FAILED + json.dumps({"reason": failed.reason.word, "detail": failed.detail}).encode()
    except MemoryError:
        return _BROKEN + json.dumps({"detail": "needed more memory than a page may have"}).encode()
    except Exception as error:  # noqa: BLE001 - whatever a page makes the parser raise is a strike against that page
        return _BROKEN + json.dumps({"detail": f"the parser failed: {type(error).__name__}: {error}"[:500]}).encode()
