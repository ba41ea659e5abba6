"""A variant: one way in which a case of the catalogue can be played, and what it takes to play it."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.lab.names import Script
from tests.lab.site import Call, Server

PARAGRAPH = (
    "<p>The council of the river province met on Tuesday to hear how the new bridge will change the trade in rice and timber. "
    "Farmers told the members that lorries now wait four hours at the crossing, and that part of the harvest spoils on the road. "
    "An engineer of the ministry explained that the work begins after the rains and lasts two years, paragraph {}.</p>\n"
)


def article(title: str = "Bridge over the river will shorten the way to market", paragraphs: int = 8, head: str = "") -> bytes:
    """An honest page."""
    body = "".join(PARAGRAPH.format(number) for number in range(paragraphs))
    start = f"<!doctype html><html lang=en><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1>\n"
    return f"{start}{body}</article></body></html>".encode()


def honest(call: Call) -> None:
    """Answers with an honest page."""
    call.answer(article())


@dataclass
class Variant:
    """`handler` plays the server; `steps` are the paths fetched one after the other, the last one's verdict counts."""

    handler: Callable[[Call], None]
    raw: bool = False
    robots: bool = False
    scheme: str = "http"
    steps: tuple[str, ...] = ("/news",)
    tries: int = 1
    """Fetches of a step while its reason says "again"."""
    pause: float = 0.0
    """Seconds before each step."""
    settings: dict[str, str] = field(default_factory=dict)
    certificate: Callable[[Any], ssl.SSLContext] | None = None
    script: Script | None = None
    """Of the name, where it is not simply the address."""
    names: dict[str, str] = field(default_factory=dict)
    """Other names that the handler sends to, each with its address; served honestly."""
    verdict: str | None = None
    """Where this variant's verdict is narrower than the case's."""

    def server(self, certificates: Any) -> Server:
        """As the site wants it."""
        return Server(self.handler, self.raw, self.robots, self.certificate(certificates) if self.certificate else None)
