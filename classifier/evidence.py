"""Quote the sentences that speak for a label, with the terms in them that weigh most."""

from __future__ import annotations

import numpy as np

from classifier.labels import TOPICS, Evidence, Term
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

    `scores` are the article's sentence log-odds, (sentences, topics); `topic` is a position in TOPICS.
    """
    order = np.argsort(-scores[:, topic], kind="stable")[:MAX_SENTENCES].tolist()
    chosen = [*order[:1], *(row for row in order[1:] if scores[row, topic] > MIN_LOG_ODDS)]
    return [_evidence(model, parsed, parsed.sentences[row], topic) for row in chosen]


def _evidence(model: Model, parsed: ParsedText, sentence: Sentence, topic: int) -> Evidence:
    span = sentence.span
    terms = top_terms(model, sentence, topic)
    return Evidence(TOPICS[topic].value, sentence.field, parsed.quote(sentence), span.start, span.end, terms)


def top_terms(model: Model, sentence: Sentence, topic: int) -> list[Term]:
    """Words and phrases of the sentence that add to its log-odds, with what each adds; the largest first."""
    encoder, weights = model.first_level.encoder, model.first_level.sentence.weights[:, topic]
    by_vector = encoder.vectors.weights(sentence.words, weights[encoder.dense_columns.block("word_vector")])
    added = {word: float(weight) for word, weight in zip(sentence.words, by_vector, strict=True)}
    for phrase, weight, role_weight in _phrase_weights(model, sentence, weights):
        added[phrase] = added.get(phrase, 0.0) + weight + role_weight
    best = sorted(((term, weight) for term, weight in added.items() if weight > 0), key=lambda pair: (-pair[1], pair[0]))
    return [Term(term, round(weight, 3)) for term, weight in best[:MAX_TERMS]]


def _phrase_weights(model: Model, sentence: Sentence, weights: Floats) -> list[tuple[str, float, float]]:
    """Each lexicon match in the sentence, with the weights of its group and of its clause role."""
    encoder = model.first_level.encoder
    columns, lexicon = encoder.dense_columns, encoder.lexicon
    matches = lexicon.find(sentence.words)
    roles = dict(encoder.clause_roles.classify(sentence, matches))
    found = []
    for row, match in enumerate(matches):
        weight = float(weights[columns.position("lexicon_count", lexicon.groups[match.group])])
        role_weight = float(weights[columns.position("clause_role", roles[row])]) if row in roles else 0.0
        found.append((" ".join(sentence.words[match.start : match.end]), weight, role_weight))
    return found
