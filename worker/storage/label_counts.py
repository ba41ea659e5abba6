"""Count how often each label was given in a period: the figures that drift is judged by."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from sqlalchemy import Connection, Engine, FromClause, case, func, select

from worker.storage.database import reading
from worker.storage.tables import articles, labels, topics

BINS = 10
"""Equal bins of probability, as many as a model's reference has."""


@dataclass(frozen=True, slots=True)
class LabelCounts:
    """Counts over `articles` labelled articles; the means are of calibrated probabilities."""

    articles: int
    yes: dict[str, int] = field(default_factory=dict)
    unsure: dict[str, int] = field(default_factory=dict)
    mean_probability: dict[str, float] = field(default_factory=dict)
    unsupported: int = 0
    """Articles in a language that the model does not know."""
    scores: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """How many probabilities lie in each of BINS equal bins."""
    unknown_words: dict[str, tuple[int, float]] = field(default_factory=dict)
    """By language: articles, and the mean share of their words that the model did not know."""


def rates(engine: Engine, since: float, until: float) -> LabelCounts:
    """The counts over what was stored from `since` up to, not including, `until`, in seconds since 1970. Raises Unavailable."""
    with reading(engine) as connection:
        return _rates(connection, since, until)


def _rates(connection: Connection, since: float, until: float) -> LabelCounts:
    stored = select(articles.c.item_id, articles.c.language).where(articles.c.stored_at >= since, articles.c.stored_at < until).subquery()
    joined = labels.join(stored, stored.c.item_id == labels.c.item_id)
    supported = select(labels.c.language_supported, func.count()).select_from(joined).group_by(labels.c.language_supported)
    known: dict[bool, int] = {row[0]: row[1] for row in connection.execute(supported)}
    found = LabelCounts(sum(known.values()), unsupported=known.get(False, 0))
    words = select(stored.c.language, func.count(labels.c.unknown_words), func.avg(labels.c.unknown_words)).select_from(joined)
    for language, count, mean in connection.execute(words.where(labels.c.unknown_words.is_not(None)).group_by(stored.c.language)):
        found.unknown_words[language or "und"] = (count, float(mean))
    _add_topics(connection, found, topics.join(stored, stored.c.item_id == topics.c.item_id))
    return found


def _add_topics(connection: Connection, found: LabelCounts, marks: FromClause) -> None:
    """Adds decisions, mean probabilities and their bins; a bin holds what is at least its lower edge and less than its upper one."""
    under = [func.sum(case((topics.c.probability < edge / BINS, 1), else_=0)) for edge in range(1, BINS)]
    decision = func.coalesce(topics.c.model_decision, topics.c.decision).label("decision")  # drift is of the model, not of people
    query = select(topics.c.label, decision, func.count(), func.sum(topics.c.probability), *under).select_from(marks)
    totals: dict[str, float] = {}
    edges: dict[str, list[int]] = {}
    for label, decided, count, probability, *below in connection.execute(query.group_by(topics.c.label, decision)):
        if decided in ("yes", "unsure"):
            (found.yes if decided == "yes" else found.unsure)[label] = count
        totals[label] = totals.get(label, 0.0) + probability
        edges[label] = [old + new for old, new in zip(edges.get(label, [0] * BINS), [*below, count], strict=True)]
    found.mean_probability.update({label: total / max(1, found.articles) for label, total in totals.items()})
    found.scores.update({label: tuple(b - a for a, b in pairwise([0, *heights])) for label, heights in edges.items()})
