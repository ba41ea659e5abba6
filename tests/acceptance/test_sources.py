"""Outlets are followed: from a front page's address to its articles stored, and lists of sources in and out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.acceptance.conftest import Home, until

STORY = (
    "<html><head><title>{title}</title></head><body><article><h1>{title}</h1>"
    + "<p>The border crossing at {title} opens at six in the morning and closes at ten, the province said.</p>" * 12
    + "</article></body></html>"
)


class Outlet:
    """A small paper on loopback: a front page that names its feed, the feed, and its stories."""

    def __init__(self) -> None:
        self.stories = ["one", "two"]
        self.requests: list[tuple[str, str | None]] = []
        self.broken = False
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.requests.append((self.path, self.headers.get("If-None-Match")))
                status, kind, body = outer.answer(self.path, self.headers.get("If-None-Match"))
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                if self.path == "/news.xml" and status in (200, 304):
                    self.send_header("ETag", outer.etag)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def etag(self) -> str:
        return f'"{len(self.stories)}"'

    def answer(self, path: str, etag: str | None) -> tuple[int, str, bytes]:
        if path == "/":
            names = ("/news.xml", "/comments/feed")
            head = "".join(f'<link rel="alternate" type="application/rss+xml" href="{name}">' for name in names)
            return 200, "text/html", f"<html><head>{head}</head><body><a href='/story/one'>One</a></body></html>".encode()
        if path == "/news.xml":
            if self.broken:
                return 410, "text/plain", b"gone"
            if etag == self.etag:
                return 304, "text/plain", b""
            items = "".join(f"<item><title>Fish & rice</title><link>/story/{name}?utm_source=rss</link></item>" for name in self.stories)
            private = "<item><link>http://10.0.0.5/admin</link></item><item><link>http://[half</link></item>"
            return (
                200,
                "application/rss+xml",
                f"<rss><channel><title>Saleng Courier</title><language>en</language>{items}{private}</channel></rss>".encode(),
            )
        if path.startswith("/story/"):
            return 200, "text/html; charset=utf-8", STORY.format(title=path.rpartition("/")[2]).encode()
        return 404, "text/plain", b""

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def outlet() -> Iterator[Outlet]:
    paper = Outlet()
    yield paper
    paper.close()


@pytest.fixture
def desk(home: Home, outlet: Outlet) -> Home:
    home.more.update({"PRESSMARK_ALLOW_PRIVATE": f"127.0.0.1:{outlet.origin.rpartition(':')[2]}", "PRESSMARK_HOST_INTERVAL": "0"})
    return home


def test_from_the_address_of_a_front_page_to_its_articles_stored(desk: Home, outlet: Outlet) -> None:
    with desk.up():
        # Given an outlet that is followed by its front page
        added = desk.call("sources", "add", outlet.origin + "/", "--country", "KH", "--json")
        [answer] = added.lines
        assert (added.code, answer["state"], answer["source"]["url"]) == (0, "added", outlet.origin + "/news.xml")
        assert (answer["source"]["title"], answer["source"]["country"], answer["source"]["language"]) == ("Saleng Courier", "KH", "en")
        # When its feed was read
        until(lambda: desk.call("queues", "--json").lines[0]["ledger"]["stored"] >= 3)
        # Then its articles are stored, each once, and what may not be fetched is not
        stored = {row["url"] for row in desk.call("export", "--format", "jsonl").lines}
        assert stored == {f"{outlet.origin}/story/one", f"{outlet.origin}/story/two"}
        # And when a third one appears, a poll finds it, by a conditional request
        outlet.stories.append("three")
        assert desk.call("sources", "poll", outlet.origin + "/", "--json").lines == [{"sent": 1, "under_way": 0}]
        until(lambda: len(desk.call("export", "--format", "jsonl").lines) == 3)
        assert [etag for path, etag in outlet.requests if path == "/news.xml"][-1] == '"2"'
        [source] = desk.call("sources", "list", "--json").lines
        assert (source["health"], source["found"], source["failures"]) == ("well", 3, 0)
        assert source["last_new_url"] == f"{outlet.origin}/story/three"
        assert source["why"].startswith("it brings")
        # And one that has not changed costs no body
        desk.call("sources", "poll")
        until(lambda: desk.call("sources", "show", "1", "--json").lines[0]["unchanged"] == 1)
        # And when the feed is gone, this is told, and mended by its return
        outlet.broken = True
        desk.call("sources", "poll", "1")
        until(lambda: desk.call("sources", "show", "1", "--json").lines[0]["failures"] == 1)
        [failing] = desk.call("sources", "list", "--json").lines
        assert (failing["health"], failing["reason"]) == ("failing", "http-410")
        outlet.broken = False
        desk.call("sources", "poll", "1")
        until(lambda: desk.call("sources", "show", "1", "--json").lines[0]["health"] == "well")
        assert desk.call("queues", "--json").lines[0]["balanced"] is True


def test_discovery_follows_nothing(desk: Home, outlet: Outlet) -> None:
    found = desk.call("sources", "discover", outlet.origin + "/", "--json")
    assert [(row["url"], row["kind"], row["where"], row["articles"]) for row in found.lines] == [
        (outlet.origin + "/news.xml", "feed", "named", 3)
    ]
    assert desk.call("sources", "list", "--json").lines == []


def test_a_page_that_names_nothing_costs_one_line(desk: Home, outlet: Outlet) -> None:
    done = desk.call("sources", "add", outlet.origin + "/story/one")
    assert (done.code, len(done.told)) == (2, 1)
    assert "--kind takes an address unread" in done.told[0]


def test_an_opml_file_that_is_cut_gives_its_whole_sources_and_says_so(home: Home) -> None:
    (home.folder / "cut.opml").write_text('<opml><body><outline xmlUrl="https://a.example/feed"/><outline xmlUrl="https://b.exam')
    done = home.run("sources", "import", "cut.opml")
    assert done.code == 1
    assert "cut.opml: the file ends before </opml>: sources after its last whole one are missing (truncated)" in done.err
    assert "2 sources: 1 added, 1 refused" in done.err


def test_a_list_of_sources_goes_out_and_comes_in_again(desk: Home, home: Home) -> None:
    # Given
    opml = """<opml version="1.0"><body><outline text="News & more"><outline type="rss" text="Kampot &amp; sea" xmlUrl="https://kampot.example/feed"
        htmlUrl="https://kampot.example/"/><outline text="=cmd()" xmlUrl="https://saleng.example/rss?a=1&b=2"/>
        <outline xmlUrl="http://10.0.0.5/feed"/></outline></body></opml>"""
    (home.folder / "in.opml").write_text(opml)
    # When
    done = desk.call("sources", "import", "in.opml")
    # Then good ones are followed, and a private one is refused by name
    assert done.code == 1
    assert done.told[0].startswith("pressmark: in.opml: outline 3: ")
    assert done.told[-1] == "3 sources: 2 added, 1 refused"
    for form in ("opml", "csv"):
        text = desk.call("sources", "export", "--format", form).out
        (home.folder / f"out.{form}").write_text(text)
        again = desk.call("sources", "import", f"out.{form}")
        assert (again.code, again.told) == (0, ["2 sources: 2 known"])
    assert "'=cmd()" in (home.folder / "out.csv").read_text()
    assert [row["title"] for row in desk.call("sources", "list", "--json").lines] == ["Kampot & sea", "=cmd()"]
    # And they can be paused, resumed and removed by number and by address
    assert desk.call("sources", "pause", "1", "--json").lines == [{"count": 1}]
    assert [row["health"] for row in desk.call("sources", "list", "--json").lines] == ["paused", "new"]
    assert desk.call("sources", "resume", "https://kampot.example/").code == 0
    assert desk.call("sources", "remove", "1", "https://saleng.example/rss?a=1&b=2", "--json").lines == [{"count": 2}]
    assert desk.call("sources", "list", "--json").lines == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "7"), "expected the number or address of a source, got '7'"),
        (("remove", "https://nobody.example/"), "expected the number or address of a source"),
        (("add", "file:///etc/passwd"), "expected a feed, a sitemap or a page that names one"),
        (("add", "http://10.0.0.5/feed", "--kind", "feed"), "expected an address that may be fetched"),
        (("import", "nothing.opml"), "nothing.opml: expected a file that can be read"),
        (("import", "a.html"), "a.html: expected OPML or CSV, got other mark-up"),
        (("import", "a.txt"), "a.txt: expected OPML, or CSV with a column `url`"),
        (("import", "bomb.opml"), "bomb.opml: expected OPML, got a file that cannot be read (declares entities of its own)"),
    ],
)
def test_a_wrong_call_costs_one_line(desk: Home, arguments: tuple[str, ...], said: str) -> None:
    (desk.folder / "a.html").write_text("<html><p>x</html>")
    (desk.folder / "a.txt").write_text("words\nand words\n")
    (desk.folder / "bomb.opml").write_text('<!DOCTYPE o [<!ENTITY a "b">]><opml><outline xmlUrl="https://x.example/&a;"/></opml>')
    done = desk.call("sources", *arguments)
    assert (done.code, len(done.told)) == (2, 1)
    assert said in done.told[0]
