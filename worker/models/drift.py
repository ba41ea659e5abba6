"""Judge drift: whether this week's words, scores and labels still look like those of earlier weeks and of the training."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class WordShare:
    """Unknown words in the articles of one language: `mean` is the mean share of an article's words."""

    articles: int
    mean: float


@dataclass(frozen=True, slots=True)
class SeedWordShare:
    """The same of held-out seeds; `p95` is the share that 19 of 20 seeds do not exceed."""

    articles: int
    mean: float
    p95: float


@dataclass(frozen=True, slots=True)
class LabelShares:
    """One topic: shares of its decisions, its mean probability, and the share of probabilities in each of equal bins."""

    yes: float
    unsure: float
    mean_probability: float
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Shares:
    """A stretch of time: `unsupported` is the share of articles in languages that no seed has; words by language, labels by topic."""

    articles: int
    unsupported: float
    unknown_words: Mapping[str, WordShare]
    topics: Mapping[str, LabelShares]
    stored: int | None = None
    """How many articles there were, at least, where the shares are of a sample of `articles`; None where they are of all."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What a model's manifest keeps of held-out seeds (classifier.training.reference): words by language, labels by topic."""

    unknown_words: Mapping[str, SeedWordShare]
    topics: Mapping[str, LabelShares]

    @classmethod
    def of(cls, kept: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Reference:
        """From the manifest's JSON."""
        words = {language: SeedWordShare(row["articles"], row["mean"], row["p95"]) for language, row in kept["unknown_words"].items()}
        topics = {
            label: LabelShares(row["yes"], row["unsure"], row["mean_probability"], tuple(row["scores"]))
            for label, row in kept["topics"].items()
        }
        return cls(words, topics)


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
        both = sorted(set(now.mean_probability) & set(before.mean_probability))  # a topic of a new model has no rate of before
        found += [line for label in both if (line := _moved(label, now, before))]
        found += _shifted(now, before)
    return found


def _in_doubt(label: str, now: LabelCounts, reference: Reference | None) -> str | None:
    here = share(now.unsure[label], now.articles)
    seeds = reference.topics.get(label) if reference else None
    usual = seeds.unsure if seeds else None
    if here <= (UNSURE if usual is None else DOUBT * max(usual, LEAST)):
        return None
    beside = "" if usual is None else f", {usual:.0%} of those on held-out seeds"
    return f"{here:.0%} of this week's decisions on {label} are in doubt{beside}: label some with `pressmark review`"


def _strange_words(now: LabelCounts, before: LabelCounts, reference: Reference | None) -> Iterator[str]:
    """Words are held against held-out seeds and earlier weeks of the same language: scripts without spaces have far more."""
    common = reference.unknown_words if reference else {}
    for language, (articles, mean) in sorted(now.unknown_words.items()):
        count, was = before.unknown_words.get(language, (0, 0.0))
        share_now = f"{mean:.0%} of the words of this week's articles in {language} are unknown to the model"
        if articles >= FEWEST and language in common and mean > common[language].p95:
            yield f"{share_now}, more than in 19 of 20 seeds ({common[language].p95:.0%}): add seeds of these outlets"
        elif min(articles, count) >= FEWEST and mean > STRANGER * was:
            yield f"{share_now}, {was:.0%} in the four weeks before: a new subject, or a new kind of source"


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
    for label, shift in sorted(shifts(shares(now).topics, shares(before).topics).items()):
        if shift > SHIFT + (len(now.scores[label]) - 1) * chance:
            yield f"the probabilities of {label} are spread otherwise than in the four weeks before (index {shift:.2f}): look at some"


def shifts(these: Mapping[str, LabelShares], those: Mapping[str, LabelShares]) -> dict[str, float]:
    """By topic that both have, the population stability index between two distributions of scores."""
    return {label: stability(this.scores, those[label].scores) for label, this in these.items() if label in those}


def stability(these: Sequence[float], those: Sequence[float]) -> float:
    """The population stability index of two lists of shares, bin by bin; 0 where they are alike."""
    pairs = ((max(a, TINY), max(b, TINY)) for a, b in zip(these, those, strict=True))
    return round(sum((a - b) * math.log(a / b) for a, b in pairs), 4)


def share(count: int, total: int) -> float:
    """A part of a whole; 0 of nothing."""
    return count / total if total else 0.0


def shares(counts: LabelCounts) -> Shares:
    """Counts as shares, rounded to four digits."""
    words = {name: WordShare(articles, round(mean, 4)) for name, (articles, mean) in sorted(counts.unknown_words.items())}
    topics = {label: _label_shares(counts, label) for label in sorted(counts.mean_probability)}
    return Shares(counts.articles, round(share(counts.unsupported, counts.articles), 4), words, topics, counts.stored)


def _label_shares(counts: LabelCounts, label: str) -> LabelShares:
    return LabelShares(
        yes=round(share(counts.yes.get(label, 0), counts.articles), 4),
        unsure=round(share(counts.unsure.get(label, 0), counts.articles), 4),
        mean_probability=round(counts.mean_probability[label], 4),
        scores=tuple(round(share(count, counts.articles), 4) for count in counts.scores.get(label, ())),
    )
