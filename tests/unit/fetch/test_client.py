from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from worker.config import Settings, load
from worker.errors import UsageError
from worker.fetch.client import Fetcher, FetchFailed, HostBusy
from worker.fetch.pace import LocalPace
from worker.fetch.robots import Robots

NO_ROBOTS = b"HTTP/1.1 404 Not Found\r\n\r\n"


@dataclass
class Server:
    """Answers by path with bytes; writes down what it was asked."""

    answers: dict[str, bytes]
    asked: list[str] = field(default_factory=list)
    requests: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._loop, daemon=True).start()

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def _loop(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                request = connection.recv(65536)
                path = request.split(b" ")[1].decode() if request else ""
                self.asked.append(path)
                self.requests.append(request)
                connection.sendall(self.answers.get(path, NO_ROBOTS))

    def close(self) -> None:
        self._listener.close()


def page(body: bytes = b"<p>Hello</p>", *fields: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", "Content-Type: text/html; charset=utf-8", *fields, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def to(location: str, status: str = "302 Found") -> bytes:
    return f"HTTP/1.1 {status}\r\nLocation: {location}\r\nContent-Length: 99999999\r\n\r\n".encode()


@pytest.fixture
def serving() -> Iterator[Callable[..., Server]]:
    made: list[Server] = []

    def make(**answers: bytes) -> Server:
        made.append(Server({"/" + path.replace("__", "."): answer for path, answer in answers.items()}))
        return made[-1]

    yield make
    for server in made:
        server.close()


def fetcher(settings: Settings, interval: float = 0.0) -> Fetcher:
    return Fetcher(settings, LocalPace(interval), Robots(settings))


def failure_of(call: Callable[[], object]) -> FetchFailed:
    with pytest.raises(FetchFailed) as failure:
        call()
    return failure.value


def test_a_page_comes_with_what_was_said_about_it(serving, settings) -> None:
    # Given a page with validators and a reservation
    server = serving(news=page(b"<p>Hi</p>", 'ETag: "a"', "Last-Modified: Tue, 24 Nov 2026 07:00:00 GMT", "X-Robots-Tag: noai"))
    # When it is fetched
    answer = fetcher(settings).fetch(server.url("/news"))
    # Then all of it is there
    assert answer.page is not None
    assert (answer.page.body, answer.page.status, answer.page.final_url) == (b"<p>Hi</p>", 200, server.url("/news"))
    assert answer.page.content_type == "text/html; charset=utf-8"
    assert (answer.http.etag, answer.http.last_modified) == ('"a"', "Tue, 24 Nov 2026 07:00:00 GMT")
    assert answer.page.opt_outs == ("x-robots-tag: noai",)
    assert answer.host is not None
    assert (answer.host.host, answer.host.ok) == (f"127.0.0.1:{server.port}", True)
    assert server.asked == ["/robots.txt", "/news"]


def test_robots_txt_is_asked_once_a_host(serving, settings) -> None:
    server = serving(a=page(), b=page())
    fetches = fetcher(settings)
    fetches.fetch(server.url("/a"))
    fetches.fetch(server.url("/b"))
    assert server.asked == ["/robots.txt", "/a", "/b"]


def test_what_robots_txt_forbids_is_not_asked_for(serving, settings) -> None:
    server = serving(robots__txt=page(b"User-agent: *\nDisallow: /secret"), secret=page())
    failure = failure_of(lambda: fetcher(settings).fetch(server.url("/secret")))
    assert failure.reason.word == "robots"
    assert server.asked == ["/robots.txt"]


def test_a_host_whose_robots_txt_cannot_be_had_is_waited_for(serving, settings) -> None:
    server = serving(robots__txt=page(status="503 Busy"), news=page())
    failure = failure_of(lambda: fetcher(settings).fetch(server.url("/news")))
    assert failure.reason.word == "robots-unavailable"
    assert failure.host is not None
    assert not failure.host.ok
    assert server.asked == ["/robots.txt"]


def test_redirects_are_followed_through_the_same_guard(serving, settings) -> None:
    server = serving(a=to("/b", "301 Moved"), b=to("c"), c=page())
    answer = fetcher(settings).fetch(server.url("/a"))
    assert answer.page is not None
    assert answer.page.final_url == server.url("/c")
    assert failure_of(lambda: fetcher(settings).fetch(serving(a=to("http://10.0.0.1/")).url("/a"))).reason.word == "private-address"


def test_a_circle_is_seen_at_its_first_repeat(serving, settings) -> None:
    server = serving(a=to("/b"), b=to("/a"))
    assert failure_of(lambda: fetcher(settings).fetch(server.url("/a"))).reason.word == "too-many-redirects"
    assert server.asked == ["/robots.txt", "/a", "/b"]


def test_validators_are_sent_and_unchanged_is_an_answer(serving, settings) -> None:
    # Given a page that has not changed
    server = serving(news=b'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n')
    # When it is asked for with its validators
    answer = fetcher(settings).fetch(server.url("/news"), etag='"a"', last_modified="Tue, 24 Nov 2026 07:00:00 GMT")
    # Then there is no page, and no failure
    assert answer.page is None
    assert answer.http.status == 304
    assert b'If-None-Match: "a"\r\n' in server.requests[1]
    assert b"If-Modified-Since: Tue, 24 Nov 2026 07:00:00 GMT\r\n" in server.requests[1]


def test_unchanged_without_a_question_is_nonsense(serving, settings) -> None:
    server = serving(news=b"HTTP/1.1 304 Not Modified\r\n\r\n")
    assert failure_of(lambda: fetcher(settings).fetch(server.url("/news"))).reason.word == "bad-response"


def test_a_stored_validator_cannot_add_lines_to_the_request(serving, settings) -> None:
    server = serving(news=page())
    fetcher(settings).fetch(server.url("/news"), etag='"a"\r\nCookie: b')
    assert b"Cookie" not in server.requests[1]


def test_the_request_is_honest_and_bare(serving) -> None:
    # Given an environment with a proxy, and a contact
    settings = load({"PRESSMARK_ALLOW_PRIVATE": "127.0.0.1", "PRESSMARK_CONTACT": "news@example.org"})
    server = serving(news=page())
    # When a page is asked for
    fetcher(settings).fetch(server.url("/news"))
    # Then the request says who asks, and nothing else
    lines = server.requests[1].decode().split("\r\n")
    assert lines[0] == "GET /news HTTP/1.1"
    names = {line.partition(":")[0] for line in lines[1:] if line}
    assert names == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}
    assert any(line.startswith("User-Agent: Pressmark/") and "(news@example.org)" in line for line in lines)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("404 No", "http-404"),
        ("410 Gone", "http-410"),
        ("451 No", "http-4xx"),
        ("500 No", "http-5xx"),
        ("204 Empty", "no-text"),
        ("206 Part", "bad-response"),
    ],
)
def test_a_status_gives_the_reason(serving, settings, status: str, reason: str) -> None:
    server = serving(news=page(status=status))
    failure = failure_of(lambda: fetcher(settings).fetch(server.url("/news")))
    assert failure.reason.word == reason
    assert failure.http is not None
    assert failure.http.status == int(status[:3])


def test_retry_after_is_told_and_capped(serving) -> None:
    settings = load({"PRESSMARK_ALLOW_PRIVATE": "127.0.0.1", "PRESSMARK_RETRY_AFTER_CAP": "100"})
    server = serving(news=page(b"", "Retry-After: 5000", status="429 Slow"))
    failure = failure_of(lambda: fetcher(settings).fetch(server.url("/news")))
    assert (failure.reason.word, failure.retry_after) == ("http-429", 100)
    assert failure.host is not None
    assert (failure.host.ok, failure.host.retry_after) == (False, 100)


def of_type(media: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: " + media + b"\r\nContent-Length: 4\r\n\r\nBody"


def test_an_article_of_another_type_is_refused_by_its_header(serving, settings) -> None:
    server = serving(a=of_type(b"application/pdf"))
    failure = failure_of(lambda: fetcher(settings).fetch(server.url("/a")))
    assert (failure.reason.word, failure.detail) == ("not-html", "expected HTML or plain text, got Content-Type application/pdf")


@pytest.mark.parametrize("media", [b"application/rss+xml", b"text/html", b"text/plain", b"application/octet-stream", b"nonsense"])
@pytest.mark.parametrize("kind", ["feed", "sitemap"])
def test_a_feed_or_a_sitemap_is_taken_under_any_type_that_servers_give_them(serving, settings, kind, media) -> None:
    page = fetcher(settings).fetch(serving(a=of_type(media)).url("/a"), kind=kind).page
    assert page is not None
    assert page.body == b"Body"


@pytest.mark.parametrize("media", [b"image/png", b"video/mp4", b"Application/PDF; x=1"])
def test_a_feed_of_a_type_that_is_never_one_is_not_loaded(serving, settings, media) -> None:
    failure = failure_of(lambda: fetcher(settings).fetch(serving(a=of_type(media)).url("/a"), kind="feed"))
    assert failure.reason.word == "not-feed"
    assert failure.detail == f"expected a feed, got Content-Type {media.decode().partition(';')[0].lower()}"


def test_a_sitemap_without_a_document_is_none(serving, settings) -> None:
    server = serving(a=b"HTTP/1.1 204 No Content\r\n\r\n")
    failure = failure_of(lambda: fetcher(settings).fetch(server.url("/a"), kind="sitemap"))
    assert (failure.reason.word, failure.detail) == ("not-feed", "expected a sitemap, got status 204: an answer without a document")


def test_opt_outs_are_obeyed_where_the_operator_says_so(serving) -> None:
    settings = load({"PRESSMARK_ALLOW_PRIVATE": "127.0.0.1", "PRESSMARK_REFUSE_OPT_OUTS": "true"})
    server = serving(news=page(b"x", "tdm-reservation: 1"))
    assert failure_of(lambda: fetcher(settings).fetch(server.url("/news"))).reason.word == "opted-out"


def test_a_host_that_is_away_fails_as_itself_and_not_as_robots(serving, settings) -> None:
    server = serving()
    server.close()
    assert failure_of(lambda: fetcher(settings).fetch(server.url("/news"))).reason.word == "connect"
    assert failure_of(lambda: fetcher(settings).fetch("http://no-such.invalid/")).reason.word == "dns"


def test_every_request_to_a_host_keeps_its_distance(serving, settings) -> None:
    # Given a redirect within one host, and a pace
    moments: list[float] = []
    kept = LocalPace(0.05)
    take = kept.take

    class Watched:
        def take(self, place: str):
            slot = take(place)
            moments.append(time.monotonic())
            return slot

    server = serving(a=to("/b"), b=page())
    # When the page is fetched
    Fetcher(settings, Watched(), Robots(settings)).fetch(server.url("/a"))
    # Then robots.txt, redirect and page were asked for one interval apart
    assert len(moments) == 3
    assert all(later - earlier >= 0.05 for earlier, later in pairwise(moments))


def test_a_host_that_must_rest_long_is_handed_back(serving, settings) -> None:
    # Given a host that was asked a moment ago
    server = serving(a=page())
    fetches = fetcher(settings, interval=60)
    # When a page is wanted after robots.txt
    with pytest.raises(HostBusy) as busy:
        fetches.fetch(server.url("/a"))
    # Then nothing but robots.txt was asked for
    assert 50 < busy.value.after <= 60
    assert server.asked == ["/robots.txt"]


def test_a_redirect_that_cannot_be_waited_for_is_a_timeout_and_not_an_endless_return(serving, settings) -> None:
    # Given a host whose robots.txt is known, a long pace, and a redirect to itself
    server = serving(a=to("/b"), b=page())
    memory = Robots(settings)
    Fetcher(settings, LocalPace(0), memory).fetch(server.url("/a"))
    # When it is fetched again
    failure = failure_of(lambda: Fetcher(settings, LocalPace(60), memory).fetch(server.url("/a")))
    # Then the item pays with a try
    assert failure.reason.word == "timeout"


def test_what_a_server_says_cannot_reach_a_terminal(serving, settings) -> None:
    server = serving(news=b"HTTP/1.1 200 \x1b[2J\0\r\n\r\n")
    failure = failure_of(lambda: fetcher(settings).fetch(server.url("/news")))
    assert failure.detail.isprintable()
    assert len(failure.detail) <= 200


def test_the_operators_proxy_is_asked_for_the_whole_url(serving) -> None:
    # Given a proxy with a password
    proxy = serving()
    proxy.answers = {"http://pub.example/robots.txt": NO_ROBOTS, "http://pub.example/news": page()}
    settings = load({"PRESSMARK_PROXY": f"http://me:secret@127.0.0.1:{proxy.port}"})
    # When a page is fetched
    answer = fetcher(settings).fetch("http://pub.example/news")
    # Then the proxy was asked, with its password
    assert answer.page is not None
    assert proxy.asked == ["http://pub.example/robots.txt", "http://pub.example/news"]
    assert b"Proxy-Authorization: Basic bWU6c2VjcmV0\r\n" in proxy.requests[1]
    # And private addresses stay shut
    assert failure_of(lambda: fetcher(settings).fetch("http://10.0.0.1/")).reason.word == "private-address"


@pytest.mark.parametrize("proxy", ["http://", "http:x", "http://host:port"])
def test_a_proxy_that_is_none_is_the_operators_mistake(proxy: str) -> None:
    with pytest.raises(UsageError, match="PRESSMARK_PROXY"):
        fetcher(load({"PRESSMARK_PROXY": proxy}))


def test_authorities_that_cannot_be_read_are_the_operators_mistake(tmp_path) -> None:
    (tmp_path / "bad.pem").write_text("no certificate")
    for name in ("missing.pem", "bad.pem"):
        with pytest.raises(UsageError, match=name):
            fetcher(load({"PRESSMARK_CA_FILE": str(tmp_path / name)}))


def test_many_threads_share_one_fetcher(serving, settings) -> None:
    server = serving(a=page(b"a" * 1000))
    fetches, bodies = fetcher(settings), []
    threads = [threading.Thread(target=lambda: bodies.append(fetches.fetch(server.url("/a")).page)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [page.body for page in bodies if page] == [b"a" * 1000] * 20
