"""Evidence quoted: the sentences that carry a label, and the terms in them that weigh most."""

from __future__ import annotations

import numpy as np

from classifier.features.clause_role import NAMES
from classifier.labels import TOPICS, Evidence, Term
from classifier.model.linear import Floats
from classifier.model.model import Model
from classifier.text.document import ParsedText, Sentence

SENTENCES = 3
"""At most so many a label: enough to check a decision at a glance."""
TERMS = 5
"""At most so many a sentence."""
CARRIES = 0.0
"""Log-odds from which a further sentence counts as carrying the label."""


def quote(model: Model, parsed: ParsedText, scores: Floats, topic: int) -> list[Evidence]:
    """Evidence for one topic of one article, the strongest sentence first.

    `scores` are the article's sentence log-odds, (sentences, topics).
    """
    order = np.argsort(-scores[:, topic], kind="stable")[:SENTENCES]
    chosen = [int(order[0]), *(int(row) for row in order[1:] if scores[row, topic] > CARRIES)] if len(order) else []
    return [_entry(model, parsed, parsed.sentences[row], topic) for row in chosen]


def _entry(model: Model, parsed: ParsedText, sentence: Sentence, topic: int) -> Evidence:
    span = sentence.span
    terms = telling_terms(model, sentence, topic)
    return Evidence(TOPICS[topic].value, sentence.field, parsed.quote(sentence), span.start, span.end, terms)


def telling_terms(model: Model, sentence: Sentence, topic: int) -> list[Term]:
    """Words and cues of the sentence with the weight that each adds to the sentence head's log-odds; a cue's standing is in its weight."""
    encoder, head = model.base.encoder, model.base.sentence.weights[:, topic]
    size = encoder.vectors.size
    weights = {
        word: float(weight) for word, weight in zip(sentence.words, encoder.vectors.weights(sentence.words, head[:size]), strict=True)
    }
    found = encoder.cues.find(sentence.words)
    columns = dict(encoder.standing.judge(sentence, found))
    for row, (group, first, end) in enumerate(found):
        phrase = " ".join(sentence.words[first:end])
        stands = float(head[columns[row] - len(NAMES)]) if row in columns else 0.0
        weights[phrase] = weights.get(phrase, 0.0) + float(head[size + group]) + stands
    best = sorted(((term, weight) for term, weight in weights.items() if weight > 0), key=lambda pair: (-pair[1], pair[0]))
    return [Term(term, round(weight, 3)) for term, weight in best[:TERMS]]
