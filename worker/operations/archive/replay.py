"""Read the kept pages of stored articles again, without fetching: show what would change, or put it in place of what is stored.

What stood there is kept as a revision, and labels that flip are told as after a recheck. A second call finds nothing to change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Literal

from worker.archive.page_archive import PageArchive
from worker.bootstrap import Services
from worker.errors import ItemFailed, UsageError
from worker.messages import Extracted, Labelled
from worker.operations.archive import rereading
from worker.operations.archive.rereading import Progress
from worker.operations.archive.selection import Selection, chosen
from worker.operations.audit import record
from worker.operations.document import Document
from worker.results import Flip
from worker.sandbox.pool import ParsePool
from worker.storage.archive.kept_articles import KeptArticles
from worker.storage.archive.replaying import Judged, Replaying


@dataclass(frozen=True, slots=True)
class Change(Document):
    """What one article becomes when its kept page is read again."""

    item_id: int
    became: Literal["revised", "relabelled", "kept", "failed", "lost"]
    """`revised`: the article differs, or labels flip. `relabelled`: the labels of another model, which say the same. In all other cases
    the stored article stays: `kept` (for the reason in `detail`), `failed` (no article is found in the page today), `lost` (the kept page
    is damaged or its file is gone)."""
    reason: str | None
    """A word of the closed list."""
    detail: str | None
    fields: tuple[str, ...]
    """Fields of the article that differ."""
    flips: tuple[Flip, ...]
    """Labels that differ."""


@dataclass(frozen=True, slots=True)
class FlipCount(Document):
    """How many articles have one label flipped in one way."""

    label: str
    before: str
    after: str
    articles: int


@dataclass(frozen=True, slots=True)
class Replayed(Document):
    """What a replay changed, or (`dry_run`) would change."""

    dry_run: bool
    model: str
    selected: int
    """Articles; each is counted in exactly one of the next seven fields."""
    revised: int
    relabelled: int
    unchanged: int
    kept: int
    failed: int
    lost: int
    without_page: int
    """Articles of which no page is kept."""
    fields: dict[str, int]
    """By field, in how many articles it differs."""
    flips: tuple[FlipCount, ...]
    changes: tuple[Change, ...]
    """One for each article that is not unchanged and has a page."""


@dataclass
class _Tally:
    """What was found so far."""

    selected: int = 0
    became: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    flips: Counter[Flip] = field(default_factory=Counter)
    changes: list[Change] = field(default_factory=list)

    def add(self, found: Iterable[Change | Judged]) -> None:
        for one in found:
            self.became[one.became] += 1
            self.fields.update(one.fields)
            self.flips.update(one.flips)
            if one.became != "unchanged":
                self.changes.append(Change(one.item_id, one.became, one.reason, one.detail, one.fields, one.flips))

    def report(self, model: str, *, dry_run: bool) -> Replayed:
        return Replayed(
            dry_run=dry_run,
            model=model,
            selected=self.selected,
            revised=self.became["revised"],
            relabelled=self.became["relabelled"],
            unchanged=self.became["unchanged"],
            kept=self.became["kept"],
            failed=self.became["failed"],
            lost=self.became["lost"],
            without_page=self.selected - self.became.total(),
            fields=dict(self.fields.most_common()),
            flips=tuple(FlipCount(flip.label, flip.before, flip.after, count) for flip, count in self.flips.most_common()),
            changes=tuple(sorted(self.changes, key=lambda change: change.item_id)),
        )


def replay(services: Services, which: Selection, progress: Progress, *, dry_run: bool, who: str | None = None) -> Replayed:
    """Reads the kept pages of these articles again; with `dry_run` nothing is written.

    Every AT_ONCE of them are one transaction, so that the next call continues one that was stopped. Raises UsageError, NotFound,
    Unavailable.
    """
    ids, tally = chosen(services, which), _Tally()
    with closing(ParsePool(services.settings)) as pool:
        replayer = _Replayer(services, pool)
        while group := list(islice(ids, rereading.AT_ONCE)):
            tally.selected += len(group)
            tally.add(replayer.read(group, write=not dry_run))
            progress(tally.selected)
    report = tally.report(services.labeller.model_id, dry_run=dry_run)
    if not dry_run:
        record(services, who, "replay", count=report.revised + report.relabelled, which={"job": which.job, "model": report.model})
    return report


class _Replayer:
    """Reads groups of pages, several at a time."""

    def __init__(self, services: Services, pool: ParsePool) -> None:
        self._services, self._settings = services, services.settings
        self._ledger = Replaying(services.engine, services.settings)
        self._kept = KeptArticles(services.engine)
        self._archive = PageArchive(services.settings)
        self._pool = pool

    def read(self, group: Sequence[int], *, write: bool) -> Iterator[Change | Judged]:
        """What each article becomes."""
        kept = self._kept.digests(group)
        with ThreadPoolExecutor(self._settings.parse_processes) as threads:
            read = list(threads.map(self._extracted, kept.items()))
        articles = [one for one in read if isinstance(one, Extracted)]
        found = rereading.with_labels(articles, self._services.labeller, self._settings)
        labelled = [one for one in found if isinstance(one, Labelled)]
        yield from (one for one in read if isinstance(one, Change))
        for article, one in zip(articles, found, strict=True):
            if isinstance(one, ItemFailed):
                yield _failed(article.item_id, one)
        yield from self._ledger.write(labelled) if write else self._ledger.judge(labelled)

    def _extracted(self, kept: tuple[int, str]) -> Extracted | Change:
        item_id, sha256 = kept
        lost = partial(Change, item_id, "lost", None, fields=(), flips=())
        try:
            page = self._archive.read(sha256)
            if page is None:
                return lost(detail="its file is gone")
            return rereading.extracted(self._pool, page, item_id, refuse_opt_outs=self._settings.refuse_opt_outs)
        except UsageError as damaged:
            return lost(detail=str(damaged))
        except ItemFailed as failed:
            return _failed(item_id, failed)


def _failed(item_id: int, failed: ItemFailed) -> Change:
    return Change(item_id, "failed", failed.reason.word, failed.detail or None, (), ())
