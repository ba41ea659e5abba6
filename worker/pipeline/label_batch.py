"""Label a batch of articles within a budget; where the batch fails, one by one, so that only the article at fault gets a strike."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from classifier.labels import Labels
from worker.logs import fields
from worker.messages import Extracted, Labelled, Outcome, Relabel, Relabelled, Struck
from worker.models.labeller import Document, document_of
from worker.reasons import Reason
from worker.sandbox.budget import Budget

log = logging.getLogger(__name__)

T = TypeVar("T")


class LabelsTexts(Protocol):
    """What this stage needs of a model."""

    def label(self, items: Sequence[Document]) -> list[Labels]:
        """Labels, one for each document."""


def labelled(batch: Sequence[Extracted], model: LabelsTexts, budget: Budget) -> list[Outcome]:
    """The outcome of each article, in order; the batch, and then each article alone, may use all of `budget`."""
    return list(together_or_alone(batch, model, budget, _struck))


def together_or_alone(
    batch: Sequence[Extracted], model: LabelsTexts, budget: Budget, failed: Callable[[Extracted, Exception], T]
) -> list[Labelled | T]:
    """The articles with their labels, in order: as a batch, or where that fails one by one.

    `failed` says what becomes of an article that cannot be labelled alone either: whatever it makes the model raise is its fault.
    """
    try:
        return [*_together(batch, model, budget)] if batch else []
    except Exception:  # noqa: BLE001 - the article at fault is looked for, and told with its error
        log.info("a batch of %d articles cannot be labelled, they are labelled one by one", len(batch), extra=fields(stage="label"))
        return [_alone(item, model, budget, failed) for item in batch]


def _together(batch: Sequence[Extracted], model: LabelsTexts, budget: Budget) -> list[Labelled]:
    """Raises whatever the batch makes the model raise, OverBudget and MemoryError too."""
    started = time.monotonic()
    with budget.kept():
        labels = model.label([document_of(item.article) for item in batch])
    ms = round((time.monotonic() - started) * 1000 / max(1, len(batch)))
    return [Labelled(item, given, ms) for item, given in zip(batch, labels, strict=True)]


def _alone(item: Extracted, model: LabelsTexts, budget: Budget, failed: Callable[[Extracted, Exception], T]) -> Labelled | T:
    try:
        return _together([item], model, budget)[0]
    except Exception as error:  # noqa: BLE001 - as above
        return failed(item, error)


def what_failed(error: Exception) -> str:
    """Why an article cannot be labelled, as the ledger and reports have it."""
    return f"the labeller failed: {type(error).__name__}: {error}"[:500]


def _struck(item: Extracted, error: Exception) -> Struck:
    host = item.host.host if item.host else None
    about = fields(item=item.item_id, host=host, stage="label", reason=Reason.POISON.word, url=item.article.url)
    log.error("label failed, a strike against the page", extra=about, exc_info=error)
    return Struck(item.item_id, item.token, what_failed(error), item.host)


def relabelled(texts: Sequence[Relabel], model: LabelsTexts, budget: Budget) -> list[Outcome]:
    """New labels for stored texts; a text that cannot be labelled keeps its old ones."""
    outcomes: list[Outcome] = []
    for text in texts:
        started = time.monotonic()
        try:
            with budget.kept():
                labels = model.label([document_of(text)])[0]
        except Exception:
            log.exception("stored text cannot be labelled again", extra=fields(item=text.item_id, stage="label", url=text.url))
        else:
            outcomes.append(Relabelled(text.item_id, labels, round((time.monotonic() - started) * 1000)))
    return outcomes
