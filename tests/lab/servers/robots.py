"""Servers whose robots.txt matters."""

from __future__ import annotations

import itertools
import zlib

from tests.lab.servers.size import zeros
from tests.lab.site import Call
from tests.lab.variant import Variant, article, honest


def robots(answer, page=honest):
    """A handler that gives /robots.txt to `answer` and the rest to `page`."""
    return lambda call: (answer if call.path.startswith("/robots") else page)(call)


def text(rules: bytes, status: str = "200 OK", **fields: str):
    return lambda call: call.answer(rules, status, **{"Content_Type": "text/plain", **fields})


def redirects(count: int):
    def answer(call: Call) -> None:
        hop = int(call.path[len("/robots.txt") :] or 0)
        call.answer(b"", "302 Found", Location=f"/robots.txt{hop + 1}") if hop < count else text(b"User-agent: *\nDisallow: /")(call)

    return answer


def changing():
    turns = itertools.cycle([b"User-agent: *\nAllow: /", b"User-agent: *\nDisallow: /"])

    def answer(call: Call) -> None:
        text(next(turns))(call)

    return answer


def endless(call: Call) -> None:
    call.say(b"HTTP/1.1 200 OK\r\n\r\nUser-agent: *\nAllow: /\n")
    call.flood(itertools.repeat(b"# more and more\n" * 4000))


def drip(call: Call) -> None:
    call.say(b"HTTP/1.1 200 OK\r\n\r\n")
    call.hang()


BIG = b"User-agent: *\nAllow: /\n" + b"# filler\n" * (500 * 1024 // 9 + 1) + b"\nUser-agent: *\nDisallow: /\n" + b"# filler\n" * 11_000
WILD = b"User-agent: *\nDisallow: /" + b"*a" * 20 + b"b\n"
DELAYS = (b"1e9", b"-1", b"NaN", b"inf", b"1e-9", b"x")
REFUSE = {"PRESSMARK_REFUSE_OPT_OUTS": "true"}


def opting_out(call: Call) -> None:
    call.answer(article(head="<meta name=robots content=noai>"), X_Robots_Tag="noai, noindex", tdm_reservation="1")


SERVERS = {
    "b01": [Variant(robots(text(b"", "404 Not Found")), robots=True)],
    "b02": [
        Variant(robots(text(b"", "500 Oops")), robots=True),
        Variant(robots(lambda call: call.hang()), robots=True),
        Variant(robots(drip), robots=True),
        Variant(robots(text(b"", "429 Slow")), robots=True),
    ],
    "b03": [Variant(robots(redirects(6)), robots=True)],
    "b04": [
        Variant(robots(text(b"", "302 Found", Location=where)), robots=True)
        for where in ("http://127.0.0.1/robots.txt", "//10.0.0.5/", "http://loop.example/")
    ],
    "b05": [Variant(robots(text(BIG)), robots=True)],
    "b07": [Variant(robots(text(WILD)), robots=True, steps=("/" + "a" * 60,))],
    "b08": [Variant(robots(text(b"User-agent: *\nCrawl-delay: " + value)), robots=True) for value in DELAYS],
    "b09": [Variant(robots(lambda call: call.answer(article())), robots=True)],
    "b10": [Variant(robots(changing()), robots=True, steps=("/a", "/b"), pause=1.2, settings={"PRESSMARK_ROBOTS_TTL": "1"})],
    "b13": [Variant(opting_out), Variant(opting_out, settings=REFUSE, verdict="permanent:opted_out")],
    "own-robots-forbids": [Variant(robots(text(b"User-agent: pressmark\nDisallow: /news")), robots=True, verdict="skip:robots")],
    "own-robots-names-others": [Variant(robots(text(b"User-agent: other\nDisallow: /")), robots=True, verdict="ok")],
    "own-robots-five-redirects": [Variant(robots(redirects(5)), robots=True, verdict="skip:robots")],
    "own-robots-bomb": [
        Variant(robots(lambda call: call.answer(zeros("gzip"), Content_Encoding="gzip")), robots=True, verdict="ok"),
        Variant(robots(endless), robots=True, verdict="ok"),
        Variant(robots(lambda call: call.answer(zlib.compress(b"x"), Content_Encoding="gzip")), robots=True, verdict="defer"),
    ],
    "own-robots-bytes": [
        Variant(robots(text(body)), robots=True, verdict="skip:robots")
        for body in (b"\xef\xbb\xbfUser-agent: *\nDisallow: /", b"User-agent:*\r\nDisallow:/\xff\xfe\r\nDisallow: /news\0\r\nDisallow: /ne")
    ],
    "own-dot-segments": [
        Variant(robots(text(b"User-agent: *\nDisallow: /secret")), robots=True, steps=("/open/../secret",), verdict="skip:robots")
    ],
}
