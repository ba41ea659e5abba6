"""Neighbours of the field's redirects and pages: where they lead, their types, encodings and cookies, and what they say is wrong."""

from __future__ import annotations

import pytest

from tests.unit.fetch.raw_site import ARTICLE, Server, answer, fetch
from worker.errors import ItemFailed
from worker.extract.pipeline import extract

# Redirects -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("location", "path"),
    [
        (b"/ok#a?b", "/ok"),
        (b"  /ok  ", "/ok"),
        (b"/a b", "/a%20b"),
        (b"/100%", "/100%25"),
        (b"/caf\xe9", "/caf%E9"),
        (b"../../../ok", "/ok"),
        (b"/ok?a[]=1&amp;b", "/ok?a[]=1&amp;b"),
        (b"12:30-news", "/12:30-news"),
        (b"/ok;jsessionid=1", "/ok;jsessionid=1"),
        (b"//HOST/ok", "/ok"),
        (b"HtTp://HOST/ok", "/ok"),
        (b"http://HOST?x=1", "/?x=1"),
    ],
)
@pytest.mark.parametrize("status", [b"301 Moved", b"303 See Other", b"308 Moved"])
def test_a_redirect_leads_where_browsers_go(site: Server, status: bytes, location: bytes, path: str) -> None:
    host = site.origin.removeprefix("http://").encode()
    site.answers["/a"] = answer(b"", b"Refresh: 0;url=/other", b"Location: " + location.replace(b"HOST", host), status=status)
    assert fetch(site, "/a").final_url == site.origin + path


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ([b"Location: "], "bad-response"),
        ([b"Location: /ok", b"Location: /other"], "bad-response"),
        ([b"Location: #part"], "too-many-redirects"),
        ([b"Location: /a#part"], "too-many-redirects"),
        ([b"Location: mailto:desk@news.example"], "scheme"),
        ([b"Location: intent://x"], "scheme"),
        ([b"Location: http://10.0.0.5/"], "private-address"),
        ([b"Location: http://u:p@127.0.0.1/"], "credentials-in-url"),
        ([b"Location: /" + b"a" * 9000], "bad-response"),
    ],
)
def test_a_redirect_that_leads_nowhere_says_why(site: Server, fields: list[bytes], reason: str) -> None:
    assert site.reason_of(answer(b"", *fields, status=b"302 Found")) == reason


# Pages that send their readers on --------------------------------------------------------------------------

META = b'<html><head><meta http-equiv="refresh" content="%b"></head><body>%b</body></html>'
GO = b'<meta http-equiv="refresh" content="0;url=/ok">'


@pytest.mark.parametrize(
    "page",
    [
        META % (b"10; url=/ok", b"You will be taken to the story in ten seconds."),
        META % (b"30;url=/ok", b"One moment"),
        META % (b".5;url=/ok", b""),
        META % (b"0 url=/ok", b""),
        META % (b"0;\n url=&#x2F;ok", b""),
        META % (b"0;url='/ok", b""),
        b'<meta/http-equiv="refresh"/content="0;url=/ok"/>',
        b'<meta data-content="x" http-equiv="refresh" data-http-equiv="y" content="0;url=/ok">',
        b'<META CONTENT="0;URL=/ok" HTTP-EQUIV=Refresh>',
        b'<base href="/en/"><meta http-equiv="refresh" content="0;url=../ok">',
        b"<html><body>" + GO + b"</body></html>",
    ],
)
def test_a_page_without_an_article_is_left_for_the_one_it_names(site: Server, page: bytes) -> None:
    site.answers["/x/a"] = answer(page)
    site.answers["/a"] = answer(b"", b"Location: /x/a", status=b"302 Found")
    assert fetch(site, "/a").final_url in {f"{site.origin}/ok", f"{site.origin}/x/ok"}


@pytest.mark.parametrize(
    "page",
    [
        META % (b"30;url=/ok", ARTICLE),
        META % (b"-1;url=/ok", b""),
        META % (b";url=/ok", b""),
        META % (b"abc;url=/ok", b""),
        META % (b"url=/ok", b""),
        META % (b"300;url=/ok", b""),
        META % (b"0;url=http://192.168.1.1/", b""),
        META % (b"0;url=#top", b""),
        b"<textarea>" + GO + b"</textarea>" + ARTICLE,
        b"<title>" + GO + b"</title>" + ARTICLE,
        b"<!--[if IE]>" + GO + b"<![endif]-->" + ARTICLE,
        b'<meta data-http-equiv="refresh" content="0;url=/ok">' + ARTICLE,
        b'<meta name="refresh" content="0;url=/ok">' + ARTICLE,
    ],
)
def test_a_page_that_sends_nobody_on_is_read(site: Server, page: bytes) -> None:
    site.answers["/a"] = answer(page)
    assert fetch(site, "/a").final_url == f"{site.origin}/a"


def test_mark_up_in_a_plain_text_sends_nobody_on(site: Server) -> None:
    site.answers["/a"] = answer(GO).replace(b"text/html; charset=utf-8", b"text/plain")
    assert fetch(site, "/a").final_url == f"{site.origin}/a"


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (b'0; url="/ok"', "/ok"),
        (b"0, /ok", "/ok"),
        (b"30;url=/ok", "/ok"),
        (b"0;url=/caf\xe9", "/caf%E9"),
        (b"0", "/a"),
        (b"600;url=/ok", "/a"),
    ],
)
def test_the_header_refresh_is_read_as_the_element(site: Server, value: bytes, path: str) -> None:
    site.answers["/a"] = answer(b"<p>You are being redirected.</p>", b"Refresh: " + value)
    assert fetch(site, "/a").final_url == site.origin + path


# Types and encodings ---------------------------------------------------------------------------------------

HTML = b'<!DOCTYPE html><html><head><meta charset="utf-8"><title>The crossing opens</title></head><body>' + ARTICLE + b"</body></html>"
WORDS = "The crossing opens at six and closes at ten, the province said."


@pytest.mark.parametrize(
    "types",
    [
        *([], [b""], [b"text/html;"], [b'TEXT/HTML; CHARSET="utf-8"; a="b"'], [b";charset=utf-8"], [b"charset=utf-8"], [b"html"]),
        *([b"*/*"], [b"unknown/unknown"], [b"application/unknown"], [b"text/html, charset=utf-8"], [b"text/html;\r\n\tcharset=utf-8"]),
        *([b"text/xml"], [b"application/xml; charset=utf-8"], [b"application/vnd.wap.xhtml+xml"], [b"application/xhtml+xml"]),
        *([b"text/plain"], [b"text/html", b""], [b"", b"text/html"], [b"application/octet-stream", b"text/html"], [b"text/html", b"*/*"]),
    ],
)
def test_a_document_is_read_under_every_type_that_browsers_show_it_under(site: Server, types: list[bytes]) -> None:
    fields = b"".join(b"Content-Type: " + value + b"\r\n" for value in types)
    site.answers["/a"] = b"HTTP/1.1 200 OK\r\n" + fields + b"Connection: close\r\n\r\n" + HTML
    article = extract(fetch(site, "/a"))
    assert article.title == "The crossing opens"
    assert WORDS in article.text
    assert "<" not in article.text


@pytest.mark.parametrize(
    "types",
    [
        *([b"application/octet-stream"], [b"application/json"], [b"text/css"], [b"image/png"], [b"multipart/mixed; boundary=x"]),
        *([b"text/html", b"application/pdf"], [b"text/html, application/octet-stream"]),
    ],
)
def test_a_type_that_browsers_do_not_show_is_no_page(site: Server, types: list[bytes]) -> None:
    fields = b"".join(b"Content-Type: " + value + b"\r\n" for value in types)
    assert site.reason_of(b"HTTP/1.1 200 OK\r\n" + fields + b"Connection: close\r\n\r\n" + HTML) == "not-html"


def test_a_feed_is_no_page_by_its_first_element(site: Server) -> None:
    feed = b'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title></channel></rss>'
    assert site.reason_of(answer(feed).replace(b"text/html; charset=utf-8", b"text/xml")) == "not-html"


def test_the_charset_of_a_repeated_type_stays(site: Server) -> None:
    raw = answer(HTML, b"Content-Type: text/html").replace(b"utf-8\r\n", b"windows-874\r\n", 1)
    site.answers["/a"] = raw
    assert fetch(site, "/a").content_type == "text/html; charset=windows-874"


@pytest.mark.parametrize(
    ("encoding", "mark", "stated"),
    [
        ("utf-8", b"\xef\xbb\xbf", b"iso-8859-1"),
        ("utf-16-le", b"\xff\xfe", b"utf-8"),
        ("utf-16-be", b"\xfe\xff", b"utf-8"),
        ("utf-16-le", b"", b"utf-16le"),
        ("utf-16-be", b"", b"utf-16be"),
        ("utf-8", b"", b"utf-16"),
        ("utf-8", b"\r\n\r\n", b"nonsense"),
    ],
)
def test_a_page_is_decoded_by_its_mark_then_by_its_bytes(site: Server, encoding: str, mark: bytes, stated: bytes) -> None:
    page = HTML.decode().replace("The crossing opens", "Café “Süd” opens").encode(encoding)
    site.answers["/a"] = answer(mark + page).replace(b"charset=utf-8", b"charset=" + stated)
    assert extract(fetch(site, "/a")).title == "Café “Süd” opens"


# Cookies ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cookie", "sent"),
    [
        (b"a=1; Path=/; HttpOnly; SameSite=Lax; Expires=Wed, 01 Jan 2099 00:00:00 GMT", "a=1"),
        (b" a = 1 ", "a=1"),
        (b"a[b]=1", "a[b]=1"),
        (b"a:b={x:1}", "a:b={x:1}"),
        (b"a=b=c==", "a=b=c=="),
        (b"a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "a=1"),
        (b"a=1; Domain=127.0.0.1", "a=1"),
        (b"a=1; Path=/to", "a=1"),
        (b"a=1; Path=nowhere", "a=1"),
        (b"a=1; Path=/t", None),
        (b"a=1; Path=/other", None),
        (b"a=1; Domain=news.example", None),
        (b"a=1; Expires=Thu, 01-Jan-1970 00:00:01 GMT", None),
        (b"a=1; Max-Age=-1", None),
        (b"a=1 ; SECURE", None),
        (b"a=\xc3\xa9", None),
    ],
)
def test_a_cookie_is_sent_on_where_browsers_send_it(site: Server, cookie: bytes, sent: str | None) -> None:
    site.answers["/a"] = answer(b"", b"Set-Cookie: " + cookie, b"Location: /to/it", status=b"302 Found")
    fetch(site, "/a")
    assert (f"\r\nCookie: {sent}\r\n" in site.requests[-1]) if sent else ("Cookie:" not in site.requests[-1])


def test_a_cookie_that_is_taken_back_is_gone(site: Server) -> None:
    gone = b"Set-Cookie: a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"
    site.answers["/a"] = answer(b"", b"Set-Cookie: a=1", b"Set-Cookie: b=2", gone, b"Location: /b", status=b"302 Found")
    fetch(site, "/a")
    assert "\r\nCookie: b=2\r\n" in site.requests[-1]


# Error pages that call themselves a success ----------------------------------------------------------------


@pytest.mark.parametrize(
    "page",
    [
        "<title>WordPress &rsaquo; Error</title><p>There has been a critical error on this website.</p>",
        "Briefly unavailable for scheduled maintenance. Check back in a minute.",
        "<p>Database connection error (2): Could not connect to MySQL.</p>",
        "<title>Error | Courier</title><p>The website encountered an unexpected error. Please try again later.</p>",
        "<h1>Site off-line</h1><p>The site is currently not available due to technical problems. Please try again later.</p>",
        "<b>Fatal error</b>: Uncaught PDOException: SQLSTATE[HY000] [2002] Connection refused in /var/www/db.php:12",
        "User 'x' has exceeded the 'max_user_connections' resource (current value: 30)",
        "Warning: pg_connect(): Unable to connect to PostgreSQL server: FATAL: sorry, too many clients already",
        "<p>ORA-12541: TNS:no listener</p>",
        "<title>503 Backend fetch failed</title><h1>Error 503 Backend fetch failed</h1><h3>Guru Meditation:</h3>",
        "<h1>Server Error in '/' Application.</h1><h2>Timeout expired. The timeout period elapsed prior to obtaining a connection.</h2>",
        "<title>courier.example | 522: Connection timed out</title>",
        "<title>Error 502 (Server Error)!!1</title>",
        "<h1>Server Error (500)</h1>",
        "<title>We're sorry, but something went wrong (500)</title><h1>We're sorry, but something went wrong.</h1>",
        "<h1>Over Quota</h1><p>This application is temporarily over its serving quota.</p>",
        "503 Service Unavailable",
    ],
)
def test_an_error_that_passes_is_tried_again_whatever_its_status(site: Server, page: str) -> None:
    assert site.reason_of(answer(page.encode())) == "http-5xx"


@pytest.mark.parametrize(
    "page",
    [
        b"<title>Too many connections: why the line to Saleng is full</title>" + ARTICLE,
        b"<h1>The site that something went wrong with</h1><p>We are sorry, but something went wrong with the bridge, the mayor said.</p>",
        b"<p>Warning: SQLSTATE[HY000] in /var/www/counter.php</p>" + ARTICLE,
    ],
)
def test_an_article_with_such_words_is_one(site: Server, page: bytes) -> None:
    site.answers["/a"] = answer(page)
    assert fetch(site, "/a").status == 200


@pytest.mark.parametrize(
    "page",
    [
        "<title>410 Gone</title><h1>Gone</h1><p>The requested resource is no longer available on this server.</p>",
        "<title>Welcome to nginx!</title><h1>Welcome to nginx!</h1><p>If you see this page, the web server works.</p>",
    ],
)
def test_a_page_of_the_server_itself_is_no_article(site: Server, page: str) -> None:
    site.answers["/a"] = answer(page.encode())
    with pytest.raises(ItemFailed, match="not-article"):
        extract(fetch(site, "/a"))
