"""The Result: the contract's flat object, the same from every source."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import Any

import pytest

from classifier.labels import Labels
from tests.integration.parts.samples import LABELS, extracted
from worker.errors import ItemFailed
from worker.messages import Article, Http, URLRequest
from worker.reasons import Reason
from worker.results import ARTICLE_FIELDS, LABEL_FIELDS, Result, ReviewSummary, of_failure, of_page, of_row

PAGE = extracted(URLRequest(7, 1, "https://press.test/7"))
KEYS = [
    *("v", "item_id", "kind", "url", "canonical_url", "title", "text", "authors", "published_at", "published_on", "published_source"),
    "modified_at",
    *("language", "site_name", "description", "image", "extractor", "warnings", "opt_outs", "content_sha256", "cluster_id"),
    *("topics", "primary_topic", "source_type", "evidence", "language_supported", "unknown_words", "model", "outcome", "reason"),
    *("final_url", "http", "duplicate_of", "fetched_at", "stored_at", "attempts"),
    *("review", "labelled_by", "labelled_at", "model_said", "revision", "job_ids"),
]
"""As readers of the public stream have had them since its first version."""


def row(**changes: Any) -> dict[str, Any]:
    """A stored item with its article and labels, as the database gives it."""
    labels = LABELS.to_dict()
    return {
        "item_id": 7,
        "item_kind": "article",
        "item_url": "https://press.test/7",
        "item_state": "stored",
        "item_reason": None,
        "item_duplicate_of": None,
        "item_answer": None,
        "item_attempts": 2,
        "article_item_id": 7,
        "label_item_id": 7,
        **{f"article_{name}": getattr(PAGE.article, name) for name in ARTICLE_FIELDS},
        "article_extractor": asdict(PAGE.article.extractor),
        "article_opt_outs": [],
        "article_content_sha256": PAGE.content_sha256,
        "article_cluster_id": 3,
        "article_final_url": PAGE.final_url,
        "article_http": asdict(PAGE.http),
        "article_fetched_at": PAGE.fetched_at,
        "article_stored_at": 1_800_000_000.9,
        **{f"label_{name}": labels[name] for name in ("primary_topic", "source_type", "language_supported", "unknown_words")},
        "label_model_id": "m-1",
        "label_model_sha256": "0" * 64,
        "label_labelled_by": None,
        **changes,
    }


def of(stored: dict[str, Any]) -> Result:
    return of_row(stored, LABELS.topics, LABELS.evidence, None, [1])


def test_every_field_of_article_and_labels_is_a_field_of_the_result() -> None:
    names = {field.name for field in fields(Result)}
    assert {field.name for field in fields(Article)} | {field.name for field in fields(Labels)} <= names


@pytest.mark.parametrize(
    "result", [of(row()), of_page(PAGE, LABELS), of_failure("x", ItemFailed(Reason.DNS))], ids=["stored", "read here", "failed here"]
)
def test_the_json_has_the_same_keys_in_the_same_order_from_every_source(result: Result) -> None:
    assert list(result.to_dict()) == KEYS
    json.dumps(result.to_dict(), allow_nan=False)


def test_a_stored_item_gives_its_article_its_labels_and_how_it_ended() -> None:
    document = of(row()).to_dict()
    assert {name: document[name] for name in LABEL_FIELDS} == LABELS.to_dict()
    assert {name: document[name] for name in ARTICLE_FIELDS} == {name: asdict(PAGE.article)[name] for name in ARTICLE_FIELDS}
    assert (document["http"], document["stored_at"], document["attempts"]) == (asdict(PAGE.http), "2027-01-15T08:00:00Z", 2)


def test_a_page_read_here_gives_what_would_be_stored_of_it_and_no_item() -> None:
    here, stored = of_page(PAGE, LABELS).to_dict(), of(row()).to_dict()
    of_the_item = ("item_id", "cluster_id", "stored_at", "attempts", "job_ids")
    assert {name: value for name, value in here.items() if name not in of_the_item} == {
        name: value for name, value in stored.items() if name not in of_the_item
    }
    assert [here[name] for name in of_the_item] == [None, None, None, 1, []]


def test_an_item_without_an_article_has_no_article_no_labels_and_what_its_last_answer_was() -> None:
    answer = {"final_url": "https://press.test/b", "fetched_at": "2026-11-24T06:00:00Z", "http": asdict(Http(404, ms=5))}
    empty = {name: None for name in row() if name.startswith(("article_", "label_"))}
    dead = of(row(**empty, item_state="dead", item_reason="http-404", item_answer=answer))
    assert {getattr(dead, name) for name in (*ARTICLE_FIELDS, *LABEL_FIELDS)} == {None}
    assert (dead.outcome, dead.reason, dead.final_url, dead.fetched_at) == ("dead", "http-404", answer["final_url"], answer["fetched_at"])
    assert dead.to_dict()["http"] == answer["http"]


def test_an_item_that_no_server_answered_has_an_answer_of_nulls() -> None:
    refused = of(row(item_state="refused", item_reason="robots"))
    assert refused.to_dict()["http"] == {"status": None, "etag": None, "last_modified": None, "ms": None, "bytes": None}


def test_an_article_without_labels_has_none() -> None:
    unlabelled = of(row(label_item_id=None))
    assert unlabelled.text == PAGE.article.text
    assert {getattr(unlabelled, name) for name in LABEL_FIELDS} == {None}
    assert unlabelled.decided("yes") is None


@pytest.mark.parametrize(("reason", "outcome"), [(Reason.ROBOTS, "refused"), (Reason.DNS, "dead"), (Reason.HTTP_404, "dead")])
def test_a_page_that_failed_here_is_refused_or_dead_by_its_reason(reason: Reason, outcome: str) -> None:
    failed = of_failure("https://press.test/7", ItemFailed(reason, "why"), "https://press.test/b", Http(404))
    assert (failed.outcome, failed.reason, failed.final_url, failed.http and failed.http.status) == (
        outcome,
        reason.word,
        "https://press.test/b",
        404,
    )


def test_the_outlet_is_the_sites_name_else_the_host() -> None:
    named = Result(url="x", outcome="stored", site_name="The Courier", final_url="https://a.test/1")
    unnamed = Result(url="x", outcome="stored", final_url="https://a.test/1")
    assert [named.outlet, unnamed.outlet, Result(url="x", outcome="dead").outlet] == ["The Courier", "a.test", ""]


def test_reviews_are_part_of_the_json() -> None:
    summary = ReviewSummary(["trade"], "trade", "official", ["ann", "ben"], True)
    document = of_row(row(), [], [], summary, []).to_dict()["review"]
    assert document == {
        "topics": ["trade"],
        "primary_topic": "trade",
        "source_type": "official",
        "who": ["ann", "ben"],
        "disagreement": True,
    }
