"""Article labelled: topics with evidence, main topic and source type, in the contract's shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from classifier.evidence import quote
from classifier.labels import SOURCE_TYPES, TOPICS, Decision, Labels, ModelName, OutletOpinion, SourceType, SourceTypeLabel, TopicLabel
from classifier.model.linear import Floats, softmax
from classifier.model.model import Judgement, Model
from classifier.model.outlets import WEIGHT, witness
from classifier.text import language
from classifier.text.document import ParsedText, parse_text

SHORTEST = 8
"""Words; with fewer a text is too short for a source type."""


@dataclass(frozen=True, slots=True)
class Document:
    """What is to be labelled."""

    title: str
    text: str
    url: str | None = None
    site_name: str | None = None


def judge(model: Model, texts: Sequence[ParsedText]) -> Judgement:
    """Probabilities for `texts`, and which of them are strange to the model."""
    look = model.base.look(texts)
    measures = look.measures
    known = measures.known.tolist()
    words = np.array([sum(len(sentence.words) for sentence in parsed.sentences) for parsed in texts], np.int64)
    supported = np.array([language.supported(r, share, model.familiar.languages) for r, share in zip(texts, known, strict=True)], bool)
    return Judgement(
        topics=model.stack.topic_probabilities(measures),
        source=model.stack.source_probabilities(measures),
        primary=model.stack.primary_probabilities(measures),
        supported=supported,
        strange=~supported | model.familiar.strange(measures.vectors, words),
        unknown=1 - measures.known,
        sentences=look.sentences,
    )


def label(model: Model, documents: Sequence[Document]) -> list[Labels]:
    """The labels of each document, in order."""
    texts = [parse_text(document.title, document.text) for document in documents]
    if not texts:
        return []
    judgement = judge(model, texts)
    ends = np.cumsum([len(parsed.sentences) for parsed in texts])
    return [
        _labels(model, document, parsed, judgement=judgement, row=row, sentences=judgement.sentences[end - len(parsed.sentences) : end])
        for row, (document, parsed, end) in enumerate(zip(documents, texts, ends, strict=True))
    ]


def _labels(model: Model, document: Document, parsed: ParsedText, *, judgement: Judgement, row: int, sentences: Floats) -> Labels:
    topics = _topics(model, judgement, row, bool(parsed.sentences))
    carried = [place for place, topic in enumerate(topics) if topic.probability >= topic.threshold and parsed.sentences]
    quoted = [place for place in carried if topics[place].decision != Decision.NO.value]
    return Labels(
        topics=topics,
        primary_topic=_primary(judgement, row, carried),
        source_type=_source(model, document, parsed, judgement, row),
        evidence=[entry for place in quoted for entry in quote(model, parsed, sentences, place)],
        language_supported=bool(judgement.supported[row]),
        unknown_words=round(float(judgement.unknown[row]), 4),
        model=ModelName(model.id, model.sha256),
    )


def _topics(model: Model, judgement: Judgement, row: int, any_words: bool) -> list[TopicLabel]:
    """Decisions in the contract's order; what is strange to the model is in doubt, what is empty carries nothing."""
    found = []
    for place, (topic, cut) in enumerate(zip(TOPICS, model.cuts, strict=True)):
        probability = round(float(judgement.topics[row, place]), 4) if any_words else 0.0
        decision = cut.decide(probability)
        if judgement.strange[row] and any_words:
            decision = Decision.UNSURE
        found.append(TopicLabel(topic.value, probability, cut.threshold, decision.value))
    return found


def _primary(judgement: Judgement, row: int, carried: list[int]) -> str | None:
    likely = [place for place in carried if judgement.primary[row, place] >= 0.5]
    return TOPICS[max(likely, key=lambda place: judgement.primary[row, place])].value if likely else None


def _source(model: Model, document: Document, parsed: ParsedText, judgement: Judgement, row: int) -> SourceTypeLabel:
    """The source type as the text tells it, weighed with what the registry says of the outlet; in doubt where they disagree."""
    by_text = judgement.source[row]
    told = witness(model.outlets, document.url, document.site_name)
    probabilities = _weighed(by_text, told[1]) if told else by_text
    best = int(np.argmax(probabilities))
    agrees = told is None or told[1] == SOURCE_TYPES[int(np.argmax(by_text))]
    long_enough = sum(len(sentence.words) for sentence in parsed.sentences) >= SHORTEST
    sure = long_enough and agrees and probabilities[best] >= model.source_sure and not judgement.strange[row]
    return SourceTypeLabel(
        label=SOURCE_TYPES[best].value if long_enough else None,
        probabilities={kind.value: round(float(p), 4) for kind, p in zip(SOURCE_TYPES, probabilities, strict=True)},
        decision="sure" if sure else "unsure",
        outlet=OutletOpinion(told[0], told[1], agrees) if told else None,
    )


def _weighed(probabilities: Floats, kind: str) -> Floats:
    """The probabilities after the outlet has spoken for `kind`."""
    scores = np.log(np.maximum(probabilities, 1e-9))
    scores[SOURCE_TYPES.index(SourceType(kind))] += WEIGHT
    return np.asarray(softmax(scores[None])[0], np.float32)
