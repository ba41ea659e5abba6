"""A5: whoever can cut a connection must not choose where an article or a list ends.

Every way of ending an answer early goes through `try`, and every list that ends early through `up`.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest

from tests.attack.parts.commands import Done, pressmark
from tests.attack.parts.pages import page, rss, sitemap
from tests.attack.parts.sites import HTML, Answer, RawSite, answer, authority, head, raw_site
from tests.integration.parts.service import RunningService

WHOLE = page().encode()
CUT = WHOLE[: WHOLE.index(b"Farmers")]
"""The first half of the article: enough to be stored as one."""
CHUNKS = b"%x\r\n%b\r\n" % (len(CUT), CUT)

# Pages -------------------------------------------------------------------------------------------

HONEST = {
    "length": answer(WHOLE),
    "chunked": Answer(head(HTML, "Transfer-Encoding: chunked") + b"%x\r\n%b\r\n0\r\n\r\n" % (len(WHOLE), WHOLE)),
    "until close": Answer(head(HTML) + WHOLE),
}
CUT_SHORT = {
    "length": Answer(head(HTML, f"Content-Length: {len(WHOLE)}") + CUT, says_goodbye=False),
    "length, with close_notify": Answer(head(HTML, f"Content-Length: {len(WHOLE)}") + CUT),
    "chunked": Answer(head(HTML, "Transfer-Encoding: chunked") + CHUNKS, says_goodbye=False),
    "chunked, with close_notify": Answer(head(HTML, "Transfer-Encoding: chunked") + CHUNKS),
    "until close": Answer(head(HTML) + CUT, says_goodbye=False),
    "until close, gzip": Answer(head(HTML, "Content-Encoding: gzip") + gzip.compress(WHOLE)[:-200], says_goodbye=False),
}


@pytest.fixture(scope="module")
def secure_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RawSite, dict[str, str]]]:
    """Every answer over TLS, and the settings that trust the site."""
    folder = tmp_path_factory.mktemp("authority")
    trusted = authority(folder, "press.test")
    answers = {f"/honest/{number}": made for number, made in enumerate(HONEST.values())}
    answers |= {f"/cut/{number}": made for number, made in enumerate(CUT_SHORT.values())}
    with raw_site(answers, trusted.context) as site:
        yield site, {**site.settings(), "PRESSMARK_CA_FILE": str(trusted.file)}


def tried(secure_site: tuple[RawSite, dict[str, str]], path: str, folder) -> Done:
    """`try` on one page."""
    site, settings = secure_site
    return pressmark(folder, "try", site.url(path), "--json", settings=settings)


@pytest.mark.parametrize("framing", list(HONEST))
def test_a_whole_answer_over_tls_is_read(secure_site, tmp_path, framing):
    done = tried(secure_site, f"/honest/{list(HONEST).index(framing)}", tmp_path)
    assert done.json["outcome"] == "stored", done.err
    assert "seven days a week" in done.json["text"]


@pytest.mark.parametrize("framing", list(CUT_SHORT))
def test_an_answer_that_is_cut_over_tls_is_truncated_and_not_stored(secure_site, tmp_path, framing):
    # Given: the first half of an article, and then no more
    done = tried(secure_site, f"/cut/{list(CUT_SHORT).index(framing)}", tmp_path)
    # Then
    assert (done.json["outcome"], done.json["reason"]) == ("dead", "truncated"), done.json["text"]


# Lists -------------------------------------------------------------------------------------------

ENTRIES = 100
CODED = ("application/xml", "Content-Encoding: gzip")
LISTS = {
    "sitemap, a .gz file": (sitemap, ("application/gzip",)),
    "sitemap, coded": (sitemap, CODED),
    "feed, coded": (rss, CODED),
}


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningService, RawSite]]:
    """`up`, and a site with lists of 100 entries packed by gzip: each whole, and each with the last half of its bytes missing."""
    with raw_site({}) as site:
        for number, (make, kind) in enumerate(LISTS.values()):
            for state in ("cut", "whole"):
                packed = gzip.compress(make(*(site.url(f"/{number}/{state}/{entry}") for entry in range(ENTRIES))))
                site.answers[f"/list/{number}/{state}"] = answer(packed[: len(packed) // 2] if state == "cut" else packed, *kind)
        settings = {**site.settings(), "PRESSMARK_BACKOFF": "0.1", "PRESSMARK_BACKOFF_CAP": "0.2"}
        with RunningService(tmp_path_factory.mktemp("listed"), settings) as service:
            service.up()
            yield service, site


def read(listed: tuple[RunningService, RawSite], name: str, state: str) -> tuple[int, str]:
    """How many articles of one list were asked for, and what `trace` and the log say of the list."""
    service, site = listed
    number = list(LISTS).index(name)
    url = site.url(f"/list/{number}/{state}")
    service.call("enqueue", "--wait", "--json", "--feed" if "feed" in name else "--sitemap", url, ok=(0, 1))
    log = [line for line in service.log.read_text().splitlines() if url in line]
    return sum(path.startswith(f"/{number}/{state}/") for path in site.asked), "\n".join([service.call("trace", url, "--json"), *log])


@pytest.mark.parametrize("name", list(LISTS))
def test_a_whole_gzip_list_gives_all_its_articles(listed, name):
    asked, told = read(listed, name, "whole")
    assert asked == ENTRIES, told


@pytest.mark.parametrize("name", list(LISTS))
def test_a_gzip_list_that_ends_early_is_reported_and_never_taken_as_whole(listed, name):
    # When
    asked, told = read(listed, name, "cut")
    # Then: it is dead, or what could be read was accepted and the missing rest reported
    assert "truncated" in told or "decode" in told, f"{asked} of {ENTRIES} were taken, and nothing was said: {told}"
