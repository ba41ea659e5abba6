"""Page read where it can do no harm: in child processes with limits of CPU, memory and time for every page."""

from __future__ import annotations

import json
import logging
import math
import multiprocessing
import os
import queue
import resource
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from worker.config import Settings
from worker.errors import ItemFailed, PressmarkError, Unavailable
from worker.messages import Article, Kind, Page, decode, encode
from worker.reasons import Reason

log = logging.getLogger(__name__)

PAGES_A_CHILD = 500
"""Then a fresh child takes over, and what the libraries hoard is freed; a start costs about as much as one page."""
STARTS = 3
"""Children that may be gone before they have the page: one may be chance, three mean that none can start."""
_TEXT = " ".join(f"Report {number} says that trade across the border grew." for number in range(1, 40))
SAMPLE = Page(
    url="http://sample.test/2024/03/22/trade-grows",
    final_url="http://sample.test/2024/03/22/trade-grows",
    status=200,
    body=f"<html><head><title>Sample</title></head><body><article><p>{_TEXT}</p></article></body></html>".encode(),
    content_type="text/html; charset=utf-8",
)
"""A page that every reader has a verdict on. One that has not is broken itself, and no page may pay for that."""
STATM = Path("/proc/self/statm")
_FORKSERVER = multiprocessing.get_context("forkserver")
_STARTING = threading.Lock()
"""multiprocessing keeps its children in a plain set: one start or end at a time."""

Read = Callable[[Kind, Page], bytes]
"""What a child does with a page: the answer as JSON. Must stand in a module that the child can import."""


class ParseKilled(PressmarkError):
    """A page's child was killed, crashed or exceeded its limits: proof against the page, a strike."""


class _NotBegun(Exception):
    """The child was gone before it had the page: no proof of anything, so another one is asked."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """An article, the two marks that tell copies of its text, and what the page reserves."""

    article: Article
    content_sha256: str
    simhash: str
    opt_outs: list[str] = field(default_factory=list)
    """Reservations against machines, of the headers and of the page's own head."""


@dataclass(frozen=True, slots=True)
class Links:
    """What a feed or a sitemap lists."""

    urls: list[str]
    sitemaps: list[str]


def read(kind: Kind, page: Page) -> bytes:
    """What `page` holds: a line of marks and the article, or the links of a feed or sitemap; raises ItemFailed."""
    from worker.extract.near_duplicates import content_sha256, simhash
    from worker.extract.page.reservations import opt_outs
    from worker.extract.pipeline import extract
    from worker.intake import feeds, sitemaps

    if kind == "article":
        article = extract(page)
        copies = {"content_sha256": content_sha256(article.text), "simhash": simhash(article.text)}
        marks = {**copies, "opt_outs": list(opt_outs(page))}
        return json.dumps(marks).encode() + b"\n" + encode(article)
    if kind == "feed":
        return json.dumps({"urls": feeds.links(page.body, page.final_url), "sitemaps": []}).encode()
    return json.dumps(asdict(sitemaps.links(page.body))).encode()


class ParsePool:
    """Children that read pages, at most `settings.parse_processes` at once; may be called from many threads.

    Both calls wait for a free child, then give it `timeout` seconds of wall clock (default: the
    setting). They raise ItemFailed for what the reader says of the page, and ParseKilled where the
    page ended its child. The next page finds a fresh child; the neighbours notice nothing.
    """

    def __init__(self, settings: Settings, read: Read = read) -> None:
        self._settings = settings
        self._read = read
        self._idle: queue.LifoQueue[_Child | None] = queue.LifoQueue()  # the warmest on top; None: yet to be started
        for _ in range(settings.parse_processes):
            self._idle.put(None)

    def extract(self, page: Page, timeout: float | None = None) -> Parsed:
        """The article of `page`, with its marks."""
        marks, article = self._ask("article", page, timeout).split(b"\n", 1)
        return Parsed(decode(Article, article), **json.loads(marks))

    def links(self, kind: Kind, page: Page, timeout: float | None = None) -> Links:
        """What a feed or a sitemap lists."""
        return Links(**json.loads(self._ask(kind, page, timeout)))

    def warm(self) -> None:
        """Starts a child, which reads a sample; raises Unavailable where that does not work, whatever the page."""
        with suppress(ItemFailed):  # a verdict on the sample is a sign of health, too
            self._ask("article", SAMPLE, None)

    def close(self) -> None:
        """Ends the children; waits for those at work, no longer than a page may take. Those left have their own alarm."""
        with suppress(queue.Empty):
            for _ in range(self._settings.parse_processes):
                child = self._idle.get(timeout=self._settings.parse_timeout + 5)
                if child:
                    child.end()

    def _ask(self, kind: Kind, page: Page, timeout: float | None) -> bytes:
        child = self._idle.get()
        try:
            for _ in range(STARTS):
                if child is None or not child.ready():
                    child = _Child(self._read, self._settings)
                with suppress(_NotBegun):
                    return child.ask(kind, page, timeout or self._settings.parse_timeout)
            raise Unavailable("the processes that read pages do not start, or cannot read a sample")
        finally:
            self._idle.put(child if child and child.ready() else None)


class _Child:
    """One parse process and our end of the pipe to it: a page goes in as two messages, one comes back."""

    def __init__(self, read: Read, settings: Settings) -> None:
        self._settings = settings
        self._asked = 0
        ours, theirs = _FORKSERVER.Pipe()
        _FORKSERVER.set_forkserver_preload(["worker.sandbox.preload", read.__module__])
        self._process = _FORKSERVER.Process(target=_serve, args=(theirs, read, settings), daemon=True)
        with _STARTING:
            self._process.start()
        theirs.close()  # so that its death is the end of our pipe
        self._pipe: Connection = ours

    def ready(self) -> bool:
        """True where it may be given a page, though it may have died since the last; one that is worn out is ended here."""
        if self._asked >= PAGES_A_CHILD:
            self.end()
        return not self._pipe.closed

    def ask(self, kind: Kind, page: Page, timeout: float) -> bytes:
        """The reader's JSON; raises ItemFailed, ParseKilled or _NotBegun."""
        self._hand_over(kind, page, timeout)
        try:
            if self._pipe.poll(timeout):
                return self._unwrapped(self._pipe.recv_bytes())
        except (EOFError, OSError) as error:
            raise ParseKilled(self._epitaph()) from error
        self.end()
        raise ParseKilled(f"gave no answer within {timeout:g} s")

    def _hand_over(self, kind: Kind, page: Page, timeout: float) -> None:
        """Sends the page and waits until the child says that it has it."""
        self._asked += 1
        head = {name: getattr(page, name) for name in _HEAD}
        try:
            self._pipe.send_bytes(json.dumps({"kind": kind, "timeout": timeout, "page": head}).encode())
            self._pipe.send_bytes(page.body)
            self._pipe.recv_bytes()
        except (EOFError, OSError) as error:
            self.end()
            raise _NotBegun from error

    def end(self) -> None:
        """Kills it: it holds nothing but the page."""
        with _STARTING:
            if self._process.is_alive():
                self._process.kill()
            self._process.join()
        self._pipe.close()

    def _unwrapped(self, answer: bytes) -> bytes:
        mark, rest = answer[:1], answer[1:]
        if mark == _ANSWER:
            return rest
        told: dict[str, Any] = json.loads(rest)
        if mark == _FAILED:
            raise ItemFailed(Reason.of(told["reason"]), told["detail"])
        self.end()
        raise ParseKilled(told["detail"])

    def _epitaph(self) -> str:
        """Why it died, for people."""
        with _STARTING:
            self._process.join(5)
        self.end()
        code = self._process.exitcode or 0
        known = {
            -signal.SIGXCPU: f"used more than {self._settings.parse_cpu:g} s of CPU",
            -signal.SIGALRM: "gave no answer in time",
        }
        name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return known.get(code, f"the parser ended by {name}")


_HEAD = tuple(field.name for field in fields(Page) if field.name != "body")
"""What goes ahead of the body, as JSON."""
_BEGUN, _ANSWER, _FAILED, _BROKEN = b"-", b"A", b"F", b"B"
"""First byte of a child's message: it has the page; what it read; a reason on the list; an error that nobody foresaw."""


def _serve(pipe: Connection, read: Read, settings: Settings) -> None:
    """The life of a child: pages in, answers out, until the pipe closes or its parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the supervisor's business
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if _answered(read, "article", SAMPLE)[:1] == _BROKEN:
        return
    while True:
        try:
            order = json.loads(pipe.recv_bytes())
            page = _page(order["page"], pipe.recv_bytes())
        except EOFError:
            return
        pipe.send_bytes(_BEGUN)
        _limit(settings, order["timeout"])
        answer = _answered(read, order["kind"], page)
        signal.alarm(0)
        pipe.send_bytes(answer)


def _page(head: dict[str, Any], body: bytes) -> Page:
    return Page(**{**head, "opt_outs": tuple(head["opt_outs"])}, body=body)


def _answered(read: Read, kind: Kind, page: Page) -> bytes:
    try:
        return _ANSWER + read(kind, page)
    except ItemFailed as failed:
        return _FAILED + json.dumps({"reason": failed.reason.word, "detail": failed.detail}).encode()
    except MemoryError:
        return _BROKEN + json.dumps({"detail": "needed more memory than a page may have"}).encode()
    except Exception as error:  # noqa: BLE001 - whatever a page makes the parser raise is that page's strike
        return _BROKEN + json.dumps({"detail": f"the parser failed: {type(error).__name__}: {error}"[:500]}).encode()


def _limit(settings: Settings, timeout: float) -> None:
    """This page's share of CPU (whole seconds, as the kernel counts), address space and wall clock.

    The kernel enforces all three, so that they hold in C code, and when our parent is gone.
    """
    spent = resource.getrusage(resource.RUSAGE_SELF)
    cpu = math.ceil(spent.ru_utime + spent.ru_stime + settings.parse_cpu)
    _set_soft(resource.RLIMIT_CPU, cpu)
    if STATM.exists():  # elsewhere (macOS) the kernel does not keep RLIMIT_AS
        in_use = int(STATM.read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        _set_soft(resource.RLIMIT_AS, in_use + settings.parse_memory)
    signal.alarm(math.ceil(timeout) + 1)


def _set_soft(limit: int, value: int) -> None:
    _, hard = resource.getrlimit(limit)
    resource.setrlimit(limit, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))
