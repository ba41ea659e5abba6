"""The stored articles: written whole in the keeper's transaction, read as Results for export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Connection, Engine, Row, Table, delete, func, insert, select

from classifier.labels import Evidence, Labels, TopicLabel
from worker.messages import Article, Labelled
from worker.storage import jobs, reviews, tables
from worker.storage.database import one_of, reading
from worker.storage.duplicates import bands
from worker.storage.search import SearchFilter, found
from worker.storage.tables import TERMINAL, articles, evidence, items, job_items, labels, topics

PAGE = 200
"""Results read at once: about a megabyte."""

Result = dict[str, Any]
"""The contract's flat object: the article's fields, the labels' fields, and how the item ended."""

ARTICLE_FIELDS = [name for name in Article.__dataclass_fields__ if name != "url"]


class Articles:
    """Reads only; what writes articles is the ledger, in the keeper's transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def results(self, outcome: Literal["stored", "all"] = "stored", *, job_id: int | None = None) -> Iterator[Result]:
        """Every Result in the order of item ids, paged by key: no snapshot is held longer than a page.

        `all` is every item of kind article that has ended: stored, duplicate, refused or dead.
        """
        last = 0
        while True:
            with reading(self._engine) as connection:
                ids = _page(connection, outcome, job_id, last)
                found = _results(connection, ids)
            yield from found
            if len(ids) < PAGE:
                return
            last = ids[-1]

    def of(self, item_ids: Sequence[int]) -> list[Result]:
        """The Results of these items, as far as they have ended, in the order of their ids."""
        with reading(self._engine) as connection:
            return _results(connection, sorted(set(item_ids)))

    def newest(self, limit: int, *, reviewed: bool | None = None, second_to: str | None = None) -> Iterator[Result]:
        """Up to `limit` Results of stored articles, the newest first; on request only what somebody, or nobody, has reviewed.

        `second_to` leaves out what this person has reviewed.
        """
        query = select(articles.c.item_id).order_by(articles.c.item_id.desc()).limit(limit)
        said = select(tables.reviews.c.item_id)
        if reviewed is not None:
            query = query.where(articles.c.item_id.in_(said) if reviewed else articles.c.item_id.not_in(said))
        if second_to is not None:
            query = query.where(articles.c.item_id.not_in(said.where(tables.reviews.c.who == second_to)))
        with reading(self._engine) as connection:
            ids = list(connection.execute(query).scalars())
        yield from self._in_order(ids)

    def search(self, wanted: SearchFilter, limit: int) -> list[Result]:
        """Up to `limit` Results of the stored articles that are as wanted, the last published first."""
        with reading(self._engine) as connection:
            ids = list(connection.execute(found(wanted, limit)).scalars())
        return list(self._in_order(ids))

    def _in_order(self, ids: Sequence[int]) -> Iterator[Result]:
        """The Results of these items in this order, a page at a time; one may have been forgotten in between."""
        for start in range(0, len(ids), PAGE):
            page = ids[start : start + PAGE]
            results = {result["item_id"]: result for result in self.of(page)}
            yield from (results[item_id] for item_id in page if item_id in results)

    def count(self) -> int:
        """How many articles there are."""
        with reading(self._engine) as connection:
            return connection.execute(select(func.count()).select_from(articles)).scalar_one()


def _page(connection: Connection, outcome: str, job_id: int | None, last: int) -> list[int]:
    states = TERMINAL if outcome == "all" else ("stored",)
    query = select(items.c.id).where(items.c.id > last, items.c.kind == "article", items.c.state.in_(states))
    if job_id is not None:
        query = query.join(job_items, job_items.c.item_id == items.c.id).where(job_items.c.job_id == job_id)
    return list(connection.execute(query.order_by(items.c.id).limit(PAGE)).scalars())


def _results(connection: Connection, ids: Sequence[int]) -> list[Result]:
    if not ids:
        return []
    marks = _by_item(connection, topics, ids)
    proofs = _by_item(connection, evidence, ids)
    said = reviews.by_item(connection, ids)
    in_jobs = jobs.of_items(connection, ids)
    return [
        {
            "v": 1,
            "item_id": row["item_id"],
            "url": row["item_url"],
            **_article_part(row),
            **_label_part(row, marks.get(row["item_id"], []), proofs.get(row["item_id"], [])),
            **_outcome_part(row),
            "review": reviews.told(said.get(row["item_id"], [])),
            "job_ids": in_jobs.get(row["item_id"], []),
        }
        for row in _rows(connection, ids)
    ]


_PARTS = [
    *(items.c[name].label(f"item_{name}") for name in ("id", "url", "state", "reason", "duplicate_of", "answer", "attempts")),
    *(column.label(f"article_{column.name}") for column in articles.c if not column.name.startswith("band_")),
    *(column.label(f"label_{column.name}") for column in labels.c),
]


def _rows(connection: Connection, ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    joined = items.outerjoin(articles, articles.c.item_id == items.c.id).outerjoin(labels, labels.c.item_id == items.c.id)
    query = select(*_PARTS).select_from(joined).where(one_of(items.c.id, ids), items.c.state.in_(TERMINAL)).order_by(items.c.id)
    for row in connection.execute(query):
        yield row._asdict()


def _by_item(connection: Connection, table: Table, ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = {}
    for row in connection.execute(select(table).where(one_of(table.c.item_id, ids)).order_by(*table.primary_key)):
        found.setdefault(row.item_id, []).append(row)
    return found


def _has_article(row: Mapping[str, Any]) -> bool:
    return row["item_state"] == "stored" and row["article_item_id"] is not None


def _article_part(row: Mapping[str, Any]) -> Result:
    kept = _has_article(row)
    return {name: row[f"article_{name}"] if kept else None for name in [*ARTICLE_FIELDS, "opt_outs", "content_sha256", "cluster_id"]}


def _label_part(row: Mapping[str, Any], marks: Sequence[Row[Any]], proofs: Sequence[Row[Any]]) -> Result:
    if not _has_article(row) or row["label_item_id"] is None:
        return dict.fromkeys(("topics", "primary_topic", "source_type", "evidence", "language_supported", "unknown_words", "model"))
    return {
        "topics": [
            {"label": m.label, "probability": m.probability, "threshold": m.threshold, "decision": m.decision}
            for m in sorted(marks, key=lambda m: m.place)
        ],
        "primary_topic": row["label_primary_topic"],
        "source_type": row["label_source_type"],
        "evidence": [
            {"label": e.label, "field": e.field, "text": e.text, "start": e.start, "end": e.end, "terms": e.terms} for e in proofs
        ],
        "language_supported": row["label_language_supported"],
        "unknown_words": row["label_unknown_words"],
        "model": {"id": row["label_model_id"], "sha256": row["label_model_sha256"]},
    }


def _outcome_part(row: Mapping[str, Any]) -> Result:
    answer = row["item_answer"] or {}
    kept = _has_article(row)
    http = row["article_http"] if kept else answer.get("http")
    return {
        "outcome": row["item_state"],
        "reason": row["item_reason"],
        "final_url": row["article_final_url"] if kept else answer.get("final_url"),
        "http": http or {"status": None, "etag": None, "last_modified": None, "ms": None, "bytes": None},
        "duplicate_of": row["item_duplicate_of"],
        "fetched_at": row["article_fetched_at"] if kept else answer.get("fetched_at"),
        "stored_at": rfc3339(row["article_stored_at"]) if kept else None,
        "attempts": row["item_attempts"],
    }


def rfc3339(at: float) -> str:
    """Seconds since 1970 as the contract writes times: UTC, to the second."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"


def write(connection: Connection, kept: Sequence[tuple[Labelled, int]], now: float) -> int:
    """Writes articles with their labels, over what stood there; how many are new. Pairs of article and cluster."""
    if not kept:
        return 0
    ids = [labelled.extracted.item_id for labelled, _ in kept]
    old = list(connection.execute(select(articles.c.item_id).where(one_of(articles.c.item_id, ids))).scalars())
    remove(connection, old)
    ordered = sorted(kept, key=lambda pair: pair[0].extracted.item_id)
    connection.execute(insert(articles), [_article_row(labelled, cluster, now) for labelled, cluster in ordered])
    write_labels(connection, [(labelled.extracted.item_id, labelled.labels, labelled.label_ms) for labelled, _ in ordered])
    return len(ids) - len(old)


def write_labels(connection: Connection, told: Sequence[tuple[int, Labels, int]]) -> None:
    """Writes labels where none stand: triples of item, labels, and milliseconds."""
    for table, rows in (
        (labels, [_label_row(item_id, document, ms) for item_id, document, ms in told]),
        (topics, [row for item_id, document, _ in told for row in _numbered(item_id, topics, document.topics)]),
        (evidence, [row for item_id, document, _ in told for row in _numbered(item_id, evidence, document.evidence)]),
    ):
        if rows:
            connection.execute(insert(table), rows)


def remove_labels(connection: Connection, item_ids: Sequence[int]) -> None:
    """Takes the labels of articles out, which stay themselves."""
    for table in (labels, topics, evidence) if item_ids else ():
        connection.execute(delete(table).where(table.c.item_id.in_(item_ids)))


def remove(connection: Connection, item_ids: Sequence[int]) -> None:
    """Takes articles out, with all that hangs on them."""
    remove_labels(connection, item_ids)
    if item_ids:
        connection.execute(delete(articles).where(articles.c.item_id.in_(item_ids)))


def _article_row(labelled: Labelled, cluster: int, now: float) -> dict[str, Any]:
    extracted = labelled.extracted
    article, http = extracted.article, extracted.http
    return {
        **{name: getattr(article, name) for name in ARTICLE_FIELDS},
        "item_id": extracted.item_id,
        "final_url": extracted.final_url,
        "extractor": {"name": article.extractor.name, "version": article.extractor.version},
        "opt_outs": extracted.opt_outs,
        "http": dict(vars(http)),
        "content_sha256": extracted.content_sha256,
        "simhash": extracted.simhash,
        **{f"band_{number}": value for number, value in enumerate(bands(extracted.simhash))},
        "cluster_id": cluster,
        "fetched_at": extracted.fetched_at,
        "stored_at": now,
    }


def _label_row(item_id: int, document: Labels, ms: int) -> dict[str, Any]:
    return {
        "item_id": item_id,
        "model_id": document.model.id,
        "model_sha256": document.model.sha256,
        "primary_topic": document.primary_topic,
        "source_type": asdict(document.source_type),
        "language_supported": document.language_supported,
        "unknown_words": document.unknown_words,
        "label_ms": ms,
    }


def _numbered(item_id: int, table: Table, parts: Sequence[TopicLabel | Evidence]) -> list[dict[str, Any]]:
    """A row for each part, in order."""
    names = [column.name for column in table.c if column.name not in ("item_id", "place")]
    return [{"item_id": item_id, "place": place, **{name: told[name] for name in names}} for place, told in enumerate(map(asdict, parts))]
