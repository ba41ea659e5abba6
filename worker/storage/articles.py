"""Write stored articles within the keeper's transaction, and read what has ended as Results, a page of rows at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Connection, Engine, Row, Table, case, func, insert, or_, select

from classifier.labels import Evidence, Labels, TopicLabel, evidence_from_dict
from worker import results
from worker.results import ARTICLE_FIELDS, Decided, Result
from worker.storage import copies, facets, hand_labels, jobs, reviews, search, tables, word_index
from worker.storage.article_removal import remove
from worker.storage.counts import sampling, totals
from worker.storage.counts.sampling import Survey
from worker.storage.database import one_of, reading
from worker.storage.duplicates import marks_of
from worker.storage.revisions import versions
from worker.storage.search import By, Place, SearchFilter
from worker.storage.tables import articles, evidence, items, job_items, labels, topics
from worker.storage.values import TERMINAL, State

if TYPE_CHECKING:
    from worker.messages import Extracted, Labelled

PAGE = 200
"""Results read at once: about a megabyte."""


@dataclass(frozen=True, slots=True)
class Found:
    """A stored article that a search found."""

    result: Result
    place: Place
    copies: int
    """Near copies that are stored, and duplicates."""


class Articles:
    """Reads what has ended. Writing is the ledger's: the functions below run within the keeper's transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def results(self, outcome: Literal["stored", "all"] = "stored", *, job_id: int | None = None, after: int = 0) -> Iterator[Result]:
        """Every Result in the order of item ids, those larger than `after`; no transaction stays open longer than a page takes.

        `stored` are the articles; `all` is every item of every kind that has ended: stored, duplicate, refused or dead.
        """
        last = after
        while True:
            with reading(self._engine) as connection:
                ids = _page(connection, outcome, job_id, last)
                page = _results(connection, ids)
            yield from page
            if len(ids) < PAGE:
                return
            last = ids[-1]

    def of(self, item_ids: Sequence[int]) -> list[Result]:
        """The Results of those of these items that have ended, or have an article, in the order of their ids."""
        with reading(self._engine) as connection:
            return _results(connection, sorted(set(item_ids)))

    def newest(self, limit: int, *, reviewed: bool | None = None, not_reviewed_by: str | None = None) -> Iterator[Result]:
        """Up to `limit` Results of stored articles, the newest first.

        `reviewed` limits them to what somebody (True) or nobody (False) has reviewed; `not_reviewed_by` leaves out what this
        person has reviewed.
        """
        query = select(articles.c.item_id).order_by(articles.c.item_id.desc()).limit(limit)
        with_review = select(tables.reviews.c.item_id)
        if reviewed is not None:
            query = query.where(articles.c.item_id.in_(with_review) if reviewed else articles.c.item_id.not_in(with_review))
        if not_reviewed_by is not None:
            query = query.where(articles.c.item_id.not_in(with_review.where(tables.reviews.c.who == not_reviewed_by)))
        with reading(self._engine) as connection:
            ids = list(connection.execute(query).scalars())
        yield from self._in_order(ids)

    def search(
        self, wanted: SearchFilter, limit: int, *, before: Place | None = None, after: Place | None = None, once: bool = False
    ) -> list[Found]:
        """Up to `limit` stored articles that match, the last published first: those older than `before`, or the next newer than `after`.

        With `once`, of near copies only the one that was first.
        """
        matching = copies.matching_once if once else search.matching
        with reading(self._engine) as connection:
            places = matching(connection, wanted, limit, before=before, after=after)
            numbers = copies.counted(connection, [item_id for _, _, item_id in places])
        place_of = {place[2]: place for place in places}
        return [Found(result, place_of[result.stored_id], numbers.get(result.stored_id, 0)) for result in self._in_order(list(place_of))]

    def counted(self, wanted: SearchFilter, by: By, *, once: bool = False) -> list[tuple[str, int]]:
        """How many matching articles have each value; see `search.counted`."""
        with reading(self._engine) as connection:
            return search.counted(connection, wanted, by, once=once)

    def counted_together(self, wanted: SearchFilter) -> dict[By, list[tuple[str, int]]]:
        """The same by everything that a list can be narrowed by, with one look at what matches."""
        with reading(self._engine) as connection:
            return totals.counted_together(connection, wanted)

    def total(self, wanted: SearchFilter, *, once: bool = False) -> int:
        """How many articles match; `once` counts near copies of one text as one."""
        with reading(self._engine) as connection:
            return search.total(connection, wanted, once=once)

    def stored_after(self, wanted: SearchFilter, at: float, limit: int) -> int:
        """How many of the first `limit` articles that were stored after a time match."""
        with reading(self._engine) as connection:
            return sampling.stored_after(connection, wanted, at, limit)

    def survey(self, wanted: SearchFilter, *, once: bool = False) -> Survey:
        """What a search that has words finds, at a bounded cost; see `counts.sampling`."""
        with reading(self._engine) as connection:
            return sampling.survey(connection, wanted, once=once)

    def topics_since(self, at: float) -> tuple[int, list[tuple[str, int]]]:
        """How many articles were stored since a time, and by topic as `search.counted` has them."""
        with reading(self._engine) as connection:
            return search.topics_of(connection, SearchFilter(stored_since=at))

    def copies_of(self, item_id: int) -> list[copies.Copy]:
        """The copies of a stored article, itself among them; see `copies.of`."""
        with reading(self._engine) as connection:
            return copies.of(connection, item_id)

    def texts_of(self, item_ids: Sequence[int]) -> dict[int, str]:
        """The beginnings of the texts of these articles; see `copies.texts`."""
        with reading(self._engine) as connection:
            return copies.texts(connection, item_ids)

    def _in_order(self, ids: Sequence[int]) -> Iterator[Result]:
        """The Results of these items in this order, a page at a time; one may have been forgotten in between."""
        for start in range(0, len(ids), PAGE):
            page = ids[start : start + PAGE]
            found = {result.item_id: result for result in self.of(page)}
            yield from (found[item_id] for item_id in page if item_id in found)

    def last_stored(self) -> int:
        """The greatest item that has an article, 0 where none has: at once, and about as many as there are."""
        with reading(self._engine) as connection:
            return connection.execute(select(func.max(articles.c.item_id))).scalar() or 0

    def count(self) -> int:
        """How many articles there are."""
        with reading(self._engine) as connection:
            return connection.execute(select(func.count()).select_from(articles)).scalar_one()


def _page(connection: Connection, outcome: str, job_id: int | None, last: int) -> list[int]:
    query = select(items.c.id).where(items.c.id > last, items.c.state.in_(TERMINAL))
    if outcome == "stored":
        query = query.where(items.c.state == State.STORED, items.c.kind == "article")
    if job_id is not None:
        query = query.join(job_items, job_items.c.item_id == items.c.id).where(job_items.c.job_id == job_id)
    return list(connection.execute(query.order_by(items.c.id).limit(PAGE)).scalars())


def _results(connection: Connection, ids: Sequence[int]) -> list[Result]:
    if not ids:
        return []
    topics_of = _topics_by_item(connection, ids)
    evidence_of = _evidence_by_item(connection, ids)
    review_of = reviews.summaries(connection, ids)
    jobs_of = jobs.of_items(connection, ids)
    revision_of = versions.summaries(connection, ids)
    found = []
    for row in _rows(connection, ids):
        given, models = topics_of.get(row.item_id, ([], {}))
        others = evidence_of.get(row.item_id, []), review_of.get(row.item_id), jobs_of.get(row.item_id, [])
        found.append(results.of_row(row._asdict(), given, *others, model_decisions=models, revision=revision_of.get(row.item_id)))
    return found


_COLUMNS = [
    *(items.c[name].label(f"item_{name}") for name in ("id", "kind", "url", "reason", "duplicate_of", "answer", "attempts")),
    case((items.c.refetch, State.STORED.value), else_=items.c.state).label("item_state"),
    *(column.label(f"article_{column.name}") for column in articles.c if not column.name.startswith("band_")),
    *(column.label(f"label_{column.name}") for column in labels.c),
]
"""As `results.of_row` expects them. An article that is being fetched again is stored all the while."""


def _rows(connection: Connection, ids: Sequence[int]) -> Sequence[Row[Any]]:
    joined = items.outerjoin(articles, articles.c.item_id == items.c.id).outerjoin(labels, labels.c.item_id == items.c.id)
    query = select(*_COLUMNS).select_from(joined).where(one_of(items.c.id, ids), or_(items.c.state.in_(TERMINAL), items.c.refetch))
    return connection.execute(query.order_by(items.c.id)).all()


def _topics_by_item(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[list[TopicLabel], dict[str, Decided]]]:
    """The topics of each article, and the model's decisions where a person gave the labels."""
    found: dict[int, tuple[list[TopicLabel], dict[str, Decided]]] = {}
    query = select(topics).where(one_of(topics.c.item_id, ids)).order_by(topics.c.item_id, topics.c.place)
    for row in connection.execute(query):
        given, models = found.setdefault(row.item_id, ([], {}))
        given.append(TopicLabel(row.label, row.probability, row.threshold, row.decision))
        models |= {row.label: row.model_decision} if row.model_decision else {}
    return found


def _evidence_by_item(connection: Connection, ids: Sequence[int]) -> dict[int, list[Evidence]]:
    found: dict[int, list[Evidence]] = {}
    query = select(evidence).where(one_of(evidence.c.item_id, ids)).order_by(evidence.c.item_id, evidence.c.place)
    for row in connection.execute(query):
        found.setdefault(row.item_id, []).append(evidence_from_dict(row._asdict()))
    return found


def write(connection: Connection, kept: Sequence[tuple[Labelled, int]], now: float, stored_at: Mapping[int, float] | None = None) -> int:
    """Writes articles with their labels in place of what stood there: pairs of article and cluster. Returns how many are new.

    They are stored `now`, except those of `stored_at`.
    """
    if not kept:
        return 0
    ids = [labelled.extracted.item_id for labelled, _ in kept]
    old = list(connection.execute(select(articles.c.item_id).where(one_of(articles.c.item_id, ids))).scalars())
    remove(connection, old)
    ordered = sorted(kept, key=lambda pair: pair[0].extracted.item_id)
    since = stored_at or {}
    rows = [article_row(one.extracted, cluster, since.get(one.extracted.item_id, now)) for one, cluster in ordered]
    connection.execute(insert(articles), rows)
    facets.write(connection, ordered)
    word_index.add(connection, ids)
    _insert_labels(connection, [(labelled.extracted.item_id, labelled.labels, labelled.label_ms) for labelled, _ in ordered])
    if old:  # people may have reviewed what was fetched again, and their labels stay
        hand_labels.apply(connection, old)
    return len(ids) - len(old)


def write_labels(connection: Connection, given: Sequence[tuple[int, Labels, int]]) -> None:
    """Writes the labels of articles that have none: triples of item, labels, and milliseconds that the model took."""
    _insert_labels(connection, given)
    facets.read_labels_again(connection, [item_id for item_id, _, _ in given])


def _insert_labels(connection: Connection, given: Sequence[tuple[int, Labels, int]]) -> None:
    for table, rows in (
        (labels, [_label_row(item_id, document, ms) for item_id, document, ms in given]),
        (topics, [row for item_id, document, _ in given for row in _numbered(item_id, topics, document.topics)]),
        (evidence, [row for item_id, document, _ in given for row in _numbered(item_id, evidence, document.evidence)]),
    ):
        if rows:
            connection.execute(insert(table), rows)


def article_row(extracted: Extracted, cluster: int, now: float) -> dict[str, object]:
    """The columns of an article that is stored `now`."""
    article, http = extracted.article, extracted.http
    return {
        **{name: getattr(article, name) for name in ARTICLE_FIELDS},
        "published_on": article.published_on or results.day_of(article.published_at),  # a worker of a version before may not send it
        "item_id": extracted.item_id,
        "final_url": extracted.final_url,
        "extractor": {"name": article.extractor.name, "version": article.extractor.version},
        "opt_outs": extracted.opt_outs,
        "http": dict(vars(http)),
        "content_sha256": extracted.content_sha256,
        "simhash": extracted.simhash,
        **{f"band_{number}": value for number, value in enumerate(marks_of(extracted))},
        "cluster_id": cluster,
        "fetched_at": extracted.fetched_at,
        "stored_at": now,
    }


def _label_row(item_id: int, document: Labels, ms: int) -> dict[str, object]:
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


def _numbered(item_id: int, table: Table, parts: Sequence[TopicLabel | Evidence]) -> list[dict[str, object]]:
    """A row for each part, with its place in the order."""
    names = [column.name for column in table.c if column.name not in ("item_id", "place", "model_decision")]
    return [{"item_id": item_id, "place": place, **{name: part[name] for name in names}} for place, part in enumerate(map(asdict, parts))]
