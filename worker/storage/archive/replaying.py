"""Judge what kept pages say today beside what is stored of them, and put it in its place; the states of items do not change."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import Connection, func, insert, select

from classifier.labels import Labels
from worker.messages import Extracted, Labelled, Relabelled
from worker.results import ARTICLE_FIELDS, Flip, day_of
from worker.storage import articles, model_registry, relabelling, transitions
from worker.storage.archive import replacement
from worker.storage.database import one_of, reading, writing
from worker.storage.duplicates import Duplicates
from worker.storage.item_rules import ItemRules, one_line
from worker.storage.ledger_base import LedgerBase
from worker.storage.revisions import outcome, versions
from worker.storage.revisions.outcome import Verdict
from worker.storage.revisions.versions import Decisions, Stored
from worker.storage.tables import articles as stored
from worker.storage.tables import labels, outbox
from worker.storage.values import State

Became = Literal["revised", "relabelled", "unchanged", "kept"]
COMPARED = (*(name for name in ARTICLE_FIELDS if name != "extractor"), "opt_outs", "content_sha256")
"""Columns by which a page is said to give another article. Another version of the program alone makes none."""
DAY = "published_on"


@dataclass(frozen=True, slots=True)
class Judged:
    """What a kept page makes of its article."""

    item_id: int
    became: Became
    """`revised`: another article, or labels that flip; `relabelled`: labels of another model that say the same; `kept`: the stored
    article stays for this reason."""
    reason: str | None = None
    detail: str | None = None
    fields: tuple[str, ...] = ()
    """Columns that differ."""
    flips: tuple[Flip, ...] = ()
    cluster: int = 0


class Replaying(LedgerBase):
    """The side of the ledger that reads kept pages again. Every method raises Unavailable."""

    def judge(self, batch: Sequence[Labelled]) -> list[Judged]:
        """What `write` would do, in the order of the batch; writes nothing."""
        with reading(self._engine) as connection:
            return _judged(connection, batch)

    def write(self, batch: Sequence[Labelled]) -> list[Judged]:
        """Judges and writes a batch in one transaction; what was there before is kept as revisions."""
        with writing(self._engine) as connection:
            judged = _judged(connection, batch)
            _write(connection, self._rules(), batch, judged)
            return judged


@dataclass(frozen=True, slots=True)
class _Standing:
    """A stored article, and who gave its labels."""

    known: Stored
    fetched_at: str
    columns: Mapping[str, object]
    """Those of COMPARED."""
    model_id: str | None
    model_sha256: str | None
    labelled_by: str | None


def _standing(connection: Connection, item_ids: Collection[int]) -> dict[int, _Standing]:
    c = stored.c
    of_labels = (labels.c.model_id, labels.c.model_sha256, labels.c.labelled_by, c.published_at)
    query = select(c.item_id, c.content_sha256, c.title, func.length(c.text), c.fetched_at, *of_labels, *(c[name] for name in COMPARED))
    found = {}
    for item_id, sha256, title, length, fetched_at, model_id, model_sha256, by, published_at, *columns in connection.execute(
        query.outerjoin(labels, labels.c.item_id == c.item_id).where(one_of(c.item_id, item_ids))
    ):
        of_article = dict(zip(COMPARED, columns, strict=True))
        of_article[DAY] = of_article[DAY] or day_of(published_at)  # as Results of rows before revision 0007 have it
        found[item_id] = _Standing(Stored(sha256, title, length), fetched_at, of_article, model_id, model_sha256, by)
    return found


def _judged(connection: Connection, batch: Sequence[Labelled]) -> list[Judged]:
    ids = [one.extracted.item_id for one in batch]
    found = transitions.load(connection, ids)
    standing = _standing(connection, ids)
    decided = versions.decisions(connection, ids)
    copies, rank = Duplicates(connection, [one.extracted for one in batch]), model_registry.ranking(connection)
    judged = []
    for one in batch:
        item_id = one.extracted.item_id
        item, now = found.get(item_id), standing.get(item_id)
        if item is None or now is None or item.state != State.STORED:
            judged.append(Judged(item_id, "kept", None, "it is being fetched again, or was taken out"))
            continue
        original = copies.original(item_id, one.extracted.content_sha256)
        made = _compared(one, now, decided[item_id], original, rank)
        if made.became == "revised":
            made = replace(made, cluster=copies.claim(item_id, one.extracted))
        judged.append(made)
    return judged


def _compared(one: Labelled, now: _Standing, decided: Decisions, original: int | None, rank: Callable[[str], int]) -> Judged:
    """The article that a page gives today beside the stored one, and the labels that count."""
    item_id, by_hand = one.extracted.item_id, now.labelled_by is not None
    if (said := _stays(one.extracted, now, original)) is not None:
        return Judged(item_id, "kept", said.reason, said.detail)
    if now.model_id is not None and rank(one.labels.model.id) < rank(now.model_id):
        return Judged(item_id, "kept", None, f"the model {now.model_id} that labelled it was promoted later")
    new = articles.article_row(one.extracted, 0, 0.0)
    fields = tuple(name for name in COMPARED if now.columns[name] != new[name])
    flips = () if by_hand else _flips(decided, one.labels)
    if fields or flips:
        return Judged(item_id, "revised", None, None, fields, flips)
    same = by_hand or now.model_sha256 == one.labels.model.sha256
    return Judged(item_id, "unchanged" if same else "relabelled")


def _stays(found: Extracted, now: _Standing, original: int | None) -> Verdict | None:
    """Why the page does not replace the article: its text is another item's; or it is a later answer than the article's own, and a
    recheck has left that aside, too."""
    said = outcome.verdict(now.known, found, original)
    if said is None or said.outcome != "kept":
        return None
    return said if original is not None or found.fetched_at != now.fetched_at else None


def _flips(before: Decisions, given: Labels) -> tuple[Flip, ...]:
    after = {topic.label: topic.decision for topic in given.topics} | {"source_type": given.source_type.label or "none"}
    return tuple(versions.flips_between(before, after))


def _write(connection: Connection, rules: ItemRules, batch: Sequence[Labelled], judged: Sequence[Judged]) -> None:
    pairs = list(zip(batch, judged, strict=True))
    revised = [(one, said) for one, said in pairs if said.became == "revised"]
    changed = {said.item_id: one_line(f"its kept page was read again: {', '.join(said.fields) or 'labels'}") or "" for _, said in revised}
    query = select(stored.c.item_id, stored.c.stored_at).where(one_of(stored.c.item_id, changed))
    since: dict[int, float] = dict(connection.execute(query).all()) if changed else {}  # nothing new has come in
    written = [(one, said.cluster) for one, said in revised]
    _, events = replacement.write(connection, rules.settings, written, changed, rules.now, stored_at=since)
    transitions.record(connection, events)
    if changed:
        connection.execute(insert(outbox), [{"item_id": item_id} for item_id in sorted(changed)])
    again = [Relabelled(said.item_id, one.labels, one.label_ms) for one, said in pairs if said.became == "relabelled"]
    relabelling.apply(connection, again)
