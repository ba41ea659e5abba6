"""Feeds and sitemaps go through the running program: what they list becomes articles of the same job."""

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.acceptance.conftest import Home

HOST = "lists.example"
STORY = "<html><head><title>{0}</title></head><body><article><h1>{0}</h1><p>{1}</p><p>{2}</p></article></body></html>"


def item(link: str) -> str:
    """An item of a feed."""
    return f"<item><link>{link}</link></item>"


def loc(tag: str, base: str, *paths: str) -> str:
    """Entries of a sitemap."""
    return "".join(f"<{tag}><loc>{base}{path}</loc></{tag}>" for path in paths)


SUBJECTS = {
    1: ("a school opened after ten years of waiting", "seventy pupils came on the first day"),
    2: ("the ferry was replaced by a bridge", "lorries no longer wait for the tide"),
    3: ("farmers sold their pepper together for the first time", "the price rose by a fifth"),
}


def page(number: int) -> bytes:
    """A small article unlike the others."""
    what, why = SUBJECTS[number]
    first = f"In village number {number}, {what} on Monday, and everybody who could walk came to see it with their own eyes."
    second = f"The headman, Dara, told reporters that {why}, and that the road to kilometre {number * 11} would be mended next."
    return STORY.format(f"Village number {number} has its day", first, second).encode()


class Site(BaseHTTPRequestHandler):
    """A feed, an index that names itself, a packed sitemap, and what they list."""

    def do_GET(self) -> None:
        base = f"http://{HOST}:{self.server.server_port}"
        answers = {
            "/feed": ("application/rss+xml", f"<rss><channel>{item(base + '/1?utm_source=rss')}{item('/2')}</channel></rss>"),
            "/index.xml": ("application/xml", f"<sitemapindex>{loc('sitemap', base, '/index.xml', '/map.xml.gz')}</sitemapindex>"),
            "/map.xml.gz": ("application/gzip", f"<urlset>{loc('url', base, '/2', '/3')}{loc('url', 'ftp://x', '/4')}</urlset>"),
        }
        if self.path in answers:
            kind, text = answers[self.path]
            self.answer(kind, gzip.compress(text.encode()) if self.path.endswith(".gz") else text.encode())
        elif self.path.lstrip("/").isdigit():
            self.answer("text/html", page(int(self.path[1:])))
        else:
            self.send_error(404)

    def answer(self, kind: str, body: bytes) -> None:
        """One answer."""
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def port() -> Iterator[int]:
    """The site's."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture
def base(home: Home, port: int) -> str:
    """The site's address, which the installation may read without a pace."""
    home.more = {
        "PRESSMARK_RESOLVE": f"{HOST}=127.0.0.1",
        "PRESSMARK_ALLOW_PRIVATE": f"{HOST}:{port}",
        "PRESSMARK_HOST_INTERVAL": "0",
        "PRESSMARK_BACKOFF": "0.5",
    }
    return f"http://{HOST}:{port}"


def test_what_feeds_and_sitemaps_list_is_read_once_and_stored(home: Home, base: str) -> None:
    with home.up():
        # When
        done = home.run("enqueue", "--feed", f"{base}/feed", "--sitemap", f"{base}/index.xml", "--job", "lists", "--wait")
        # Then
        assert done.code == 0, done.err
        stored = sorted(line["url"] for line in home.call("export", "--json").lines)
        assert stored == [f"{base}/1", f"{base}/2", f"{base}/3"]
        document = home.call("queues", "--json").lines[0]
        assert (document["ledger"]["accepted"], document["balanced"]) == (6, True), "three articles, a feed and two sitemaps"
        assert home.call("trace", f"{base}/index.xml", "--json").lines[0]["state"] == "stored"


def test_a_page_given_as_a_feed_is_dead_as_such_wherever_one_looks(home: Home, base: str) -> None:
    with home.up():
        # When an article and a page that is no feed have ended
        done = home.run("enqueue", f"{base}/1", "--feed", f"{base}/2", "--wait")
    # Then every command counts both
    assert done.code == 1
    assert "2 accepted: 1 stored, 0 duplicate, 0 refused, 1 dead" in home.call("status").out
    document = home.call("queues", "--json").lines[0]
    assert (document["ledger"]["accepted"], document["ledger"]["dead"], document["balanced"]) == (2, 1, True)
    assert [(group["reason"], group["count"]) for group in document["dead"]] == [("not-feed", 1)]
    assert [(group["reason"], group["count"]) for group in home.call("dead", "list", "--json").lines] == [("not-feed", 1)]
    assert home.call("dead", "show", "--json").lines[0]["detail"] == "expected a feed (RSS, Atom, RDF or JSON Feed), got an HTML page"
    checks = {check["check"]: (check["state"], check["detail"]) for check in home.call("doctor", "--json").lines[0]["checks"]}
    assert checks["counters"] == ("ok", "2 accepted, counted anew")
    ended = [(row["kind"], row["outcome"], row["reason"]) for row in home.call("export", "--outcome", "all", "--json").lines]
    assert ended == [("article", "stored", None), ("feed", "dead", "not-feed")]
    # And what a requeue would send is what was counted
    assert home.call("dead", "requeue", "--dry-run", "--json").lines[0]["url"] == f"{base}/2"
