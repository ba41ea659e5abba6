"""Servers whose pages are odd, and pages made to hurt a parser."""

from __future__ import annotations

import codecs
import gzip
import json
from functools import cache

from tests.lab.servers.size import words
from tests.lab.site import Call
from tests.lab.variant import Variant, article


def page(body: bytes, **fields: str) -> Variant:
    return Variant(lambda call: call.answer(body, **fields))


def heavy(make, **settings: str) -> Variant:
    """A large page, sent packed; made when it is asked for."""

    packed = cache(lambda: gzip.compress(wrapped(make()), 1))

    def handler(call: Call) -> None:
        call.answer(packed(), Content_Encoding="gzip")

    return Variant(handler, settings=settings)


def wrapped(inside: bytes) -> bytes:
    return article().replace(b"</article>", inside + b"</article>")


UTF7 = "+ADw-html+AD4-+ADw-p+AD4-" + "words and words " * 60
BIDI = "Safe \u202egnp.exe\u202c title\u200b" + "a" + "\u0301" * 10_000
XSS = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
DATES = ("0000-01-01T00:00:00Z", "99999-01-01", "NaN", "2024-13-45", "-1")


def dated(date: str) -> bytes:
    data = json.dumps({"@type": "NewsArticle", "datePublished": date, "headline": "Dated"})
    return article(head=f'<script type="application/ld+json">{data}</script><meta property="article:published_time" content="{date}">')


def three_ways() -> Variant:
    body = codecs.BOM_UTF8 + article(title="Café in the river town", head="<meta charset=windows-1252>").decode().encode("utf-8")
    return page(body, Content_Type="text/html; charset=shift_jis")


def distinct_tokens() -> bytes:
    return b"<p>" + b" ".join(b"w%x" % number for number in range(10**6)) + b"</p>"


def nested(count: int) -> bytes:
    return b"<div>" * count + b"<p>The end of the article stands here, deep down.</p>" + b"</div>" * count


SERVERS = {
    "k02": [page(article(), Content_Type="image/png")],
    "k06": [
        page(UTF7.encode(), Content_Type="text/html; charset=utf-7"),
        page(article().decode().encode("utf-16"), Content_Type="text/html; charset=utf-16"),
        page(article(), Content_Type="text/html; charset=hz"),
        page(b"\xff\xfe" + b"\x00\xd8" * 200_000, Content_Type="text/html; charset=utf-16"),
    ],
    "k08": [three_ways()],
    "k09": [page(wrapped(b"<p>\xff\xfe \xc0\xaf \xed\xa0\x80 and \xf4\x90\x80\x80 bytes that are no text</p>"))],
    "k11": [page(article(title=BIDI))],
    "k12": [page(article(title=XSS, head='<link rel=canonical href="javascript:alert(1)">'))],
    "k13": [Variant(lambda call: call.answer(article(title="Long " * 200_000)))],
    "k14": [page(dated(date)) for date in DATES],
    "k15": [page(article(head='<link rel=canonical href="https://bank.example/login">'))],
    "k16": [Variant(lambda call: call.answer(article()), steps=tuple(f"/news?utm_source={number}" for number in range(20)))],
    "p02": [heavy(lambda: b"<b>" * 200_000)],
    "p03": [heavy(lambda: b"<table><tr><td>" * 50_000)],
    "p04": [heavy(lambda: b"<p " + b" ".join(b"a%x=1" % number for number in range(10**6)) + b">")],
    "p07": [heavy(lambda: b"<" * 10**6)],
    "p08": [heavy(lambda: b"<!--" * 250_000)],
    "p09": [heavy(lambda: b"<![CDATA[" * 200_000), heavy(lambda: b"<!x" * 300_000)],
    "p10": [heavy(lambda: b"&amp;" * 10**6), heavy(lambda: b"&a" * 10**6)],
    "p13": [
        page(
            b'<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y SYSTEM "http://127.0.0.1/">]>' + wrapped(b"<p>&x; &y;</p>")
        ),
        page(b'<?xml version="1.0"?><!DOCTYPE html SYSTEM "http://127.0.0.1/x.dtd">' + wrapped(b""), Content_Type="application/xhtml+xml"),
    ],
    "p14": [heavy(lambda tag=tag: b"<" + tag + b">") for tag in (b"script>" * 1, b"template", b"svg", b"select")]
    + [heavy(lambda: b"<script></script><template><svg><select>" * 50_000)],
    "p16": [heavy(lambda: b"</x>" * 500_000)],
    "p18": [heavy(lambda: b"<p>" + words(20_000_000).replace(b"\n", b" "))],
    "p19": [heavy(lambda: b'<script type="application/ld+json">' + b"[" * 2_500_000 + b"</script>")],
    "p21": [heavy(lambda: b"<p>" + b"1/" * 500_000 + b"</p>"), heavy(lambda: b"<p>" + b" " * 10**6 + b"a@" * 200_000 + b"</p>")],
    "p22": [page(wrapped(b"<p>SEGFAULT-FIXTURE</p>"))],
    "p24": [page(wrapped(nested(300)))],
    "p23": [heavy(distinct_tokens, PRESSMARK_PARSE_CPU="20", PRESSMARK_PARSE_TIMEOUT="60")],
}
