"""Build Results: one flat object for each item that has ended, with its article, its labels and how it ended.

`export`, `search`, `try`, `demo` and the public stream `articles` all give Results (the contract's "Result"), and this
module alone makes them: from the rows of a stored item, and from a page that was read without one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic_core import to_jsonable_python

from classifier.labels import Evidence, Labels, ModelName, SourceTypeLabel, TopicLabel, source_type_from_dict
from worker.errors import ItemFailed
from worker.messages import VERSION, Article, Extracted, Extractor, Http
from worker.reasons import Fate, Kind

Decided = Literal["yes", "no", "unsure"]
EndState = Literal["stored", "duplicate", "refused", "dead"]
Columns = Mapping[str, Any]
"""A row of the database: values by the name of their column."""
Fields = dict[str, Any]
"""Some fields of a Result, by name."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What the server answered; all fields None where no answer is known."""

    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    ms: int | None = None
    """Milliseconds from the request to the last byte."""
    bytes: int | None = None
    """As they travelled, before decompression."""


@dataclass(frozen=True, slots=True)
class ReviewSummary:
    """The reviews of an article: the newest labels, everybody who gave some, and whether they differ."""

    topics: list[str]
    primary_topic: str | None
    source_type: str
    who: list[str]
    disagreement: bool


@dataclass(frozen=True, slots=True)
class Flip:
    """A label that a new version of the text changed: a topic with its decisions, or `source_type` with its labels."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RevisionSummary:
    """That the page changed since the article was first stored."""

    number: int
    """Earlier versions that are kept."""
    replaced_at: str
    """When the last of them was replaced: RFC 3339, UTC."""
    flips: list[Flip]
    """The labels that changed with it."""


@dataclass(frozen=True, slots=True)
class ModelSaid:
    """What the model said of an article whose labels a person gave: by topic its decision, the main topic, the source type."""

    topics: dict[str, Decided]
    primary_topic: str | None
    source_type: SourceTypeLabel


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One item that has ended. The fields are the keys of the JSON, in its order; an article's fields are None without an article."""

    v: Literal[1] = VERSION
    item_id: int | None = None
    """None for a page that `try` read: it has no item."""
    kind: Kind = "article"
    """Feeds and sitemaps end as items too; `export --outcome all` has them."""
    url: str | None
    canonical_url: str | None = None
    title: str | None = None
    text: str | None = None
    authors: list[str] | None = None
    published_at: str | None = None
    published_on: str | None = None
    """The calendar day by the page's own clock: the paper's day, which can differ from the day in UTC."""
    published_source: str | None = None
    modified_at: str | None = None
    language: str | None = None
    site_name: str | None = None
    description: str | None = None
    image: str | None = None
    extractor: Extractor | None = None
    warnings: list[str] | None = None
    opt_outs: list[str] | None = None
    """Reservations against machines, as the page states them."""
    content_sha256: str | None = None
    cluster_id: int | None = None
    """The first item of the near copies that this one belongs to."""
    topics: list[TopicLabel] | None = None
    primary_topic: str | None = None
    source_type: SourceTypeLabel | None = None
    evidence: list[Evidence] | None = None
    language_supported: bool | None = None
    unknown_words: float | None = None
    model: ModelName | None = None
    outcome: EndState
    reason: str | None = None
    """A word of `worker.reasons`; None for a stored article."""
    final_url: str | None = None
    http: HttpAnswer | None = None
    duplicate_of: int | None = None
    fetched_at: str | None = None
    stored_at: str | None = None
    attempts: int = 1
    review: ReviewSummary | None = None
    labelled_by: str | None = None
    """The person whose decisions, main topic and source type the labels are; None where they are the model's."""
    labelled_at: str | None = None
    model_said: ModelSaid | None = None
    """None where the labels are the model's own. Probabilities and evidence are always the model's."""
    revision: RevisionSummary | None = None
    """None where the text is the first one that was stored."""
    job_ids: list[int] = field(default_factory=list)

    def to_dict(self) -> dict[str, object]:
        """As the contract writes it in JSON. Takes 45 µs, a third of `dataclasses.asdict`: the keeper publishes every item."""
        flat: dict[str, object] = to_jsonable_python(self)
        return flat

    def decided(self, decision: Decided) -> list[str] | None:
        """The topics with this decision, None where there are no labels."""
        return None if self.topics is None else [topic.label for topic in self.topics if topic.decision == decision]

    def as_the_model_said(self) -> Result:
        """With the model's own labels, whoever labelled it since."""
        said = self.model_said
        if said is None:
            return self
        topics = [replace(topic, decision=said.topics.get(topic.label, topic.decision)) for topic in self.topics or []]
        model = replace(self, topics=topics, primary_topic=said.primary_topic, source_type=said.source_type)
        return replace(model, labelled_by=None, labelled_at=None, model_said=None)

    @property
    def stored_id(self) -> int:
        """The item's id, of a Result from the database; raises ValueError for a page that was read without an item."""
        if self.item_id is None:
            raise ValueError(f"expected a Result with an item, got one of {self.url}")
        return self.item_id

    @property
    def outlet(self) -> str:
        """Who published it: the site's name, else its host; empty where neither is known."""
        return self.site_name or (self.final_url or "//").split("/")[2]


ARTICLE_FIELDS = tuple(field.name for field in fields(Article) if field.name != "url")
"""An item's address is its own, whatever the article states."""
LABEL_FIELDS = tuple(field.name for field in fields(Labels))
_ARTICLE_COLUMNS = {
    name: f"article_{name}" for name in (*ARTICLE_FIELDS, "opt_outs", "content_sha256", "cluster_id", "final_url", "fetched_at")
}
"""Fields that are stored as they are, and their columns."""


def of_row(
    row: Columns,
    topics: list[TopicLabel],
    evidence: list[Evidence],
    review: ReviewSummary | None,
    job_ids: list[int],
    *,
    model_decisions: Mapping[str, Decided] | None = None,
    revision: RevisionSummary | None = None,
) -> Result:
    """Of an item in the database; `model_decisions` are the model's where a person gave the labels.

    `row` has the columns of the tables items, articles and labels, their names prefixed `item_`, `article_` and `label_`; those
    of a missing article or missing labels are None. `topics` and `evidence` are in the order in which they are shown.
    """
    has_article = row["item_state"] == "stored" and row["article_item_id"] is not None
    has_labels = has_article and row["label_item_id"] is not None
    return Result(
        item_id=row["item_id"],
        kind=row["item_kind"],
        url=row["item_url"],
        outcome=row["item_state"],
        reason=row["item_reason"],
        duplicate_of=row["item_duplicate_of"],
        attempts=row["item_attempts"],
        review=review,
        job_ids=job_ids,
        revision=revision,
        **(_article_of(row) if has_article else _answer_of(row["item_answer"] or {})),
        **(_labels_of(row, topics, evidence) if has_labels else {}),
        **(_by_hand(row, model_decisions or {}) if has_labels and row["label_labelled_by"] else {}),
    )


def _article_of(row: Columns) -> Fields:
    return {name: row[column] for name, column in _ARTICLE_COLUMNS.items()} | {
        "published_on": row["article_published_on"] or day_of(row["article_published_at"]),
        "extractor": Extractor(**row["article_extractor"]),
        "http": _http(row["article_http"]),
        "stored_at": rfc3339(row["article_stored_at"]),
    }


def day_of(published_at: str | None) -> str | None:
    """The day in a date or a time in UTC: that of publication where the page's own day is not known."""
    return published_at[:10] if published_at else None


def _answer_of(answer: Columns) -> Fields:
    """What is kept of the last answer to an item without an article."""
    return {"final_url": answer.get("final_url"), "fetched_at": answer.get("fetched_at"), "http": _http(answer.get("http"))}


def _http(stored: Columns | None) -> HttpAnswer:
    if not stored:
        return HttpAnswer()
    return HttpAnswer(stored.get("status"), stored.get("etag"), stored.get("last_modified"), stored.get("ms"), stored.get("bytes"))


def _labels_of(row: Columns, topics: list[TopicLabel], evidence: list[Evidence]) -> Fields:
    return {
        "topics": topics,
        "primary_topic": row["label_primary_topic"],
        "source_type": source_type_from_dict(row["label_source_type"]),
        "evidence": evidence,
        "language_supported": row["label_language_supported"],
        "unknown_words": row["label_unknown_words"],
        "model": ModelName(row["label_model_id"], row["label_model_sha256"]),
    }


def _by_hand(row: Columns, decisions: Mapping[str, Decided]) -> Fields:
    """Who gave the labels, when, and what the model had said."""
    said = ModelSaid(dict(decisions), row["label_model_primary_topic"], source_type_from_dict(row["label_model_source_type"]))
    return {"labelled_by": row["label_labelled_by"], "labelled_at": rfc3339(row["label_labelled_at"]), "model_said": said}


def of_page(page: Extracted, labels: Labels) -> Result:
    """Of a page that was read and labelled without an item: what would be stored of it."""
    return Result(
        url=page.article.url,
        outcome="stored",
        final_url=page.final_url or None,
        http=_seen(page.http),
        opt_outs=page.opt_outs,
        content_sha256=page.content_sha256,
        fetched_at=page.fetched_at,
        **{name: getattr(page.article, name) for name in ARTICLE_FIELDS},
        **{name: getattr(labels, name) for name in LABEL_FIELDS},
    )


def of_article(article: Article) -> Result:
    """Of an article alone: what `extract` found."""
    return Result(url=article.url, outcome="stored", **{name: getattr(article, name) for name in ARTICLE_FIELDS})


def of_text(title: str | None, text: str, url: str | None, labels: Labels) -> Result:
    """Of a text with its labels: what `label` found."""
    return Result(url=url, title=title, text=text, outcome="stored", **{name: getattr(labels, name) for name in LABEL_FIELDS})


def of_failure(url: str | None, failed: ItemFailed, final_url: str | None = None, http: Http | None = None) -> Result:
    """Of a page that failed without an item; `final_url` and `http` are None where no server answered."""
    outcome: EndState = "refused" if failed.fate is Fate.REFUSED else "dead"
    return Result(url=url, outcome=outcome, reason=failed.reason.word, final_url=final_url, http=_seen(http) if http else None)


def _seen(http: Http) -> HttpAnswer:
    return HttpAnswer(http.status, http.etag, http.last_modified, http.ms, http.bytes)


def rfc3339(at: float) -> str:
    """Seconds since 1970 as the contract writes times: UTC, to the second."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"
