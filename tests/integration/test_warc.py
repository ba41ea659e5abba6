"""Kept pages as WARC 1.1, read back by the library that archives use."""

from __future__ import annotations

import io
import json
import zlib
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from tests.integration.parts.shelf import BODIES, filled, page_of
from worker.bootstrap import Services
from worker.cli import main as program
from worker.config import Settings
from worker.messages import Page
from worker.operations.archive import warc
from worker.results import Result


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An installation with kept pages."""
    return filled(tmp_path_factory.mktemp("shelf") / "data")


@pytest.fixture
def call(shelf: Settings, monkeypatch, capfdbinary):
    """Calls the program there: exit code, standard output and standard error."""
    monkeypatch.setenv("PRESSMARK_DATA_DIR", str(shelf.data_dir))

    def called(*words: str) -> tuple[int, bytes, str]:
        code = program.run(list(words))
        out, err = capfdbinary.readouterr()
        return code, out, err.decode()

    return called


def test_every_kept_page_is_a_response_and_its_article_the_metadata(call, shelf: Settings, tmp_path: Path) -> None:
    code, out, err = call("export", "--format", "warc")
    assert (code, err.partition(";")[0]) == (0, "1 articles have no kept page, and are not in the WARC")
    found = [
        (record.rec_type, record.rec_headers, record.http_headers, record.content_stream().read())
        for record in ArchiveIterator(io.BytesIO(out), check_digests="raise")
    ]
    assert [kind for kind, *_ in found] == ["warcinfo", *["response", "metadata"] * 3]
    for number, (response, metadata) in enumerate(zip(found[1::2], found[2::2], strict=True)):
        _, headers, http, body = response
        assert headers.protocol == "WARC/1.1"
        assert headers.get_header("WARC-Target-URI") == f"https://h{number}.test/{number}"
        assert headers.get_header("WARC-Date") == "2026-11-24T06:00:00Z"
        assert headers.get_header("Content-Type") == "application/http; msgtype=response"
        assert (http.statusline, http.get_header("content-type"), http.get_header("etag")) == ("200 OK", "text/html", '"e"')
        assert http.get_header("content-length") == str(len(BODIES[number]))
        assert body == BODIES[number]
        _, about, _, said = metadata
        assert about.get_header("WARC-Refers-To") == headers.get_header("WARC-Record-ID")
        assert about.get_header("Content-Type") == "application/json"
        assert json.loads(said)["url"] == f"https://h{number}.test/{number}"
        assert json.loads(said)["topics"]
    # The library's own check of the file finds nothing wrong either
    file = tmp_path / "kept.warc.gz"
    file.write_bytes(out)
    checker = Checker(type("Command", (), {"inputs": [str(file)], "verbose": False})())
    checker.process_all()
    assert checker.exit_value == 0


def test_every_record_is_a_gzip_member_of_its_own_and_the_same_each_time(call) -> None:
    def members(data: bytes) -> list[bytes]:
        found = []
        while data:
            one = zlib.decompressobj(31)
            found.append(one.decompress(data))
            assert one.eof
            data = one.unused_data
        return found

    first, second = (members(call("export", "--format", "warc")[1]) for _ in range(2))
    assert len(first) == 7
    assert first[1:] == second[1:], "all but the warcinfo, which says when it was written"


def test_a_search_gives_its_pages_too(call) -> None:
    code, out, _ = call("search", "--host", "h1.test", "--format", "warc")
    assert code == 0
    assert [record.rec_type for record in ArchiveIterator(io.BytesIO(out))] == ["warcinfo", "response", "metadata"]


def test_no_server_begins_a_header_or_a_record_of_its_own(shelf: Settings) -> None:
    services = Services(shelf)
    try:
        [result] = islice(services.articles.results(), 1)
    finally:
        services.close()
    hostile = "text/html\r\nX-Own: 1\r\n\r\nWARC/1.1\r\nWARC-Type: response"
    page = replace(page_of("https://h0.test/0\r\nWARC-Type: request", b"body"), content_type=hostile, etag="\u2028\n", status=799)
    data = records(page, result)
    [response, metadata] = [(one.rec_headers, one.http_headers, one.content_stream().read()) for one in ArchiveIterator(io.BytesIO(data))]
    assert response[0].get_header("WARC-Type") == "response"
    assert response[1].get_header("X-Own") is None
    assert response[1].get_header("content-type") == "text/html  X-Own: 1    WARC/1.1  WARC-Type: response"
    assert response[2] == b"body"
    assert metadata[0].get_header("WARC-Type") == "metadata"


def records(page: Page, result: Result) -> bytes:
    made = warc._Records()
    return made.response(page, "0" * 64) + made.metadata(page, "0" * 64, result)


def test_where_the_extra_is_missing_one_line_says_how_to_get_it(call, monkeypatch) -> None:
    monkeypatch.setattr(warc, "installed", lambda: False)
    assert call("export", "--format", "warc") == (2, b"", f"pressmark: {warc.MISSING}\n")
