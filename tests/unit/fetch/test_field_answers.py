"""Answers as servers of the field send them: what browsers read without harm is read."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

from tests.unit.fetch.raw_site import ARTICLE, OK, Server, answer, fetch
from worker.errors import ItemFailed

SHARED = Path(os.environ.get("PRESSMARK_TEST_SHARED", Path(__file__).resolve().parents[4] / "shared"))
FIELD = SHARED / "cases" / "field"


def field_cases() -> list[dict[str, str]]:
    file = FIELD / "cases.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [case for case in map(json.loads, lines) if case["kind"] == "fetch"]


FAILS = {"fetch-dberror": "http-5xx", "fetch-cl-long": "truncated"}
"""Cases that end here with a reason; walls and missing pages are pages to the fetcher."""


@pytest.mark.parametrize("case", field_cases(), ids=lambda case: case["id"])
def test_an_answer_from_the_field_is_read_or_fails_for_its_reason(site: Server, case: dict[str, str]) -> None:
    name = case["file"].removeprefix("fetch-").removesuffix(".http")
    raw = (FIELD / case["file"]).read_bytes().replace(b"127.0.0.1:18452", site.origin.removeprefix("http://").encode())
    served = [raw]
    site.answers[f"/{name}"] = lambda _head: served.pop() if served else answer()  # a redirect may lead to itself with a query
    if case["id"] in FAILS:
        with pytest.raises(ItemFailed, match=FAILS[case["id"]]):
            fetch(site, f"/{name}")
        return
    page = fetch(site, f"/{name}")
    if "follow" in str(case["expected"]):
        assert page.final_url == f"{site.origin}/ok"
    assert page.body


@pytest.mark.parametrize(
    ("fields", "body", "warnings"),
    [
        ([b"Content-Encoding: none"], ARTICLE, ()),
        ([b"Content-Encoding: UTF-8"], ARTICLE, ()),
        ([b"Content-Encoding: windows-874"], ARTICLE, ()),
        ([b"Content-Encoding: gzip"], gzip.compress(ARTICLE)[:-8], ("truncated",)),
        ([b"Content-Encoding: gzip"], gzip.compress(ARTICLE)[:-3], ("truncated",)),
        ([b"Content-Encoding: gzip", b"Content-Encoding: none"], gzip.compress(ARTICLE), ()),
        ([b"a stray line"], ARTICLE, ()),
        ([b"X-Powered-By : PHP"], ARTICLE, ()),
    ],
)
def test_an_odd_header_or_a_missing_check_sum_costs_no_page(
    site: Server, fields: list[bytes], body: bytes, warnings: tuple[str, ...]
) -> None:
    site.answers["/a"] = answer(body, *fields)
    page = fetch(site, "/a")
    assert (page.body, page.warnings) == (ARTICLE, warnings)


def test_a_whole_gzip_stream_counts_whatever_the_length_says(site: Server) -> None:
    site.answers["/a"] = OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(ARTICLE) + gzip.compress(ARTICLE)
    assert fetch(site, "/a").body == ARTICLE


@pytest.mark.parametrize("cut", [9, 40, 60])
def test_a_gzip_stream_that_lacks_more_than_its_check_sum_is_truncated(site: Server, cut: int) -> None:
    site.answers["/a"] = answer(gzip.compress(ARTICLE)[:-cut], b"Content-Encoding: gzip")
    with pytest.raises(ItemFailed, match="truncated"):
        fetch(site, "/a")


def test_a_last_chunk_without_its_blank_line_ends_the_body(site: Server) -> None:
    site.answers["/a"] = OK + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n" % (len(ARTICLE), ARTICLE)
    page = fetch(site, "/a")
    assert (page.body, page.warnings) == (ARTICLE, ("truncated",))


def test_bytes_in_a_location_that_are_no_utf8_are_escaped_as_they_are(site: Server) -> None:
    site.answers["/a"] = answer(b"", b"Location: /caf\xe9", status=b"301 Moved")
    assert fetch(site, "/a").final_url == f"{site.origin}/caf%E9"


def test_two_different_locations_are_no_redirect(site: Server) -> None:
    site.answers["/a"] = answer(b"", b"Location: /b", b"Location: /c", status=b"301 Moved")
    with pytest.raises(ItemFailed, match="bad-response"):
        fetch(site, "/a")


# Cookies of one trip ---------------------------------------------------------------------------------------


def test_a_redirect_that_needs_the_cookie_it_has_just_set_arrives(site: Server) -> None:
    again = answer(b"", b"Set-Cookie: seen=1; Path=/; HttpOnly", b"Location: /a", status=b"302 Found")
    site.answers["/a"] = lambda head: answer() if "\r\nCookie: seen=1\r\n" in head else again
    assert fetch(site, "/a").body == ARTICLE


def test_a_circle_that_a_cookie_does_not_end_is_a_circle(site: Server) -> None:
    site.answers["/a"] = answer(b"", b"Set-Cookie: seen=1", b"Location: /a", status=b"302 Found")
    with pytest.raises(ItemFailed, match="too-many-redirects"):
        fetch(site, "/a")


def test_a_cookie_goes_to_no_other_host_and_lives_for_one_fetch(site: Server) -> None:
    other = Server()
    try:
        site.answers["/a"] = answer(
            b"", b"Set-Cookie: sid=1; Domain=127.0.0.1", b"Location: " + other.origin.encode() + b"/b", status=b"302 Found"
        )
        fetch(site, "/a")
        fetch(site, "/c")
        assert not any("Cookie:" in request for request in site.requests + other.requests)
    finally:
        other.close()


@pytest.mark.parametrize("cookie", [b"a\x01=b", b"=x", b"a=\xff", b"a", b"a=1; Secure", b"a=1; Max-Age=0"])
def test_a_cookie_that_may_not_be_sent_is_not_kept(site: Server, cookie: bytes) -> None:
    site.answers["/a"] = answer(b"", b"Set-Cookie: " + cookie, b"Location: /b", status=b"302 Found")
    fetch(site, "/a")
    assert not any("Cookie:" in request for request in site.requests)


# Pages that send their readers on --------------------------------------------------------------------------

META = b'<html><head><meta http-equiv="refresh" content="%b"></head><body>%b</body></html>'


@pytest.mark.parametrize(
    "content",
    [b"0;url=/ok", b"0; URL='/ok'", b"0;/ok", b"1 , url = /ok", b"0;url=&#47;ok", b"0.5;url=/ok", b"5;url=ok"],
)
def test_a_page_that_sends_its_readers_on_is_followed(site: Server, content: bytes) -> None:
    site.answers["/a"] = answer(META % (content, b"one moment"))
    assert fetch(site, "/a").final_url == f"{site.origin}/ok"


def test_the_header_refresh_is_followed(site: Server) -> None:
    site.answers["/a"] = answer(b"<html></html>", b"Refresh: 0; url=/ok")
    assert fetch(site, "/a").final_url == f"{site.origin}/ok"


@pytest.mark.parametrize(
    "page",
    [
        META % (b"300;url=/ok", ARTICLE),
        META % (b"0;url=/a", ARTICLE),
        META % (b"0", ARTICLE),
        META % (b"0;url=javascript:alert(1)", ARTICLE),
        META % (b"0;url=http://10.0.0.5/", ARTICLE),
        b"<noscript><meta http-equiv=refresh content='0;url=/ok'></noscript>" + ARTICLE,
        b"<!-- <meta http-equiv=refresh content='0;url=/ok'> -->" + ARTICLE,
        b"<script>x = \"<meta http-equiv=refresh content='0;url=/ok'>\"</script>" + ARTICLE,
    ],
)
def test_an_article_that_reloads_itself_or_warns_readers_without_scripts_is_the_article(site: Server, page: bytes) -> None:
    site.answers["/a"] = answer(page)
    assert fetch(site, "/a").final_url == f"{site.origin}/a"


def test_pages_that_send_their_readers_round_and_round_end(site: Server) -> None:
    for number in range(9):
        site.answers[f"/{number}"] = answer(META % (b"0;url=/%d" % (number + 1), b""))
    with pytest.raises(ItemFailed, match="too-many-redirects"):
        fetch(site, "/0")


@pytest.mark.parametrize(
    "title",
    ["Error establishing a database connection", "Database Error", "503 Service Unavailable", "502 Bad Gateway", "Too many connections"],
)
def test_an_error_page_of_the_site_itself_is_tried_again(site: Server, title: str) -> None:
    site.answers["/a"] = answer(f"<title>{title}</title><h1>{title}</h1><p>Please come back later.</p>".encode())
    with pytest.raises(ItemFailed, match="http-5xx"):
        fetch(site, "/a")


def test_an_article_about_a_gateway_is_an_article(site: Server) -> None:
    site.answers["/a"] = answer(b"<title>Bad gateway to the north: a bridge fails</title>" + ARTICLE)
    assert fetch(site, "/a").status == 200
