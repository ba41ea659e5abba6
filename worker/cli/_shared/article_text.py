"""Write an article with its labels and their reasons for people at a terminal."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator

from worker.cli._shared.output import clean
from worker.operations.times import local_time
from worker.results import Result

WIDEST = 100
"""Columns; longer lines are hard to read, whatever the window's width."""


def article_lines(article: Result, zone: str = "UTC") -> Iterator[str]:
    """Title, outlet, day in `zone`, people, labels with probability and decision, the sentences that speak for them, and the text."""
    yield from _folded(article.title or "without a title")
    about = (article.outlet, local_time(article.published_at, zone), ", ".join(article.authors or ()), article.language)
    yield from _folded(" · ".join(part for part in about if part))
    yield from (clean(f"warning: {warning}") for warning in article.warnings or ())
    labels = [*_label_lines(article, zone)]
    yield from ["", *labels] if labels else []
    yield ""
    for paragraph in (article.text or "").split("\n"):
        yield from _folded(paragraph) or [""]


def _label_lines(article: Result, zone: str) -> Iterator[str]:
    """A person's labels say so, and what the model had said."""
    said = article.model_said
    for topic in article.topics or ():
        models = f"; the model said {said.topics.get(topic.label, '?')}" if said else ""
        primary = ", primary" if topic.label == article.primary_topic else ""
        yield clean(f"{topic.label:15} {topic.decision:6} {topic.probability:6.1%}, yes from {topic.threshold:.0%}{primary}{models}")
        yield from _evidence(article, topic.label)
    kind = article.source_type
    if kind is not None:
        probability = f" {kind.probabilities[kind.label]:.1%}" if kind.label in kind.probabilities else ""
        models = f"; the model said {said.source_type.label}" if said else ""
        yield clean(f"{'source type':15} {kind.label or 'unknown'}, {kind.decision}{probability}{models}")
        yield from _evidence(article, kind.label)
    if article.labelled_by:
        yield clean(f"labelled by {article.labelled_by}, {local_time(article.labelled_at, zone)}")
    elif article.model:
        yield clean(f"labelled by model {article.model.id}, not by a person")


def _evidence(article: Result, label: str | None) -> Iterator[str]:
    for sentence in article.evidence or ():
        if sentence.label == label:
            yield from _folded(f"“{' '.join(sentence.text.split())}”", indent="    ")


def _folded(text: str, indent: str = "") -> list[str]:
    width = min(WIDEST, shutil.get_terminal_size().columns)
    return textwrap.wrap(
        clean(text), width, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
