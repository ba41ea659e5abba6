"""Read a kept page again as the pipeline reads it: in a process with limits; labels within a budget."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from worker.config import Settings
from worker.errors import ItemFailed
from worker.messages import Extracted, Http, Labelled, Page
from worker.models.labeller import Labeller
from worker.operations.extract_pages import extract
from worker.pipeline.label_batch import together
from worker.reasons import Reason
from worker.sandbox.budget import Budget
from worker.sandbox.pool import ParsePool

Progress = Callable[[int], None]
"""Is called with how many pages are done."""
AT_ONCE = 32
"""Pages read and labelled together, and written in one transaction: it spreads the fixed cost of a prediction, and a writer of the
pipeline waits some tens of milliseconds for it."""


def extracted(pool: ParsePool, page: Page, item_id: int, *, refuse_opt_outs: bool) -> Extracted:
    """The article that the page gives today, as a fetch worker would send it on. Raises ItemFailed, Unavailable."""
    http = Http(page.status, page.etag, page.last_modified, page.ms, page.wire_bytes)
    return extract(pool, page).extracted(page, http, item_id=item_id, refuse_opt_outs=refuse_opt_outs)


def with_labels(batch: Sequence[Extracted], labeller: Labeller, settings: Settings) -> list[Labelled | ItemFailed]:
    """Each with its labels, or why it could not be labelled, in order; a batch that fails is labelled one by one, as in the pipeline."""
    budget = Budget(settings.label_cpu, settings.label_memory)
    try:
        return list(together(batch, labeller, budget)) if batch else []
    except Exception:  # noqa: BLE001 - whatever a text makes the model raise is that text's fault
        return [_alone(one, labeller, budget) for one in batch]


def _alone(article: Extracted, labeller: Labeller, budget: Budget) -> Labelled | ItemFailed:
    try:
        return together([article], labeller, budget)[0]
    except Exception as error:  # noqa: BLE001 - as above
        return ItemFailed(Reason.POISON, f"the labeller failed: {type(error).__name__}: {error}"[:500])
