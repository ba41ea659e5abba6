"""Pages from files: packed ones are unpacked within a limit, decoded HTML ignores the charset that it declares."""

from __future__ import annotations

import gzip

import pytest

from worker.config import Settings
from worker.errors import ItemFailed
from worker.operations.extract_pages import extractor, gunzip, page_of_bytes, page_of_html

PAGE = b"<html><body><article><h1>Post opens</h1><p>" + b"Lorries crossed within an hour on Monday. " * 20 + b"</p></article></body></html>"


def test_a_packed_file_is_unpacked() -> None:
    assert page_of_bytes(gzip.compress(PAGE), "https://x.example/", 10_000, packed=True).body == PAGE


@pytest.mark.parametrize(
    ("data", "reason"), [(gzip.compress(PAGE), "too-big"), (b"no gzip", "decode"), (gzip.compress(PAGE)[:-9], "truncated")]
)
def test_what_cannot_be_unpacked_within_the_limit_fails(data: bytes, reason: str) -> None:
    with pytest.raises(ItemFailed) as failed:
        gunzip(data, len(PAGE) - 1 if reason == "too-big" else 10_000)
    assert failed.value.reason.word == reason


def test_a_page_without_an_address_gives_an_article_without_one(settings: Settings) -> None:
    with extractor(settings) as extract:
        assert extract(page_of_bytes(PAGE, None, 10_000, packed=False)).article.url is None
        assert extract(page_of_html(PAGE.decode(), "https://x.example/a")).article.url == "https://x.example/a"
