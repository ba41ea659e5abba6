"""Quote the sentences that speak for a label, with the terms in them that weigh most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from classifier.features.clause_role import NAMES
from classifier.features.word_vectors import Pieces
from classifier.labels import SOURCE_TYPES, Evidence, SourceType, Term
from classifier.model.linear import Floats
from classifier.model.model import Model
from classifier.text.document import ParsedText, Sentence

MAX_SENTENCES = 3
"""For a label: enough to check a decision at a glance."""
MAX_TERMS = 5
"""For a sentence."""
MIN_LOG_ODDS = 0.0
"""From which a sentence after the first is quoted: it is likelier to carry the label than not."""


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A lexicon match in a sentence, with the dense features that it counts for."""

    text: str
    group: int
    """The column of its group's count."""
    role: int | None
    """The column of its clause role, None where it has none."""


@dataclass(frozen=True, slots=True)
class _Parts:
    """What adds to the scores of a sentence, whichever label quotes it."""

    pieces: Pieces
    phrases: list[_Phrase]


class Quotes:
    """Quotes sentences of one article; what several labels quote is read once."""

    def __init__(self, model: Model, parsed: ParsedText) -> None:
        self._model = model
        self._parsed = parsed
        self._parts: dict[int, _Parts] = {}

    def of_topic(self, scores: Floats, topic: int) -> list[Evidence]:
        """Evidence for one topic, the strongest sentence first.

        `scores` are the article's sentence log-odds, (sentences, topics); `topic` is a column of them.
        """
        weights = self._model.first_level.sentence.weights[:, topic]
        return self._strongest(scores[:, topic], weights, self._model.label_set.topics[topic])

    def of_source(self, scores: Floats, source_type: SourceType) -> list[Evidence]:
        """Evidence for the source type; `scores` are what the article's sentences say, (sentences, source types)."""
        column = SOURCE_TYPES.index(source_type)
        return self._strongest(scores[:, column], self._model.first_level.source_contrast[:, column], source_type.value)

    def _strongest(self, scores: Floats, weights: Floats, label: str) -> list[Evidence]:
        """The best sentence, and up to MAX_SENTENCES in all that speak for the label; `scores` has one for each sentence."""
        order = np.argsort(-scores, kind="stable")[:MAX_SENTENCES].tolist()
        chosen = [*order[:1], *(row for row in order[1:] if scores[row] > MIN_LOG_ODDS)]
        return [self._evidence(row, weights, label) for row in chosen]

    def _evidence(self, row: int, weights: Floats, label: str) -> Evidence:
        sentence = self._parsed.sentences[row]
        if row not in self._parts:
            self._parts[row] = _parts(self._model, sentence)
        block = self._model.first_level.encoder.dense_columns.block("word_vector")
        by_vector = self._parts[row].pieces.weights(weights[block])
        terms = _top_terms(sentence, by_vector, self._parts[row].phrases, weights)
        return Evidence(label, sentence.field, sentence.text, *sentence.span, terms)


def _parts(model: Model, sentence: Sentence) -> _Parts:
    encoder = model.first_level.encoder
    groups, clause_roles = (encoder.dense_columns.block(name).start for name in ("lexicon_count", "clause_role"))
    matches = encoder.lexicon.find(sentence.words)
    roles = {row: clause_roles + NAMES.index(role) for row, role in encoder.clause_roles.classify(sentence, matches)}
    phrases = [
        _Phrase(" ".join(sentence.words[match.start : match.end]), groups + match.group, roles.get(row))
        for row, match in enumerate(matches)
    ]
    return _Parts(encoder.vectors.pieces(sentence.words), phrases)


def _top_terms(sentence: Sentence, by_vector: Floats, phrases: list[_Phrase], weights: Floats) -> list[Term]:
    """Words and phrases of the sentence that add to its score, with what each adds; the largest first.

    `by_vector` has what the vector of each word adds, `weights` one for each of the dense features.
    """
    added = dict(zip(sentence.words, by_vector.tolist(), strict=True))
    for phrase in phrases:
        weight = float(weights[phrase.group]) + (float(weights[phrase.role]) if phrase.role is not None else 0.0)
        added[phrase.text] = added.get(phrase.text, 0.0) + weight
    best = sorted([(-weight, term) for term, weight in added.items() if weight > 0])
    return [Term(term, round(-weight, 3)) for weight, term in best[:MAX_TERMS]]
