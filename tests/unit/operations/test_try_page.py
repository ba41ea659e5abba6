"""One page here and now: from a file, or refused by its address."""

from __future__ import annotations

import gzip

import pytest

from worker.config import Settings
from worker.operations.try_page import try_file, try_url

SENTENCES = (
    "The two governments opened the first joint customs post on Monday, and lorries crossed within an hour.",
    "Exporters of rice and cassava said that the new post would save them two days on every shipment.",
    "The minister of commerce told reporters that duties on farm goods would fall again in the new year.",
)
PAGE = f"<html><body><article><h1>Customs post opens</h1>{''.join(f'<p>{s}</p>' for s in SENTENCES)}</article></body></html>".encode()


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_becomes_a_result_with_article_and_labels(settings: Settings, packed: bool) -> None:
    tried = try_file(settings, gzip.compress(PAGE) if packed else PAGE, "https://ledger.example/a", packed=packed)
    assert tried.admitted
    assert (tried.result.outcome, tried.result.title, tried.result.final_url) == (
        "stored",
        "Customs post opens",
        "https://ledger.example/a",
    )
    assert tried.result.topics
    assert tried.result.item_id is None


def test_a_file_without_an_address_has_none(settings: Settings) -> None:
    result = try_file(settings, PAGE, None, packed=False).result
    assert (result.url, result.final_url) == (None, None)


@pytest.mark.parametrize(
    ("data", "packed", "reason"), [(b"<html></html>", False, "no-text"), (b"no gzip", True, "decode"), (PAGE[:40], False, "no-text")]
)
def test_a_file_without_an_article_is_dead_with_a_reason_and_a_detail(settings: Settings, data: bytes, packed: bool, reason: str) -> None:
    tried = try_file(settings, data, "https://ledger.example/a", packed=packed)
    assert (tried.result.outcome, tried.result.reason, tried.result.url) == ("dead", reason, "https://ledger.example/a")
    assert tried.detail


def test_an_address_that_may_not_be_fetched_is_not_admitted(settings: Settings) -> None:
    tried = try_url(settings, "http://127.0.0.1/")
    assert (tried.admitted, tried.result.outcome, tried.result.reason) == (False, "refused", "private-address")
