"""Read a kept page again as the pipeline reads it: in a process with limits; labels within a budget."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from worker.config import Settings
from worker.errors import ItemFailed
from worker.messages import Extracted, Http, Labelled, Page
from worker.models.labeller import Labeller
from worker.operations.extract_pages import extract
from worker.pipeline.label_batch import together_or_alone, what_failed
from worker.reasons import Reason
from worker.sandbox.budget import Budget
from worker.sandbox.pool import ParsePool

Progress = Callable[[int], None]
"""Is called with how many pages are done."""
AT_ONCE = 32
"""Pages read and labelled together, and written in one transaction: they share the fixed cost of a prediction, and the pipeline's writers
wait only some tens of milliseconds."""


def extracted(pool: ParsePool, page: Page, item_id: int, *, refuse_opt_outs: bool) -> Extracted:
    """The article that the page gives today, as a fetch worker would send it on. Raises ItemFailed, Unavailable."""
    http = Http(page.status, page.etag, page.last_modified, page.ms, page.wire_bytes)
    return extract(pool, page).extracted(page, http, item_id=item_id, refuse_opt_outs=refuse_opt_outs)


def with_labels(batch: Sequence[Extracted], labeller: Labeller, settings: Settings) -> list[Labelled | ItemFailed]:
    """Each with its labels, or why it could not be labelled, in order; a batch that fails is labelled one by one, as in the pipeline."""
    budget = Budget(settings.label_cpu, settings.label_memory)
    return together_or_alone(batch, labeller, budget, lambda _, error: ItemFailed(Reason.POISON, what_failed(error)))
