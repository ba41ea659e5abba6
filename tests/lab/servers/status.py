"""Servers with something to say by status."""

from __future__ import annotations

from tests.lab.site import Call
from tests.lab.variant import Variant, article, honest


def status(line: str, body: bytes = b"", **fields: str):
    return lambda call: call.answer(body, line, **fields)


def flapping():
    turns = iter(range(100))

    def handler(call: Call) -> None:
        call.answer(b"", "503 Busy") if next(turns) % 2 == 0 else honest(call)

    return handler


SERVERS = {
    "q02": [Variant(status("204 No Content", Content_Length="")), Variant(status("205 Reset Content"))],
    "q03": [Variant(status("206 Partial Content", article(), Content_Range="bytes 0-99/2000"))],
    "q04": [Variant(status(f"{code} No")) for code in (404, 410, 451)],
    "q09": [
        Variant(status("429 Slow", Retry_After=date))
        for date in ("Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "-5", "soon", "9" * 400)
    ],
    "q12": [Variant(flapping(), tries=5)],
    "own-ask-again": [
        Variant(status("408 Timeout"), verdict="transient:timeout_total"),
        Variant(status("425 Early"), verdict="defer"),
        Variant(status("503 Busy", Retry_After="120"), verdict="defer"),
    ],
    "own-999": [Variant(status("999 Denied"), verdict="permanent:bad_response")],
    "own-5xx": [Variant(status(f"{code} Bad"), verdict="transient:http_5xx") for code in (500, 502, 503, 504, 521, 599)],
    "own-other-success": [Variant(status(f"{code} OK", article()), verdict="ok") for code in (200, 201, 203)],
}
