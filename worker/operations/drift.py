"""Compare this week's labels with those of the four weeks before and with the seeds that the model was trained on."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from worker.bootstrap import Services
from worker.errors import UsageError
from worker.models import drift
from worker.models.drift import BEFORE, WEEK, Reference, Shares
from worker.operations.document import Document
from worker.storage.label_counts import LabelCounts, rates


@dataclass(frozen=True, slots=True)
class ScoreShift(Document):
    """By topic, how much the distribution of this week's probabilities differs (population stability index); None: not comparable."""

    weeks_before: Mapping[str, float] | None
    training: Mapping[str, float] | None


@dataclass(frozen=True, slots=True)
class DriftReport(Document):
    """Labels and words of this week, of the four weeks before, and of held-out seeds."""

    week: Shares
    weeks_before: Shares
    training: Reference | None
    """None for a model that kept no reference."""
    score_shift: ScoreShift
    warnings: tuple[str, ...]
    """A line for each figure that has left its range."""


def report(services: Services) -> DriftReport:
    """The drift of what was stored until now. Raises Unavailable."""
    now = time.time()
    week, before = rates(services.engine, now - WEEK, now), rates(services.engine, now - WEEK - BEFORE, now - WEEK)
    return compare(week, before, _reference(services))


def _reference(services: Services) -> Reference | None:
    try:
        kept = services.model_note.reference
    except UsageError:  # the workers report a model that cannot be read
        return None
    return Reference.of(kept) if kept else None


def compare(now: LabelCounts, before: LabelCounts, reference: Reference | None) -> DriftReport:
    """The counts of a week and of the weeks before as shares, compared with each other and with the reference."""
    week, weeks = drift.shares(now), drift.shares(before)
    shift = ScoreShift(
        drift.shifts(week.topics, weeks.topics) if before.articles else None,
        drift.shifts(week.topics, reference.topics) if reference else None,
    )
    return DriftReport(week, weeks, reference, shift, tuple(drift.warnings(now, before, reference)))
