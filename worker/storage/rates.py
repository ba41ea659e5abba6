"""How often each label was given, in a stretch of time: what drift is read from."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, func, select

from worker.storage.database import reading
from worker.storage.models import articles, labels, topics


@dataclass(frozen=True, slots=True)
class Rates:
    """Counts over `articles` labelled articles; the means are of calibrated probabilities."""

    articles: int
    yes: dict[str, int] = field(default_factory=dict)
    unsure: dict[str, int] = field(default_factory=dict)
    mean_probability: dict[str, float] = field(default_factory=dict)
    unsupported: int = 0
    """Articles in a language that the model does not know."""


def rates(engine: Engine, since: float, until: float) -> Rates:
    """Of what was stored from `since` up to `until`, in seconds since 1970. Raises Unavailable."""
    with reading(engine) as connection:
        return _rates(connection, since, until)


def _rates(connection: Connection, since: float, until: float) -> Rates:
    stored = select(articles.c.item_id).where(articles.c.stored_at >= since, articles.c.stored_at < until).subquery()
    joined = labels.join(stored, stored.c.item_id == labels.c.item_id)
    supported = select(labels.c.language_supported, func.count()).select_from(joined).group_by(labels.c.language_supported)
    known: dict[bool, int] = {row[0]: row[1] for row in connection.execute(supported)}
    found = Rates(sum(known.values()), unsupported=known.get(False, 0))
    marks = topics.join(stored, stored.c.item_id == topics.c.item_id)
    query = select(topics.c.label, topics.c.decision, func.count(), func.sum(topics.c.probability)).select_from(marks)
    totals: dict[str, float] = {}
    for label, decision, count, probability in connection.execute(query.group_by(topics.c.label, topics.c.decision)):
        if decision in ("yes", "unsure"):
            (found.yes if decision == "yes" else found.unsure)[label] = count
        totals[label] = totals.get(label, 0.0) + probability
    found.mean_probability.update({label: total / max(1, found.articles) for label, total in totals.items()})
    return found
