"""Count how often each label was given in a period: the figures that drift is judged by.

Of a period with many articles a sample is counted, the same share of each piece of time, so that the cost is bounded.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from sqlalchemy import Connection, Engine, FromClause, case, func, select, text

from worker.storage.database import one_of, reading
from worker.storage.tables import articles, labels, topics

MOST = 20_000
"""Articles up to which all are counted, in some 0.2 s of CPU."""
SAMPLE = 5_000
"""Articles of a sample: a share of a fifth is right to half a percent, two times in three, and drift asks for four such errors."""
PIECES = 50
"""Pieces of time that give their share of a sample: a day of a month has two, an hour of heavy traffic has its weight."""
PIECE_MOST = 10_000
"""Articles of a piece that are numbered to find its share: beyond them, all pieces weigh the same."""
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
    stored: int | None = None
    """How many articles there were, at least, where only some of them were counted; None where all were."""


def rates(engine: Engine, since: float, until: float) -> LabelCounts:
    """The counts over what was stored from `since` up to, not including, `until`, in seconds since 1970. Raises Unavailable."""
    with reading(engine) as connection:
        return _rates(connection, since, until)


def _rates(connection: Connection, since: float, until: float) -> LabelCounts:
    stored, there_were = _counted(connection, since, until)
    joined = labels.join(stored, stored.c.item_id == labels.c.item_id)
    supported = select(labels.c.language_supported, func.count()).select_from(joined).group_by(labels.c.language_supported)
    known: dict[bool, int] = {row[0]: row[1] for row in connection.execute(supported)}
    found = LabelCounts(sum(known.values()), unsupported=known.get(False, 0), stored=there_were)
    words = select(stored.c.language, func.count(labels.c.unknown_words), func.avg(labels.c.unknown_words)).select_from(joined)
    for language, count, mean in connection.execute(words.where(labels.c.unknown_words.is_not(None)).group_by(stored.c.language)):
        found.unknown_words[language or "und"] = (count, float(mean))
    _add_topics(connection, found, topics.join(stored, stored.c.item_id == topics.c.item_id))
    return found


def _counted(connection: Connection, since: float, until: float) -> tuple[FromClause, int | None]:
    """Item and language of the articles to count: of all, or of some; then also how many there were, at least."""
    some = select(articles.c.item_id).where(articles.c.stored_at >= since, articles.c.stored_at < until).limit(MOST + 1).subquery()
    if connection.execute(select(func.count()).select_from(some)).scalar_one() <= MOST:
        found = select(articles.c.item_id, articles.c.language).where(articles.c.stored_at >= since, articles.c.stored_at < until)
        return found.subquery(), None
    edges = [since + (until - since) * place / PIECES for place in range(PIECES + 1)]
    numbers = [row.number for row in connection.execute(text(_of_each(edges, "count(*) AS number", "1", [PIECE_MOST] * PIECES)))]
    quotas = [math.ceil(number * SAMPLE / sum(numbers)) for number in numbers]
    ids = connection.execute(text(_of_each(edges, "item_id", "item_id", quotas))).scalars()
    return select(articles.c.item_id, articles.c.language).where(one_of(articles.c.item_id, ids)).subquery(), sum(numbers)


def _of_each(edges: Sequence[float], columns: str, of: str, limits: Sequence[int]) -> str:
    """One statement over the first articles of each piece of time; numbers alone are written into it."""
    pieces = zip(pairwise(edges), limits, strict=True)
    return " UNION ALL ".join(
        f"SELECT {columns} FROM (SELECT {of} FROM articles WHERE stored_at >= {begin!r} AND stored_at < {end!r} "  # noqa: S608
        f"ORDER BY stored_at LIMIT {limit:d}) AS piece{place}"
        for place, ((begin, end), limit) in enumerate(pieces)
    )


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
