"""Servers that send elsewhere."""

from __future__ import annotations

import itertools

from tests.lab.site import Call
from tests.lab.variant import Variant, article, honest


def to(*locations: str, status: str = "302 Found", body: bytes = b"", **fields: str):
    """A handler that redirects /news and serves an article everywhere else."""

    def handler(call: Call) -> None:
        if call.path != "/news":
            honest(call)
            return
        lines = "".join(f"Location: {location}\r\n" for location in locations)
        lines += "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
        call.say(f"HTTP/1.1 {status}\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    return handler


def endless_body(call: Call) -> None:
    if call.path != "/news":
        honest(call)
        return
    call.say(b"HTTP/1.1 302 Found\r\nLocation: /good\r\nTransfer-Encoding: chunked\r\n\r\n")
    call.flood(itertools.repeat(b"10000\r\n" + b"a" * 65536 + b"\r\n"))


def chain(length: int):
    """`length` redirects, then the article."""

    def handler(call: Call) -> None:
        hop = int(call.path[5:] or 0)
        call.answer(b"", "302 Found", Location=f"/news{hop + 1}") if hop < length else honest(call)

    return handler


def forbidden_elsewhere(call: Call) -> None:
    """Two names on one address; the second one's robots.txt forbids."""
    other = call.headers.get("host") == "other-r15.example"
    if call.path == "/robots.txt":
        call.answer(b"User-agent: *\nDisallow: /" if other else b"")
    elif other:
        honest(call)
    else:
        call.answer(b"", "302 Found", Location="http://other-r15.example/secret")


PRIVATE = (
    "http://127.0.0.1/",
    "http://10.0.0.5/",
    "http://169.254.169.254/latest",
    "http://[::1]/",
    "//192.168.1.1/",
    "http://loop.example/",
)
REFRESH = '<meta http-equiv=refresh content="0; url=http://127.0.0.1/"><script>location="http://10.0.0.5/"</script>'
SERVERS = {
    "r01": [Variant(to("/news")), Variant(chain(20))],
    "r06": [Variant(to(target)) for target in PRIVATE],
    "r09": [Variant(to())],
    "r10": [Variant(to("/a", "/b")), Variant(to("/a", "/a"), verdict="ok")],
    "r13": [Variant(to("http://plain-r13.example/news"), scheme="https", names={"plain-r13.example": "45.33.200.13"})],
    "r14": [Variant(to("http://other-r14.example/news"), names={"other-r14.example": "45.33.200.14"})],
    "r15": [Variant(forbidden_elsewhere, robots=True, names={"other-r15.example": "same"})],
    "r16": [Variant(endless_body)],
    "r17": [Variant(lambda call: call.answer(article(head=REFRESH)))],
    "r19": [Variant(lambda call: call.answer(article(), Alt_Svc='h2="127.0.0.1:6379"; ma=86400', Refresh="0; url=http://127.0.0.1/"))],
    "own-five-redirects": [Variant(chain(5), verdict="ok")],
    "own-six-redirects": [Variant(chain(6), verdict="permanent:too_many_redirects")],
    "own-odd-locations": [
        *(
            Variant(to(good), verdict="ok")
            for good in ("a", "./a?x=1", "?page=2", "/a b", "/ក", "/a#part", "HTTP://own.example/a" if False else "../../a")
        ),
        *(
            Variant(to(bad), verdict="permanent:bad_redirect")
            for bad in ("", "http:\\\\127.0.0.1/", "\\\\127.0.0.1\\x", "http:/a", "http://", "https:///a")
        ),
        *(
            Variant(to(bad), verdict="permanent:blocked")
            for bad in ("javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "http://u:p@pub.example/")
        ),
    ],
    "own-redirect-to-a-port": [Variant(to("http://pub.example:6379/"), verdict="permanent:blocked")],
    "own-location-too-long": [Variant(to("/" + "a" * 20_000), verdict="permanent:bad_redirect")],
    "own-control-in-location": [
        Variant(to("/a\x01b"), verdict="permanent:bad_redirect"),
        Variant(to("/a\tb"), verdict="permanent:bad_redirect"),
    ],
    "own-odd-redirect-status": [
        Variant(to("/a", status=code), verdict="permanent:bad_response") for code in ("300 Many", "304 Not Modified", "305 Proxy", "306 x")
    ],
}
