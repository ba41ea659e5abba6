"""Whatever happens to an item on its way is one outcome, and never an exception."""

from __future__ import annotations

import logging

import pytest

from worker.archive.page_archive import KeptPage
from worker.errors import ItemFailed, Unavailable
from worker.fetch.client import Answer, FetchFailed, HostBusy
from worker.intake.links import Links
from worker.messages import Article, Extracted, Extractor, Failed, HostReport, Http, Listed, Page, Returned, Struck, Unchanged, URLRequest
from worker.pipeline.fetch_item import RETURN_AFTER, ItemReader
from worker.reasons import Reason
from worker.sandbox.pool import Parsed, ParseKilled

HTTP = Http(status=200, ms=12, bytes=99)
HOST = HostReport("a.test:80", ok=True)
PAGE = Page("http://a.test/1", "http://a.test/2", 200, b"<p>", opt_outs=("x-robots-tag: noai",), fetched_at="2026-11-24T06:00:00Z")
ARTICLE = Article("http://a.test/2", None, "Title", "Text", [], None, None, None, "en", None, None, None, Extractor("x", "1"), [])
REQUEST = URLRequest(5, 9, "http://a.test/1", etag='"e"')


class Says:
    """A fetcher and a parser that answer, or raise, what they were given."""

    def __init__(self, fetched=None, parsed=None) -> None:
        self.fetched = Answer(PAGE, HTTP, HOST) if fetched is None else fetched
        self.parsed = parsed
        self.asked = None

    def fetch(self, url, *, kind="article", etag=None, last_modified=None):
        self.asked = (url, kind, etag, last_modified)
        return answer(self.fetched)

    def extract(self, page):
        return answer(self.parsed or Parsed(ARTICLE, "a" * 64, "b" * 16, [*page.opt_outs, "robots: noarchive"]))

    def links(self, kind, page):
        return answer(self.parsed or Links(["http://a.test/3"], ["http://a.test/s.xml"]))


def answer(value):
    if isinstance(value, Exception):
        raise value
    return value


def read(says: Says, request: URLRequest = REQUEST):
    return ItemReader(says, says).read(request)


@pytest.mark.parametrize("url", ["http://[pub.example]/", "http://[::1/", "http://a[b]c.test/", "http://ex\u2100mple.test/"])
def test_a_malformed_url_in_a_message_is_an_outcome_too(url):
    failed = FetchFailed(ItemFailed(Reason.BAD_URL, "expected an IPv6 address in brackets"), host=None, http=None, final_url=None)
    for raised in (failed, RuntimeError("no answer"), Unavailable("redis is away")):
        assert isinstance(read(Says(raised), URLRequest(5, 9, url)), Failed | Struck | Returned)


def test_a_page_becomes_an_article_with_what_is_known_of_its_fetch():
    # Given
    says = Says()
    # When
    outcome = read(says)
    # Then
    assert outcome == Extracted(
        5,
        9,
        ARTICLE,
        "http://a.test/2",
        HTTP,
        "a" * 64,
        "b" * 16,
        ["x-robots-tag: noai", "robots: noarchive"],
        HOST,
        "2026-11-24T06:00:00Z",
    )
    assert says.asked == ("http://a.test/1", "article", '"e"', None)


def test_what_the_page_reserves_ends_it_where_the_operator_says_so():
    says = Says()
    outcome = ItemReader(says, says, refuse_opt_outs=True).read(REQUEST)
    assert (outcome.reason, outcome.detail) == ("opted-out", "x-robots-tag: noai; robots: noarchive")


class Keeps:
    """An archive that keeps what it is given, or can keep nothing."""

    def __init__(self, kept: KeptPage | None) -> None:
        self.kept, self.pages = kept, []

    def keep(self, page):
        self.pages.append(page)
        return self.kept


PLAIN = Parsed(ARTICLE, "a" * 64, "b" * 16, [])


def test_a_page_that_became_an_article_is_kept_and_its_digest_travels_on():
    says, archive = Says(parsed=PLAIN), Keeps(KeptPage("c" * 64, 77))
    outcome = ItemReader(says, says, archive=archive).read(REQUEST)
    assert (outcome.page_sha256, outcome.page_bytes, archive.pages) == ("c" * 64, 77, [PAGE])


def test_a_page_that_cannot_be_kept_goes_on_without():
    says = Says(parsed=PLAIN)
    outcome = ItemReader(says, says, archive=Keeps(None)).read(REQUEST)
    assert (outcome.article, outcome.page_sha256, outcome.page_bytes) == (ARTICLE, None, 0)


@pytest.mark.parametrize("parsed", [None, ItemFailed(Reason.NO_TEXT, "nothing")], ids=["noarchive", "no article"])
def test_a_page_that_reserves_it_or_is_no_article_is_not_kept(parsed):
    says, archive = Says(parsed=parsed), Keeps(KeptPage("c" * 64, 77))
    ItemReader(says, says, archive=archive).read(REQUEST)
    assert archive.pages == []


@pytest.mark.parametrize("kind", ["feed", "sitemap"])
def test_a_feed_becomes_its_links(kind):
    outcome = read(Says(), URLRequest(5, 9, "http://a.test/1", kind=kind))
    assert outcome == Listed(5, 9, ["http://a.test/3"], ["http://a.test/s.xml"], HTTP, HOST, "2026-11-24T06:00:00Z")


def test_entries_that_were_skipped_are_logged_and_reported(caplog):
    outcome = read(Says(parsed=Links(["http://a.test/3"], [], ["entry 2: no address"])), URLRequest(5, 9, "http://a.test/1", kind="feed"))
    assert (outcome.urls, outcome.warnings) == (["http://a.test/3"], ["entry 2: no address"])
    assert "feed read with warnings: entry 2: no address" in caplog.text


def test_a_page_that_did_not_change_is_unchanged():
    assert read(Says(Answer(None, Http(304), HOST))) == Unchanged(5, 9, Http(304), HOST)


def test_a_failed_fetch_carries_its_reason_and_how_far_it_came():
    # Given
    failure = FetchFailed(ItemFailed(Reason.HTTP_429, "slow down", retry_after=7.0), HOST, Http(429), "http://a.test/2")
    # When
    outcome = read(Says(failure))
    # Then
    assert outcome == Failed(5, 9, "http-429", "slow down", 7.0, "http://a.test/2", Http(429), HOST)


def test_a_page_without_text_fails_with_its_http_answer():
    outcome = read(Says(parsed=ItemFailed(Reason.NO_TEXT, "nothing")))
    assert outcome == Failed(5, 9, "no-text", "nothing", None, "http://a.test/2", HTTP, HOST, "2026-11-24T06:00:00Z")


def test_a_page_that_kills_its_parser_is_struck():
    assert read(Says(parsed=ParseKilled("SIGSEGV"))) == Struck(5, 9, "SIGSEGV", HOST)


def test_a_busy_host_sends_the_item_back_free_of_charge():
    assert read(Says(HostBusy("a.test:80", 1.5))) == Returned([(5, 9)], 1.5)


@pytest.mark.parametrize("says", [Says(Unavailable("Redis is away")), Says(parsed=Unavailable("no child starts"))])
def test_trouble_of_our_own_costs_the_page_nothing(says):
    assert read(says) == Returned([(5, 9)], RETURN_AFTER)


def test_what_nobody_foresaw_is_proof_against_the_page_and_no_crash():
    assert read(Says(RuntimeError("odd"))) == Struck(5, 9, "the fetcher failed: RuntimeError: odd")
    assert read(Says(parsed=RuntimeError("odd"))) == Struck(5, 9, "the reader failed: RuntimeError: odd", HOST)


FORBIDDEN = FetchFailed(ItemFailed(Reason.ROBOTS, "robots.txt forbids it"), None, None, None)
NO_NAME = FetchFailed(ItemFailed(Reason.DNS, "no such name"), HostReport("b.test:443", ok=False), None, "https://b.test/")


@pytest.mark.parametrize(
    ("says", "line"),
    [
        (Says(NO_NAME), ("INFO", "fetch failed: no such name", "b.test:443", "fetch", "dns")),
        (Says(FORBIDDEN), ("INFO", "page refused: robots.txt forbids it", "a.test", "fetch", "robots")),
        (Says(parsed=ItemFailed(Reason.NO_TEXT)), ("INFO", "parse failed: no-text", "a.test:80", "parse", "no-text")),
        (
            Says(parsed=ParseKilled("SIGSEGV")),
            ("WARNING", "parse failed, a strike against the page: SIGSEGV", "a.test:80", "parse", "poison"),
        ),
        (Says(RuntimeError("odd")), ("ERROR", "unexpected error while fetching", "a.test", "fetch", "poison")),
        (Says(parsed=RuntimeError("odd")), ("ERROR", "unexpected error while parsing", "a.test:80", "parse", "poison")),
    ],
    ids=["fetch", "refused", "parse", "struck", "fetch unexpected", "parse unexpected"],
)
def test_a_page_that_fails_is_logged_once_with_item_host_stage_reason_and_url(says, line, caplog):
    with caplog.at_level(logging.INFO):
        read(says)
    found = [(r.levelname, r.getMessage(), r.host, r.stage, r.reason) for r in caplog.records]
    assert found == [line]
    assert (caplog.records[0].item, caplog.records[0].url) == (5, "http://a.test/1")


@pytest.mark.parametrize("says", [Says(), Says(HostBusy("a.test:80", 1.5)), Says(Answer(None, Http(304), HOST))])
def test_a_page_that_does_not_fail_is_not_logged(says, caplog):
    with caplog.at_level(logging.INFO):
        read(says)
    assert caplog.records == []
