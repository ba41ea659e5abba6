"""Split the seeds into folds: whole authors are held out together, so that the figures do not count remembered phrases as skill."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.seeds.dataset import Seed

FOLDS = 6
"""Enough that five sixths of the seeds are trained on each time, few enough to train in a minute or two."""


def groups(seeds: Sequence[Seed]) -> NDArray[np.int64]:
    """A number for each seed, (seeds,); those of one file whose ids differ only in the final digits (one author's) share it.

    Languages other than English have too few seeds for that: there every article is its own group. So it is with a group that alone
    has a topic, as where ids are `fishing-1`, `fishing-2`: without it nothing would be left to learn that topic from.
    """
    names = [f"{seed.where.rpartition(':')[0]} {_author(seed)}" for seed in seeds]
    alone = _alone(seeds, names)
    names = [f"{name} {seed.id}" if name in alone else name for name, seed in zip(names, seeds, strict=True)]
    order = {name: number for number, name in enumerate(sorted(set(names)))}
    return np.array([order[name] for name in names], np.int64)


def _alone(seeds: Sequence[Seed], names: Sequence[str]) -> set[str]:
    """The groups that have all articles of some topic."""
    having: dict[str, set[str]] = {}
    for name, seed in zip(names, seeds, strict=True):
        for topic in seed.topics:
            having.setdefault(topic, set()).add(name)
    return set().union(*(found for found in having.values() if len(found) == 1))


def _author(seed: Seed) -> str:
    return seed.id.rstrip("0123456789") if seed.language == "en" else seed.id


def assign(seeds: Sequence[Seed], folds: int = FOLDS) -> NDArray[np.int64]:
    """The fold of each seed, (seeds,): groups are assigned in turn, the largest first, each to the fold with the fewest seeds.

    A group larger than a fold is split by id, since holding it out would leave too little to train on.
    """
    return _assign(groups(seeds), folds)


def assign_names(names: Sequence[str], folds: int = FOLDS) -> NDArray[np.int64]:
    """The fold of each article by the name of its outlet, (names,), as `assign` does it by author."""
    order = {name: number for number, name in enumerate(sorted(set(names)))}
    return _assign(np.array([order[name] for name in names], np.int64), folds)


def _assign(group: NDArray[np.int64], folds: int) -> NDArray[np.int64]:
    result = np.zeros(len(group), np.int64)
    filled = np.zeros(folds, np.int64)
    for members in sorted((np.flatnonzero(group == g) for g in np.unique(group)), key=lambda m: (-len(m), m[0])):
        parts = max(1, round(len(members) * folds / max(1, len(group))))
        for part in (members[start::parts] for start in range(parts)):
            fold = int(filled.argmin())
            result[part] = fold
            filled[fold] += len(part)
    return result
