"""Drift judged: whether this week's words, scores and labels are still of the kind that came before, and that the model was trained for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from worker.storage.label_counts import LabelCounts

WEEK = 7 * 86400.0
BEFORE = 4 * WEEK
"""What a week is compared with: long enough that one busy week does not set the measure."""
FEWEST = 100
"""Articles under which a rate says nothing: its chance error alone is ten percent."""
SIGMAS = 4.0
"""Standard errors of the difference: among some ten rates looked at daily, chance alone trips it less than once in a year."""
DOUBT = 3.0
"""Times as many doubtful decisions as on held-out seeds, and real texts show as few: some four standard errors at a hundred articles."""
UNSURE = 0.25
"""Share of doubtful decisions from which a model without a reference is out of its depth: several times what any seeds show."""
LEAST = 0.03
"""Usual share of doubt below which a handful of articles would be three times as many."""
UNSUPPORTED = 0.2
"""Share of articles in languages that no seed speaks."""
STRANGER = 1.25
"""Times as many unknown words as in the weeks before: at a hundred articles that is seven standard errors."""
SHIFT = 0.25
"""Population stability index from which two distributions of scores are called different (Siddiqi 2006)."""
TINY = 1e-3
"""Share that an empty bin is taken for, since the index divides by it: a tenth of an article in a hundred."""

Reference = Mapping[str, Any]
"""What the manifest of a model tells of held-out seeds (classifier.training.reference)."""


def document(now: LabelCounts, before: LabelCounts, reference: Reference | None) -> dict[str, Any]:
    """Three stretches as shares, for `status --json` and metrics; `training` is null for a model that kept no reference."""
    week, weeks = _shares(now), _shares(before)
    return {
        "week": week,
        "weeks_before": weeks,
        "training": reference,
        "score_shift": {
            "weeks_before": _shifts(week, weeks) if before.articles else None,
            "training": _shifts(week, reference) if reference else None,
        },
        "warnings": warnings(now, before, reference),
    }


def warnings(now: LabelCounts, before: LabelCounts, reference: Reference | None) -> list[str]:
    """One line for each figure that has left its range; none where there is too little to judge.

    Label rates and scores are held against the weeks before alone: seeds are balanced by hand, and the news are not.
    """
    if now.articles < FEWEST:
        return []
    found = [line for label in sorted(now.unsure) if (line := _in_doubt(label, now, reference))]
    if share(now.unsupported, now.articles) > UNSUPPORTED:
        found.append(f"{share(now.unsupported, now.articles):.0%} of this week's articles are in a language that no seed speaks")
    found += _strange_words(now, before, reference)
    if before.articles >= FEWEST:
        found += [line for label in sorted(now.mean_probability) if (line := _moved(label, now, before))]
        found += _shifted(now, before)
    return found


def _in_doubt(label: str, now: LabelCounts, reference: Reference | None) -> str | None:
    here = share(now.unsure[label], now.articles)
    usual = reference["topics"].get(label, {}).get("unsure") if reference else None
    if here <= (UNSURE if usual is None else DOUBT * max(usual, LEAST)):
        return None
    beside = "" if usual is None else f", {usual:.0%} of those on held-out seeds"
    return f"{here:.0%} of this week's decisions on {label} are in doubt{beside}: label some with `pressmark review`"


def _strange_words(now: LabelCounts, before: LabelCounts, reference: Reference | None) -> Iterator[str]:
    """Words are held against held-out seeds and earlier weeks of the same language: scripts without spaces have far more."""
    common = reference["unknown_words"] if reference else {}
    for language, (articles, mean) in sorted(now.unknown_words.items()):
        count, was = before.unknown_words.get(language, (0, 0.0))
        told = f"{mean:.0%} of the words of this week's articles in {language} are unknown to the model"
        if articles >= FEWEST and language in common and mean > common[language]["p95"]:
            yield f"{told}, more than in 19 of 20 seeds ({common[language]['p95']:.0%}): add seeds of these outlets"
        elif min(articles, count) >= FEWEST and mean > STRANGER * was:
            yield f"{told}, {was:.0%} in the four weeks before: a new subject, or a new kind of source"


def _moved(label: str, now: LabelCounts, before: LabelCounts) -> str | None:
    """Two proportions compared by their pooled standard error."""
    here, there = share(now.yes.get(label, 0), now.articles), share(before.yes.get(label, 0), before.articles)
    pooled = share(now.yes.get(label, 0) + before.yes.get(label, 0), now.articles + before.articles)
    error = math.sqrt(max(pooled * (1 - pooled), 1e-6) * (1 / now.articles + 1 / before.articles))
    if abs(here - there) <= SIGMAS * error:
        return None
    return f"{label} is {here:.0%} of this week's articles, {there:.0%} of the four weeks before: news, or the model has drifted"


def _shifted(now: LabelCounts, before: LabelCounts) -> Iterator[str]:
    """What chance alone gives on average, bins - 1 times the sum of 1/articles (Yurdakul 2018), is allowed for."""
    chance = 1 / now.articles + 1 / before.articles
    for label, shift in sorted(_shifts(_shares(now), _shares(before)).items()):
        if shift > SHIFT + (len(now.scores[label]) - 1) * chance:
            yield f"the probabilities of {label} are spread otherwise than in the four weeks before (index {shift:.2f}): look at some"


def _shifts(these: Mapping[str, Any], those: Mapping[str, Any]) -> dict[str, float]:
    """By topic the population stability index between two distributions of scores."""
    other = those["topics"]
    return {label: stability(told["scores"], other[label]["scores"]) for label, told in these["topics"].items() if label in other}


def stability(these: Sequence[float], those: Sequence[float]) -> float:
    """The population stability index of two lists of shares, bin by bin; 0 where they are alike."""
    pairs = ((max(a, TINY), max(b, TINY)) for a, b in zip(these, those, strict=True))
    return round(sum((a - b) * math.log(a / b) for a, b in pairs), 4)


def share(count: int, total: int) -> float:
    """A part of a whole; 0 of nothing."""
    return count / total if total else 0.0


def _shares(rates: LabelCounts) -> dict[str, Any]:
    return {
        "articles": rates.articles,
        "unsupported": round(share(rates.unsupported, rates.articles), 4),
        "unknown_words": {name: {"articles": count, "mean": round(mean, 4)} for name, (count, mean) in sorted(rates.unknown_words.items())},
        "topics": {
            label: {
                "yes": round(share(rates.yes.get(label, 0), rates.articles), 4),
                "unsure": round(share(rates.unsure.get(label, 0), rates.articles), 4),
                "mean_probability": round(mean, 4),
                "scores": [round(share(count, rates.articles), 4) for count in rates.scores.get(label, ())],
            }
            for label, mean in sorted(rates.mean_probability.items())
        },
    }
