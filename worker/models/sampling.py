"""Picked for review: the articles that teach a model most, by doubt, rarity and variety."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
"""A Result of a stored article, in the contract's shape."""

RARITY = 0.5
"""Weight of a rare topic beside doubt: half, since a sure rare article teaches less than a doubtful common one."""
SAMENESS = 0.4
"""Taken off for each article of the same outlet already picked: three of one outlet weigh more than any doubt."""


def pick(rows: Sequence[Row], budget: int) -> list[Row]:
    """Up to `budget` rows, the most telling first; never two of one cluster of near copies."""
    rare = _rarity(rows)
    left = {row["item_id"]: (doubt(row) + RARITY * _rare(row, rare), row) for row in rows}
    picked: list[Row] = []
    outlets: Counter[str] = Counter()
    clusters: set[Any] = set()
    while left and len(picked) < budget:
        best = max(left, key=lambda item_id: (left[item_id][0] - SAMENESS * outlets[outlet(left[item_id][1])], item_id))
        row = left.pop(best)[1]
        if row["cluster_id"] in clusters:
            continue
        picked.append(row)
        clusters.add(row["cluster_id"])
        outlets[outlet(row)] += 1
    return picked


def doubt(row: Row) -> float:
    """From 0 (sure of everything) to 1: how near the nearest topic is to its threshold, or how even the source types are."""
    topics = [1 - min(1.0, abs(topic["probability"] - topic["threshold"]) / 0.5) for topic in row["topics"] or []]
    source = (row["source_type"] or {}).get("probabilities") or {}
    best = sorted(source.values(), reverse=True)[:2]
    even = 1 - (best[0] - best[1]) if len(best) == 2 else 1.0
    return float(max([*topics, even, 0.0]))


def outlet(row: Row) -> str:
    """Whose page it is."""
    return str(row["site_name"] or (row["final_url"] or "//").split("/")[2])


def _rarity(rows: Iterable[Row]) -> dict[str, float]:
    """For each topic the share of articles without it."""
    counts: Counter[str] = Counter()
    total = 0
    for row in rows:
        total += 1
        counts.update(_said(row))
    return {topic: 1 - number / total for topic, number in counts.items()}


def _rare(row: Row, rare: Mapping[str, float]) -> float:
    return max((rare[topic] for topic in _said(row)), default=0.0)


def _said(row: Row) -> list[str]:
    return [topic["label"] for topic in row["topics"] or [] if topic["decision"] != "no"]
