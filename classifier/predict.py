"""Label documents: topics with evidence, main topic and source type, as `Labels`."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from classifier.evidence import Quotes
from classifier.labels import SOURCE_TYPES, Decision, Labels, ModelName, OutletOpinion, SourceType, SourceTypeLabel, TopicLabel
from classifier.model.linear import Floats, softmax
from classifier.model.model import Model, Predictions
from classifier.model.outlets import WEIGHT, find_outlet
from classifier.text import language
from classifier.text.document import ParsedText, parse_text

SHORTEST = 8
"""Words; a shorter text gets no source type."""
SHORT_LEDE = 400
"""Characters; a shorter text, mostly a lede that a page gives away, shows too little of who speaks: only its outlet can make it sure."""
LIKELY = 0.5
"""Probability from which a topic can be the main one: it is likelier to be that than not."""
SMALLEST_PROBABILITY = 1e-9
"""Before a logarithm, which would be infinite at 0."""


@dataclass(frozen=True, slots=True)
class Document:
    """An article to be labelled."""

    title: str
    text: str
    url: str | None = None
    site_name: str | None = None

    @classmethod
    def of(cls, text: str, title: str = "", url: str | None = None, site_name: str | None = None) -> Document | None:
        """In NFC, since offsets count its code points; None for a text without a word, which cannot be labelled."""
        if not any(character.isalnum() for character in text):
            return None
        return cls(unicodedata.normalize("NFC", title), unicodedata.normalize("NFC", text), url, site_name)


def predict(model: Model, texts: Sequence[ParsedText]) -> Predictions:
    """Probabilities for `texts`, and how far each is from everything seen."""
    scores = model.first_level.score(texts)
    articles, stacking = scores.articles, model.stacking
    languages = model.training_distribution.languages
    known = zip(texts, articles.known_words.tolist(), strict=True)
    supported = np.array([language.supported(parsed, share, languages) for parsed, share in known], bool)
    words = np.array([parsed.word_count for parsed in texts], np.float32)
    return Predictions(
        topics=stacking.topic_probabilities(articles),
        source=stacking.source_probabilities(articles),
        primary=stacking.primary_probabilities(articles),
        language_supported=supported,
        doubt=np.where(supported, model.training_distribution.doubt(articles.vectors, words), 1.0),
        outsiders=scores.outsiders,
        unknown_words=1 - articles.known_words,
        sentences=scores.sentences,
        source_sentences=scores.source_sentences,
    )


def label(model: Model, documents: Sequence[Document]) -> list[Labels]:
    """The labels of each document, in order."""
    texts = [parse_text(document.title, document.text) for document in documents]
    if not texts:
        return []
    predictions = predict(model, texts)
    ends = np.cumsum([len(parsed.sentences) for parsed in texts])
    topics, sources = (np.split(scores, ends[:-1]) for scores in (predictions.sentences, predictions.source_sentences))
    articles = map(_Article, documents, texts, range(len(texts)), topics, sources)
    return [_labels(model, predictions, article) for article in articles]


@dataclass(frozen=True, slots=True)
class _Article:
    """One of the articles that are labelled together."""

    document: Document
    parsed: ParsedText
    row: int
    """Its row in Predictions."""
    sentences: Floats
    """Log-odds of its sentences, (sentences, topics)."""
    source_sentences: Floats
    """How far each speaks for each source type, (sentences, source types)."""


def _labels(model: Model, predictions: Predictions, article: _Article) -> Labels:
    topics = _topics(model, predictions, article)
    carried = [topic for topic, entry in enumerate(topics) if entry.probability >= entry.threshold and article.parsed.sentences]
    quoted = [topic for topic in carried if topics[topic].decision != Decision.NO.value]
    source_type = _source_type(model, predictions, article)
    quotes = Quotes(model, article.parsed)
    evidence = [entry for topic in quoted for entry in quotes.of_topic(article.sentences, topic)]
    if source_type.label is not None and source_type.decision == "sure":
        evidence += quotes.of_source(article.source_sentences, SourceType(source_type.label))
    return Labels(
        topics=topics,
        primary_topic=_primary(model.label_set.topics, predictions.primary[article.row], carried),
        source_type=source_type,
        evidence=evidence,
        language_supported=bool(predictions.language_supported[article.row]),
        unknown_words=round(float(predictions.unknown_words[article.row]), 4),
        model=ModelName(model.id, model.sha256),
    )


def _topics(model: Model, predictions: Predictions, article: _Article) -> list[TopicLabel]:
    """Decisions in the order of the model's topics: `unsure` for an article out of distribution, `no` for one without words."""
    found = []
    has_words = bool(article.parsed.sentences)
    for column, (topic, threshold) in enumerate(zip(model.label_set.topics, model.thresholds, strict=True)):
        probability = round(float(predictions.topics[article.row, column]), 4) if has_words else 0.0
        decision = threshold.decide(probability, float(predictions.doubt[article.row])) if has_words else Decision.NO
        found.append(TopicLabel(topic, probability, threshold.value, decision.value))
    return found


def _primary(topics: Sequence[str], probabilities: Floats, carried: list[int]) -> str | None:
    """The likeliest main topic of those that the article carries; `probabilities` has one for each topic."""
    likely = [topic for topic in carried if probabilities[topic] >= LIKELY]
    return topics[max(likely, key=lambda topic: float(probabilities[topic]))] if likely else None


def _source_type(model: Model, predictions: Predictions, article: _Article) -> SourceTypeLabel:
    """The source type by the text and the registry of outlets together; `unsure` where they disagree."""
    by_text = predictions.source[article.row]
    found = find_outlet(model.outlets, article.document.url, article.document.site_name)
    outlet = OutletOpinion(*found, agrees=found[1] == SOURCE_TYPES[int(np.argmax(by_text))]) if found else None
    probabilities = _with_outlet(by_text, outlet.label) if outlet else by_text
    best = int(np.argmax(probabilities))
    long_enough = article.parsed.word_count >= SHORTEST
    row = slice(article.row, article.row + 1)
    outsiders = predictions.outsiders[row] & (outlet is None)  # an office's own page may quote whom it likes
    sure = bool(model.is_sure(probabilities[None], predictions.doubt[row], outsiders)[0])
    known = outlet is not None or len(article.document.text) >= SHORT_LEDE
    trusted = predictions.doubt[article.row] < 1 and known and (outlet is None or outlet.agrees)
    return SourceTypeLabel(
        label=SOURCE_TYPES[best].value if long_enough else None,
        probabilities={source_type.value: round(float(p), 4) for source_type, p in zip(SOURCE_TYPES, probabilities, strict=True)},
        decision="sure" if long_enough and trusted and sure else "unsure",
        outlet=outlet,
    )


def _with_outlet(probabilities: Floats, source_type: str) -> Floats:
    """The probabilities after WEIGHT is added to the log-odds of the outlet's source type."""
    scores = np.log(np.maximum(probabilities, SMALLEST_PROBABILITY))
    scores[SOURCE_TYPES.index(SourceType(source_type))] += WEIGHT
    [result] = softmax(scores[None])
    return np.asarray(result, np.float32)
