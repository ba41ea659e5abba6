"""Drift judged: whether this week's labels are still of the kind that came before, and that the model was trained for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from worker.storage.rates import Rates

WEEK = 7 * 86400.0
BEFORE = 4 * WEEK
"""What a week is compared with: long enough that one busy week does not set the measure."""
FEWEST = 100
"""Articles under which a rate says nothing: its chance error alone is ten percent."""
SIGMAS = 4.0
"""Standard errors of the difference: among some ten rates looked at daily, chance alone trips it less than once in a year."""
UNSURE = 0.25
"""Share of doubtful decisions from which the model is out of its depth: three times what held-out seeds show."""
UNSUPPORTED = 0.2
"""Share of articles in languages that no seed speaks."""


def document(now: Rates, before: Rates) -> dict[str, Any]:
    """Both stretches as shares, for `status --json` and metrics."""
    return {"week": _shares(now), "weeks_before": _shares(before), "warnings": warnings(now, before)}


def warnings(now: Rates, before: Rates) -> list[str]:
    """One line for each figure that has left its range; none where there is too little to judge."""
    if now.articles < FEWEST:
        return []
    found = [
        f"{share(count, now.articles):.0%} of this week's decisions on {label} are in doubt: label some with `pressmark review`"
        for label, count in sorted(now.unsure.items())
        if share(count, now.articles) > UNSURE
    ]
    if share(now.unsupported, now.articles) > UNSUPPORTED:
        found.append(f"{share(now.unsupported, now.articles):.0%} of this week's articles are in a language that no seed speaks")
    if before.articles >= FEWEST:
        found += [line for label in sorted(now.mean_probability) if (line := _moved(label, now, before))]
    return found


def _moved(label: str, now: Rates, before: Rates) -> str | None:
    """Two proportions compared by their pooled standard error."""
    here, there = share(now.yes.get(label, 0), now.articles), share(before.yes.get(label, 0), before.articles)
    pooled = share(now.yes.get(label, 0) + before.yes.get(label, 0), now.articles + before.articles)
    error = math.sqrt(max(pooled * (1 - pooled), 1e-6) * (1 / now.articles + 1 / before.articles))
    if abs(here - there) <= SIGMAS * error:
        return None
    return f"{label} is {here:.0%} of this week's articles, {there:.0%} of the four weeks before: news, or the model has drifted"


def share(count: int, total: int) -> float:
    """A part of a whole; 0 of nothing."""
    return count / total if total else 0.0


def _shares(rates: Rates) -> Mapping[str, Any]:
    return {
        "articles": rates.articles,
        "unsupported": round(share(rates.unsupported, rates.articles), 4),
        "topics": {
            label: {
                "yes": round(share(rates.yes.get(label, 0), rates.articles), 4),
                "unsure": round(share(rates.unsure.get(label, 0), rates.articles), 4),
                "mean_probability": round(mean, 4),
            }
            for label, mean in sorted(rates.mean_probability.items())
        },
    }
