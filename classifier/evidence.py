"""Quote the sentences that speak for a label, with the terms in them that weigh most."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from classifier.labels import SOURCE_TYPES, Evidence, SourceType, Term
from classifier.model.first_level import contrast
from classifier.model.linear import Floats
from classifier.model.model import Model
from classifier.text.document import ParsedText, Sentence

MAX_SENTENCES = 3
"""For a label: enough to check a decision at a glance."""
MAX_TERMS = 5
"""For a sentence."""
MIN_LOG_ODDS = 0.0
"""From which a sentence after the first is quoted: it is likelier to carry the label than not."""


def quote(model: Model, parsed: ParsedText, scores: Floats, topic: int) -> list[Evidence]:
    """Evidence for one topic of one article, the strongest sentence first.

    `scores` are the article's sentence log-odds, (sentences, topics); `topic` is a column of them.
    """
    weights = model.first_level.sentence.weights[:, topic]
    return _strongest(model, parsed, scores[:, topic], weights, model.label_set.topics[topic])


def quote_source(model: Model, parsed: ParsedText, scores: Floats, source_type: SourceType) -> list[Evidence]:
    """Evidence for the source type of one article; `scores` are what its sentences say, (sentences, source types)."""
    column = SOURCE_TYPES.index(source_type)
    weights = contrast(model.first_level.source_dense.weights)[:, column]
    return _strongest(model, parsed, scores[:, column], weights, source_type.value)


def _strongest(model: Model, parsed: ParsedText, scores: Floats, weights: Floats, label: str) -> list[Evidence]:
    """The best sentence, and up to MAX_SENTENCES in all that speak for the label; `scores` has one for each sentence."""
    order = np.argsort(-scores, kind="stable")[:MAX_SENTENCES].tolist()
    chosen = [*order[:1], *(row for row in order[1:] if scores[row] > MIN_LOG_ODDS)]
    return [_evidence(model, parsed, parsed.sentences[row], weights, label) for row in chosen]


def _evidence(model: Model, parsed: ParsedText, sentence: Sentence, weights: Floats, label: str) -> Evidence:
    span = sentence.span
    return Evidence(label, sentence.field, parsed.quote(sentence), span.start, span.end, top_terms(model, sentence, weights))


def top_terms(model: Model, sentence: Sentence, weights: Floats) -> list[Term]:
    """Words and phrases of the sentence that add to its score, with what each adds; the largest first.

    `weights` has one for each of the dense features.
    """
    encoder = model.first_level.encoder
    by_vector = encoder.vectors.weights(sentence.words, weights[encoder.dense_columns.block("word_vector")])
    added = {word: float(weight) for word, weight in zip(sentence.words, by_vector, strict=True)}
    for phrase, weight in _phrase_weights(model, sentence, weights):
        added[phrase] = added.get(phrase, 0.0) + weight
    best = sorted(((term, weight) for term, weight in added.items() if weight > 0), key=lambda pair: (-pair[1], pair[0]))
    return [Term(term, round(weight, 3)) for term, weight in best[:MAX_TERMS]]


def _phrase_weights(model: Model, sentence: Sentence, weights: Floats) -> Sequence[tuple[str, float]]:
    """Each lexicon match in the sentence, with the weights of its group and of its clause role."""
    encoder = model.first_level.encoder
    columns, lexicon = encoder.dense_columns, encoder.lexicon
    matches = lexicon.find(sentence.words)
    roles = dict(encoder.clause_roles.classify(sentence, matches))
    found = []
    for row, match in enumerate(matches):
        weight = float(weights[columns.position("lexicon_count", lexicon.groups[match.group])])
        role_weight = float(weights[columns.position("clause_role", roles[row])]) if row in roles else 0.0
        found.append((" ".join(sentence.words[match.start : match.end]), weight + role_weight))
    return found
