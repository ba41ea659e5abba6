"""A real browser beside a real installation: the sample press site and pages with script payloads have gone through `up`."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

from tests.acceptance.conftest import Home
from tests.browser.payloads import HOST, addresses, payload_site
from tests.browser.repaired_press import HOSTS, RepairedPress, repaired_press
from tests.conftest import missing
from worker.demo.server import press_site
from worker.demo.site import hosts

PICTURES = bool(os.environ.get("PRESSMARK_UPDATE_PICTURES"))
"""Whether pictures for docs/ are taken: without the pages whose titles are scripts, which tell a reader nothing."""
PATIENCE_MS = 60_000
"""Milliseconds for a page, an act, or what is expected to come; the machine may be busy, and no time decides a test."""
expect.set_options(timeout=PATIENCE_MS)


def chromium() -> str:
    """Debian's browser, or another Chromium; missing ones skip at home and fail in CI."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    missing("chromium")
    raise AssertionError


def free_port() -> int:
    """A port of loopback that nobody uses now."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


@dataclass(frozen=True)
class World:
    """An installation that is up, and where its dashboard answers."""

    home: Home
    address: str
    """`http://127.0.0.1:PORT`."""
    press_port: int
    press: RepairedPress
    """A site of which nothing was added yet."""


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Everything read, some of it dead, one host paused."""
    with press_site() as site, payload_site() as payload_port, repaired_press() as press:
        port = free_port()
        home = Home(
            tmp_path_factory.mktemp("browser"),
            {
                "PRESSMARK_RESOLVE": ",".join(f"{host}=127.0.0.1" for host in (*hosts(), *HOSTS, HOST)),
                "PRESSMARK_ALLOW_PRIVATE": ",".join(f"127.0.0.0/8:{port}" for port in (site.port, payload_port, press.server_port)),
                "PRESSMARK_HOST_INTERVAL": "0",
                "PRESSMARK_BACKOFF": "0.5",
                "PRESSMARK_DASHBOARD_ADDRESS": f"127.0.0.1:{port}",
            },
        )
        urls = sorted({f"http://{page.host}:{site.port}{page.path}" for page in site.pages.values() if page.path != "/robots.txt"})
        missing_pages = [f"http://press.example:{site.port}/gone-{number}" for number in range(8)]
        with home.up():
            home.run("enqueue", "-f", "-", "--job", "morning list", "--wait", stdin="\n".join(urls + missing_pages).encode())
            if not PICTURES:
                read = home.run("enqueue", "-f", "-", "--job", "payloads", "--wait", stdin="\n".join(addresses(payload_port)).encode())
                assert '"refused"' not in read.out, read.out
            home.run("pause", "--host", f"wire.example:{site.port}")
            home.run("enqueue", f"http://wire.example:{site.port}/waits-for-its-host")
            yield World(home, f"http://127.0.0.1:{port}", site.port, press)


@dataclass
class Watched:
    """One page of the browser and all that it did which it must not do."""

    page: Page
    address: str
    errors: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Goes to an address of the dashboard; the answer must be 200."""
        answer = self.page.goto(self.address + path)
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"

    def expect_quiet(self) -> None:
        """No error in the console, no request to another host, no dialog."""
        assert (self.errors, self.elsewhere, self.dialogs) == ([], [], [])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One headless browser for a file: as long as it lives, its event loop runs in this thread, and no other test can start one."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@contextmanager
def watched(browser: Browser, address: str, **options: object) -> Iterator[Watched]:
    """A page in a context of its own, watched from its first request."""
    context: BrowserContext = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, "timezone_id": "UTC", **options})  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    seen = Watched(context.new_page(), address)

    def request(sent: Request) -> None:
        if not sent.url.startswith((address, "data:", "about:", "blob:")):
            seen.elsewhere.append(sent.url)

    seen.page.on("request", request)
    seen.page.on("console", lambda told: seen.errors.append(told.text) if told.type == "error" else None)
    seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))
    seen.page.on("dialog", lambda dialog: (seen.dialogs.append(dialog.message), dialog.dismiss()))
    try:
        yield seen
    finally:
        context.close()


@pytest.fixture
def seen(browser: Browser, world: World) -> Iterator[Watched]:
    """A page at 1,280 pixels, in light colours."""
    with watched(browser, world.address) as page:
        yield page


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where the pictures of pages for docs/ are put."""
    return Path(__file__).resolve().parents[2] / "docs" / "pages"
