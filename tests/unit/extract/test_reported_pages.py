"""Small pages of the kinds that public bug reports of comparable software are about, each with what a careful reader expects."""

from __future__ import annotations

import json
import unicodedata
from datetime import date

import pytest

from tests.conftest import ROOT
from worker.errors import ItemFailed
from worker.extract.pipeline import extract_text
from worker.messages import Article

FOLDER = ROOT / "tests" / "pages" / "reported"
CASES = [json.loads(line) for line in (FOLDER / "cases.jsonl").read_text(encoding="utf-8").splitlines()]
TODAY = date(2026, 11, 30)
"""The day on which the pages were written: later days are in the future."""


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_page_that_others_misread_is_read_as_its_reader_expects(case: dict) -> None:
    expected = dict(case["expected"])
    body = (FOLDER / case["file"]).read_bytes()
    if expected.pop("error", None):
        with pytest.raises(ItemFailed) as refused:
            extract_text(body, case["url"], today=TODAY)
        assert refused.value.reason.word == case["expected"]["error"]
        return
    article = extract_text(body, case["url"], today=TODAY)
    for field, wanted in expected.items():
        assert is_as_expected(article, field, wanted), f"{field}: {wanted!r}, got {article!r}"


def is_as_expected(article: Article, field: str, wanted: str | list[str] | None) -> bool:
    """Whether the article's text holds all of what is wanted, or none of it; or whether another field is it."""
    if field == "text_contains":
        return all(bare(part) in bare(article.text) for part in wanted or ())
    if field == "text_lacks":
        return not any(joined(part) in joined(article.text) for part in wanted or ())
    if field == "published_at":  # the day is enough where a zone has a name that is not read ("MEST")
        return wanted == article.published_at or (isinstance(wanted, str) and wanted[:10] == article.published_on)
    got = getattr(article, field)
    return [bare(one) for one in got] == [bare(one) for one in wanted or ()] if isinstance(got, list) else got == wanted


def bare(text: str) -> str:
    """A text with single blanks, in NFC, without a full stop at its end."""
    return joined(unicodedata.normalize("NFC", text)).rstrip(".")


def joined(text: str) -> str:
    """A text with single blanks, its letters composed as they are."""
    return " ".join(text.split())
