from __future__ import annotations

from dataclasses import replace

import numpy as np

from classifier.seeds.dataset import Seed
from classifier.seeds.folds import assign, groups


def named(seed: Seed, identity: str, file: str, language: str = "en") -> Seed:
    return replace(seed, id=identity, where=f"{file}:1", language=language)


def test_one_authors_seeds_stay_together_where_there_are_others(few_seeds: list[Seed]) -> None:
    seeds = [named(few_seeds[0], f"{author}{number}", f"{author}.jsonl") for author in "abcdef" for number in range(10)]
    fold = assign(seeds, 3)
    assert all(len(set(fold[start : start + 10].tolist())) == 1 for start in range(0, 60, 10))
    assert np.bincount(fold).tolist() == [20, 20, 20]


def test_an_author_of_nearly_everything_is_split_so_that_something_is_left_to_train_on(few_seeds: list[Seed]) -> None:
    seeds = [named(few_seeds[0], f"a{number}", "a.jsonl") for number in range(60)]
    assert np.bincount(assign(seeds, 3)).tolist() == [20, 20, 20]


def test_scarce_languages_are_spread_over_the_folds(few_seeds: list[Seed]) -> None:
    seeds = [named(few_seeds[0], f"km{number}", "tongues.jsonl", "km") for number in range(6)]
    assert len(set(groups(seeds).tolist())) == 6


def test_a_topic_that_one_author_alone_has_is_in_every_fold(few_seeds: list[Seed]) -> None:
    # `fishing-1`, `fishing-2`: a fold that holds all of them out would teach that nothing tells of fishing
    topics = ("fishing", "railways", "trade")
    seeds = [replace(named(few_seeds[0], f"{topic}-{number}", "own.jsonl"), topics=(topic,)) for topic in topics for number in range(10)]
    fold = assign(seeds, 3)
    assert all(len(set(fold[start : start + 10].tolist())) == 3 for start in range(0, 30, 10))
