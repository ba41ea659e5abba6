"""Show all that is known of one item: its article, labels, evidence, model, copies, who was first, reviews and trace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from classifier.labels import Evidence, ModelName, SourceTypeLabel, TopicLabel
from worker.bootstrap import Services
from worker.errors import NotFound
from worker.extract.shared_words import common_share, words_of
from worker.operations.document import Document
from worker.operations.items import Item
from worker.operations.revisions import versions
from worker.operations.revisions.versions import LastRecheck, Revision
from worker.operations.times import rfc3339
from worker.operations.trace import ItemTrace
from worker.results import ModelSaid, Result
from worker.storage.copies import Copy as StoredCopy
from worker.storage.copies import order
from worker.storage.reviews import Review
from worker.storage.values import Entry

SIMHASH_BITS = 64


@dataclass(frozen=True, slots=True)
class ShownLabels(Document):
    """The labels that count, and whose they are. Probabilities and evidence are always the model's."""

    topics: tuple[TopicLabel, ...]
    primary_topic: str | None
    source_type: SourceTypeLabel | None
    language_supported: bool | None
    labelled_by: str | None
    """The person who gave them; None: the model."""
    labelled_at: str | None
    model_said: ModelSaid | None
    """Where a person gave them: what the model had said."""


@dataclass(frozen=True, slots=True)
class Copy(Document):
    """A copy of the article: a near copy that is stored too, or an item that ended as a duplicate of one."""

    item_id: int
    url: str
    outlet: str
    title: str | None
    state: str
    published_at: str | None
    fetched_at: str | None
    alike: float | None
    """Share of the text's fingerprint (simhash) that is the same, from 0 to 1; 1 for a duplicate; None where it is not known."""


@dataclass(frozen=True, slots=True)
class ChainLink(Document):
    """One of the addresses at which a text was published."""

    item_id: int
    url: str
    outlet: str
    state: str
    published_at: str | None
    fetched_at: str | None
    first: bool
    """Whether it was first: published first or, where the days are equal or unknown, fetched first."""
    after_s: float | None
    """Seconds from the publication of the first to this one; None where one of the two has no time of day."""
    common: float | None
    """Share of its words that also stand in the first one's text, four in a row, from 0 to 1; 1 for the same text."""


@dataclass(frozen=True, slots=True)
class GivenReview(Document):
    """The labels that one person gave."""

    who: str
    at: str
    topics: tuple[str, ...]
    primary: str | None
    source_type: str

    @classmethod
    def of(cls, review: Review) -> GivenReview:
        """With its time in RFC 3339."""
        return cls(review.who, rfc3339(review.at), review.topics, review.primary, review.source_type)


@dataclass(frozen=True, slots=True)
class Shown(Document):
    """One item; article, labels, evidence and model are None or empty where none is stored."""

    item: Item
    article: Result | None
    """The whole Result."""
    labels: ShownLabels | None
    evidence: tuple[Evidence, ...]
    model: ModelName | None
    copies: tuple[Copy, ...]
    """In the order of time, without the item itself."""
    trace: ItemTrace
    reviews: tuple[GivenReview, ...]
    chain: tuple[ChainLink, ...] = ()
    """Who published the text: the first, then who copied it, in the order of time, the item itself among them; empty without a copy."""
    revisions: tuple[Revision, ...] = ()
    """Earlier versions of its text, the first one first."""
    recheck: LastRecheck | None = None
    """None: it was never looked at again, and will not be by itself."""

    def to_dict(self) -> dict[str, object]:
        """With the article as the contract's Result."""
        shown = Document.to_dict(self)
        shown["article"] = self.article.to_dict() if self.article else None
        return shown


def show(services: Services, which: int | Entry) -> Shown:
    """The item with this number, or of this URL: its article where it was accepted as several kinds. Raises NotFound, Unavailable."""
    item_id = which if isinstance(which, int) else _of_entry(services, which)
    rows = services.viewer_ledger.items_of([item_id])
    trace = services.viewer_ledger.trace_of(item_id)
    if not rows or trace is None:
        raise NotFound(f"expected the number of an item, got {item_id}")
    ended = next(iter(services.articles.of([item_id])), None)
    article = ended if ended is not None and ended.text is not None else None
    copies = services.articles.copies_of(rows[0].duplicate_of or item_id)
    return Shown(
        item=Item.of(rows[0]),
        article=article,
        labels=_labels(article) if article and article.topics is not None else None,
        evidence=tuple(article.evidence or ()) if article else (),
        model=article.model if article else None,
        copies=tuple(_copies(copies, item_id, rows[0].duplicate_of)),
        trace=ItemTrace.of(trace),
        reviews=tuple(map(GivenReview.of, services.reviews.of(item_id))),
        chain=tuple(_chain(services, copies)),
        revisions=tuple(versions.of(services, item_id, article)),
        recheck=versions.last(services, item_id),
    )


@dataclass(frozen=True, slots=True)
class Revisions(Document):
    """The earlier versions of an article, the first one first, and what came of the last recheck."""

    item_id: int
    revisions: tuple[Revision, ...]
    recheck: LastRecheck | None


def revisions(services: Services, item_id: int) -> Revisions:
    """What `show` tells of earlier versions, alone. Raises NotFound, Unavailable."""
    if not services.viewer_ledger.items_of([item_id]):
        raise NotFound(f"expected the number of an item, got {item_id}")
    article = next(iter(services.articles.of([item_id])), None)
    return Revisions(item_id, tuple(versions.of(services, item_id, article)), versions.last(services, item_id))


def revision(services: Services, which: int | Entry, number: int) -> Revision:
    """One earlier version of an article, with its text. Raises NotFound, Unavailable."""
    item_id = which if isinstance(which, int) else _of_entry(services, which)
    article = next(iter(services.articles.of([item_id])), None)
    return versions.one(services, item_id, number, article)


def _of_entry(services: Services, entry: Entry) -> int:
    found = services.viewer_ledger.items_of_key(entry.key)
    if not found:
        raise NotFound(f"expected a URL that was accepted, got {entry.url!r}")
    return min(found, key=lambda row: (row.kind != "article", row.item_id)).item_id


def _labels(article: Result) -> ShownLabels:
    return ShownLabels(
        *(tuple(article.topics or ()), article.primary_topic, article.source_type, article.language_supported),
        *(article.labelled_by, article.labelled_at, article.model_said),
    )


def _copies(found: Sequence[StoredCopy], item_id: int, original: int | None) -> Sequence[Copy]:
    """The copies of an item; for a duplicate, its original and the other copies of that."""
    own = next((copy.simhash for copy in found if copy.item_id == (original or item_id)), None)
    shown = [
        Copy(
            *(copy.item_id, copy.url, copy.outlet, copy.title, copy.state, copy.published_at or None, copy.fetched_at),
            alike=_alike(own, copy.simhash) if copy.state == "stored" else 1.0,
        )
        for copy in found
        if copy.item_id != item_id
    ]
    return sorted(shown, key=lambda copy: order(copy.published_at, copy.fetched_at, copy.item_id))


def _chain(services: Services, found: Sequence[StoredCopy]) -> Iterator[ChainLink]:
    """Who was first, who copied, and how much."""
    if len(found) < 2:
        return
    first, *others = sorted(found, key=lambda copy: order(copy.published_at, copy.fetched_at, copy.item_id))
    texts = {item_id: words_of(text) for item_id, text in services.articles.texts_of([copy.item_id for copy in found]).items()}
    original = texts.get(first.item_id) or texts.get(first.duplicate_of or 0)
    for copy in (first, *others):
        text = texts.get(copy.item_id) or texts.get(copy.duplicate_of or 0)
        common = 1.0 if copy is first else None if text is None or original is None else round(common_share(text, original), 3)
        after = _seconds(first.published_at, copy.published_at)
        where = (copy.item_id, copy.url, copy.outlet, copy.state, copy.published_at or None, copy.fetched_at)
        yield ChainLink(*where, first=copy is first, after_s=after, common=common)


def _seconds(since: str | None, until: str | None) -> float | None:
    """From one time of day to another."""
    if not since or not until or min(len(since), len(until)) <= len("2024-03-22"):
        return None
    return (datetime.fromisoformat(until) - datetime.fromisoformat(since)).total_seconds()


def _alike(own: str | None, other: str | None) -> float | None:
    if own is None or other is None:
        return None
    return round(1 - (int(own, 16) ^ int(other, 16)).bit_count() / SIMHASH_BITS, 3)
