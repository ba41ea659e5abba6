"""Choose the articles to review that teach a model most: by doubt, rarity and variety."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from worker.results import Result

RARITY = 0.5
"""Weight of a rare topic beside doubt: half, since a sure rare article teaches less than a doubtful common one."""
SAMENESS = 0.4
"""Taken off for each article of the same outlet already chosen: three of one outlet weigh more than any doubt."""


def sample(articles: Sequence[Result], budget: int) -> list[Result]:
    """Up to `budget` of these stored articles, the one that teaches most first; never two of one cluster of near copies."""
    rarity = _rarity(articles)
    left = {article.item_id: (doubt(article) + RARITY * _rarest(article, rarity), article) for article in articles}
    chosen: list[Result] = []
    outlets: Counter[str] = Counter()
    clusters: set[int | None] = set()
    while left and len(chosen) < budget:
        best = max(left, key=lambda item_id: (left[item_id][0] - SAMENESS * outlets[left[item_id][1].outlet], item_id or 0))
        article = left.pop(best)[1]
        if article.cluster_id in clusters:
            continue
        chosen.append(article)
        clusters.add(article.cluster_id)
        outlets[article.outlet] += 1
    return chosen


def doubt(article: Result) -> float:
    """From 0 (sure of everything) to 1: how near the nearest topic is to its threshold, or how even the source types are."""
    topics = [1 - min(1.0, abs(topic.probability - topic.threshold) / 0.5) for topic in article.topics or []]
    probabilities = article.source_type.probabilities.values() if article.source_type else ()
    best = sorted(probabilities, reverse=True)[:2]
    even = 1 - (best[0] - best[1]) if len(best) == 2 else 1.0
    return float(max([*topics, even, 0.0]))


def _rarity(articles: Iterable[Result]) -> dict[str, float]:
    """For each topic the share of articles without it."""
    counts: Counter[str] = Counter()
    total = 0
    for article in articles:
        total += 1
        counts.update(_possible(article))
    return {topic: 1 - number / total for topic, number in counts.items()}


def _rarest(article: Result, rarity: Mapping[str, float]) -> float:
    return max((rarity[topic] for topic in _possible(article)), default=0.0)


def _possible(article: Result) -> list[str]:
    """The topics that the model decided yes, or left unsure."""
    return [topic.label for topic in article.topics or [] if topic.decision != "no"]
