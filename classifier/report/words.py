"""Show what a model has learned to listen for: the words that seeds have and that speak most for a topic, and its lexicon groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from classifier.model.linear import Floats
from classifier.model.model import Model
from classifier.seeds.dataset import Seed
from classifier.text.tokens import tokens

TOP_WORDS = 15
"""For a topic: enough to see a bias, few enough to read."""
TOP_GROUPS = 4
"""Lexicon groups for a topic: further ones have weights near zero."""
SHORTEST_WORD = 4
"""Letters; shorter ones are mostly pieces of words."""
COMMON = 12
"""Seeds that must have a word: a rare one is weighed by its vector alone and decides nothing (*kicks*, *avalokiteshvara*)."""


def telling_words(model: Model, seeds: Sequence[Seed]) -> list[str]:
    """For each topic a line of the words that add most to the score of a sentence in the articles that have them.

    A word's weight is that of its vector and of the lexicon groups that it matches, times the logarithm of the seeds that have it.
    """
    counts = Counter(word for seed in seeds for word in set(tokens(f"{seed.title}\n{seed.text}")))
    words = sorted(
        word for word, count in counts.items() if count >= COMMON and len(word) >= SHORTEST_WORD and word.isascii() and word.isalpha()
    )
    weights = _weights(model, words) * np.log([[counts[word]] for word in words])
    return [_line(model, topic, column, words, weights[:, column]) for column, topic in enumerate(model.label_set.topics)]


def _weights(model: Model, words: Sequence[str]) -> Floats:
    """What each word adds to the score of each topic, (words, topics)."""
    encoder, weights = model.first_level.encoder, model.first_level.sentence.weights
    vectors = weights[encoder.dense_columns.block("word_vector")]
    pieces = encoder.vectors.pieces(words)
    found = np.stack([pieces.weights(vectors[:, topic]) for topic in range(weights.shape[1])], axis=1)
    for row, word in enumerate(words):
        for match in encoder.lexicon.find([word]):
            found[row] += weights[encoder.dense_columns.position("lexicon_count", encoder.lexicon.groups[match.group])]
    return found


def _line(model: Model, topic: str, column: int, words: Sequence[str], weights: Floats) -> str:
    encoder = model.first_level.encoder
    best = [words[row] for row in np.argsort(-weights, kind="stable")[:TOP_WORDS]]
    by_group = zip(
        encoder.lexicon.groups, model.first_level.sentence.weights[encoder.dense_columns.block("lexicon_count"), column], strict=True
    )
    groups = sorted(by_group, key=lambda pair: -abs(pair[1]))[:TOP_GROUPS]
    shown = ", ".join(f"{name} {weight:+.2f}" for name, weight in groups)
    return f"- {topic}: {', '.join(best)}. Groups of words: {shown}."
