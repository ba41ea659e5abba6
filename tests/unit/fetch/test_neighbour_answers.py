"""Neighbours of the field's answers: what other servers of the same kinds send, and what browsers make of it."""

from __future__ import annotations

import gzip
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import brotli
import pytest
import zstandard

from tests.unit.fetch.raw_site import ARTICLE, OK, Server, answer, fetch
from worker.config import load
from worker.errors import ItemFailed
from worker.fetch.client import Fetcher
from worker.fetch.pace import LocalPace
from worker.fetch.robots import Robots

LENGTH = b"Content-Length: %d\r\n" % len(ARTICLE)
TYPE = b"Content-Type: text/html\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n" % (len(ARTICLE), ARTICLE)
PACKED = gzip.compress(ARTICLE)
ZLIB = zlib.compress(ARTICLE)
BARE = zlib.compress(ARTICLE, wbits=-15)


# Names of codings ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        *(b"identity", b"", b",", b"UTF8", b"us-ascii", b"gb2312", b"Shift_JIS", b"tis-620", b'"utf-8"', b"charset=utf-8"),
        *(b"text/html; charset=utf-8", b"chunked", b"aws-chunked", b"false", b"off", b"0", b"html", b"unicode", b"identity;q=1"),
    ],
)
def test_a_name_that_packs_nothing_changes_nothing(site: Server, name: bytes) -> None:
    site.answers["/a"] = answer(ARTICLE, b"Content-Encoding: " + name)
    assert fetch(site, "/a").body == ARTICLE


@pytest.mark.parametrize(
    "name", [b"GZIP", b"x-gzip", b'"gzip"', b"gzip;q=1.0", b"gzip;", b"gzip, utf-8", b"aws-chunked,gzip", b"gzip\r\n ,identity"]
)
def test_gzip_is_known_however_it_is_written(site: Server, name: bytes) -> None:
    site.answers["/a"] = answer(PACKED, b"Content-Encoding: " + name)
    assert fetch(site, "/a").body == ARTICLE


@pytest.mark.parametrize("name", [b"compress", b"dcb", b"base64", b"en", b"gzip, gzip, gzip", b"br"])
def test_a_coding_that_nobody_offered_is_refused(site: Server, name: bytes) -> None:
    assert site.reason_of(answer(ARTICLE, b"Content-Encoding: " + name)) == "bad-response"


# Coded streams ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("coding", "body", "warnings"),
    [
        (b"gzip", PACKED + b"<!-- cached by a plug-in -->", ()),
        (b"gzip", gzip.compress(ARTICLE[:500]) + gzip.compress(ARTICLE[500:]), ()),
        (b"gzip", PACKED[:-8] + b"abcd" + PACKED[-4:], ("bad_checksum",)),
        (b"gzip", PACKED[:-4] + b"abcd", ("bad_checksum",)),
        (b"deflate", ZLIB[:-4] + b"abcd", ("bad_checksum",)),
        (b"deflate", ZLIB[:-4], ("truncated",)),
        (b"deflate", ZLIB[:-2], ("truncated",)),
        (b"deflate", BARE + b"\0\0", ()),
        (b"gzip, gzip", gzip.compress(PACKED), ()),
    ],
)
def test_what_was_packed_counts_and_not_its_check_sum(site: Server, coding: bytes, body: bytes, warnings: tuple[str, ...]) -> None:
    site.answers["/a"] = answer(body, b"Content-Encoding: " + coding)
    page = fetch(site, "/a")
    assert (page.body, page.warnings) == (ARTICLE, warnings)


@pytest.mark.parametrize(
    ("coding", "body", "reason"),
    [
        (b"deflate", BARE[:-5], "truncated"),
        (b"deflate", ZLIB[:-9], "truncated"),
        (b"deflate", ARTICLE, "bad-response"),
        (b"gzip", ZLIB, "bad-response"),
        (b"deflate", PACKED, "bad-response"),
        (b"gzip, gzip", PACKED, "bad-response"),
    ],
)
def test_a_stream_that_is_cut_or_another_is_no_page(site: Server, coding: bytes, body: bytes, reason: str) -> None:
    assert site.reason_of(answer(body, b"Content-Encoding: " + coding)) == reason


def test_a_bare_stream_of_fixed_codes_that_is_cut_is_not_taken_for_whole(site: Server) -> None:
    coder = zlib.compressobj(9, zlib.DEFLATED, 31, 9, zlib.Z_FIXED)
    packed = coder.compress(ARTICLE) + coder.flush()
    for cut in range(9, 40):
        assert site.reason_of(answer(packed[:-cut], b"Content-Encoding: gzip")) == "truncated"


@pytest.mark.parametrize(
    ("coding", "body"),
    [(b"deflate", ZLIB), (b"deflate", BARE), (b"br", brotli.compress(ARTICLE)), (b"zstd", zstandard.compress(ARTICLE))],
)
def test_a_whole_stream_counts_whatever_the_length_says(site: Server, coding: bytes, body: bytes) -> None:
    settings = load(
        {
            "PRESSMARK_ALLOW_PRIVATE": "127.0.0.1",
            "PRESSMARK_HOST_INTERVAL": "0",
            "PRESSMARK_CODINGS": "gzip,deflate,br,zstd",
        }
    )
    site.answers["/a"] = OK + b"Content-Encoding: " + coding + b"\r\n" + LENGTH + b"\r\n" + body
    site.answers["/b"] = OK + b"Content-Encoding: " + coding + b"\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n" % (len(body), body)
    fetcher = Fetcher(settings, LocalPace(0), Robots(settings))
    for path in ("/a", "/b"):
        page = fetcher.fetch(site.origin + path).page
        assert page is not None
        assert page.body == ARTICLE


# Lengths and chunks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        OK + b"Content-Length:\r\n\r\n" + ARTICLE,
        OK + b"Content-Length: %d, %d\r\n\r\n" % (len(ARTICLE), len(ARTICLE)) + ARTICLE,
        OK + b"Content-Length: 000%d\r\n\r\n" % len(ARTICLE) + ARTICLE + b"more",
        OK + b"\r\n" + ARTICLE,
        OK + b"Transfer-Encoding: \r\n\r\n" + ARTICLE,
        CHUNKED + b"0\r\n\r\n",
        CHUNKED + b"0\r\nX-Sum: 1\r\n\r\n",
        CHUNKED + b"0000;last\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        CHUNKED.replace(b"\r\n<html>", b' ; name="a;b"\r\n<html>') + b"0  \r\n\r\n",
        CHUNKED.replace(b"Transfer-Encoding: chunked", b"Content-Length: 3\r\nTransfer-Encoding: CHUNKED") + b"0\r\n\r\n",
    ],
)
def test_a_body_is_framed_as_servers_frame_it(site: Server, raw: bytes) -> None:
    site.answers["/a"] = raw
    page = fetch(site, "/a")
    assert (page.body, page.warnings) == (ARTICLE, ())


@pytest.mark.parametrize("end", [b"0", b"0\r", b"000", b"0\r\n", b"0\r\n\r", b"0\r\nX-Sum: "])
def test_the_last_chunk_may_be_cut_after_its_size(site: Server, end: bytes) -> None:
    site.answers["/a"] = CHUNKED + end
    page = fetch(site, "/a")
    assert (page.body, page.warnings) == (ARTICLE, ("truncated",))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (OK + b"Content-Length: %d\r\n\r\n" % (len(ARTICLE) + 1) + ARTICLE, "truncated"),
        (OK + b"Content-Length: 99999999999\r\n\r\n" + ARTICLE, "too-big"),
        (OK + b"Content-Length: abc\r\n\r\n" + ARTICLE, "bad-response"),
        (OK + b"Content-Length: -1\r\n\r\n" + ARTICLE, "bad-response"),
        (OK + b"Content-Length: %d.0\r\n\r\n" % len(ARTICLE) + ARTICLE, "bad-response"),
        (OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n" + ARTICLE, "bad-response"),
        (CHUNKED, "truncated"),
        (CHUNKED + b"5", "truncated"),
        (CHUNKED + b"05\r\nab", "truncated"),
        (CHUNKED + b"zz\r\n", "bad-response"),
        (CHUNKED + b"\r\n0\r\n\r\n", "bad-response"),
        (OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n", "bad-response"),
    ],
)
def test_a_body_of_another_length_is_no_page(site: Server, raw: bytes, reason: str) -> None:
    assert site.reason_of(raw) == reason


# Heads -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        b"\r\n" + answer(),
        b"\n\n" + answer(),
        answer().replace(b"HTTP/1.1 200 OK", b"HTTP/1.1  200  OK"),
        answer().replace(b"HTTP/1.1 200 OK", b"HTTP/1.0 200 OK"),
        answer().replace(b"HTTP/1.1 200 OK", "HTTP/1.1 200 ตกลง".encode()),
        answer().replace(b"Connection: close", b"Connection: keep-alive\r\nKeep-Alive: timeout=5"),
        answer(ARTICLE, b"X Bad Name: 1"),
        answer(ARTICLE, "X-Naïve: 1".encode()),
        answer(ARTICLE, b"HTTP/1.1 200 OK"),
        answer(ARTICLE, b": nameless"),
        answer(ARTICLE, b"X-A: 1", b"\tand more"),
        answer(ARTICLE, b"Link: <" + b"a" * 20_000 + b">"),
        answer(ARTICLE, *(b"X-%d: 1" % number for number in range(150))),
        answer(ARTICLE, b'ETag: "1"', b'ETag: "2"', b"Date: x", b"Date: y"),
        b"HTTP/1.1 200 OK\r\nX Bad First: 1\r\n" + TYPE + LENGTH + b"\r\n" + ARTICLE,
        b"HTTP/1.1 100 Continue\r\n\r\n" + answer(),
        b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" * 3 + answer(),
        answer().replace(b"\r\n", b"\n"),
    ],
)
def test_an_odd_head_costs_no_page(site: Server, raw: bytes) -> None:
    site.answers["/a"] = raw
    assert fetch(site, "/a").body == ARTICLE


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"\r\n" * 9 + answer(), "bad-response"),
        (ARTICLE, "bad-response"),
        (b"HTTP/1.1 200 OK\r\n", "truncated"),
        (answer(ARTICLE, b"X: a\0b"), "bad-response"),
        (answer(ARTICLE, b"X: " + b"a" * 90_000), "too-big"),
        (b"", "connect"),
    ],
)
def test_a_head_that_is_none_is_no_page(site: Server, raw: bytes, reason: str) -> None:
    assert site.reason_of(raw) == reason


# Statuses --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "fields", "reason"),
    [
        (b"204 No Content", [], "no-text"),
        (b"205 Reset", [], "no-text"),
        (b"206 Partial", [b"Content-Range: bytes 0-9/10"], "bad-response"),
        (b"300 Multiple", [], "bad-response"),
        (b"304 Not Modified", [], "bad-response"),
        (b"305 Use Proxy", [b"Location: /ok"], "bad-response"),
        (b"302 Found", [], "bad-response"),
        (b"408 Timeout", [], "timeout"),
        (b"425 Too Early", [], "http-429"),
        (b"451 Legal", [], "http-4xx"),
        (b"522 Timeout", [], "http-5xx"),
        (b"529 Overloaded", [], "http-5xx"),
    ],
)
def test_a_status_without_a_page_says_so(site: Server, status: bytes, fields: list[bytes], reason: str) -> None:
    assert site.reason_of(answer(ARTICLE, *fields, status=status)) == reason


@pytest.mark.parametrize("status", [b"201 Created", b"202 Accepted", b"226 IM Used", b"218 This is fine"])
def test_another_success_is_one(site: Server, status: bytes) -> None:
    site.answers["/a"] = answer(ARTICLE, b"Location: /elsewhere", b"Content-Range: bytes 0-1/2", b"Retry-After: 60", status=status)
    assert fetch(site, "/a").final_url == f"{site.origin}/a"


@pytest.mark.parametrize(
    ("value", "least", "most"),
    [
        (b"120", 120, 120),
        (b"0", 0, 0),
        (b"999999999999", 86400, 86400),
        (None, 3000, 3600),
        (b"Fri, 31 Dec 9999 23:59:59 GMT", 86400, 86400),
        (b"Thu, 01 Jan 1970 00:00:00 GMT", 0, 0),
    ],
)
@pytest.mark.parametrize("status", [b"429 Too Many", b"503 Unavailable"])
def test_a_wait_is_kept_as_it_was_asked_for(site: Server, status: bytes, value: bytes | None, least: int, most: int) -> None:
    value = value or format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True).encode()  # None: the date in an hour
    site.answers["/a"] = answer(b"", b"Retry-After: " + value, status=status)
    with pytest.raises(ItemFailed) as failure:
        fetch(site, "/a")
    assert failure.value.retry_after is not None
    assert least <= failure.value.retry_after <= most
