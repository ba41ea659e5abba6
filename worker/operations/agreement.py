"""Measure how far two people agree on labels (Cohen's kappa), and list the articles that they see differently."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from worker.bootstrap import Services
from worker.operations.document import Document
from worker.operations.models import label_set
from worker.operations.show import GivenReview
from worker.storage.reviews import Review, by_item, disagree

FEWEST = 30
"""With fewer articles that both have labelled, kappa says too little: its standard error is above 0.15 at fair agreement."""
WORDS = ((0.4, "weak"), (0.6, "fair"), (0.8, "good"))
"""The word for a kappa below each bound, and `very good` above the last one (after Altman 1991, whose two lowest words are one here)."""
TOO_FEW = "too few to say"
ARTICLES = 200
"""Articles on which people differ that are listed, the newest first."""


@dataclass(frozen=True, slots=True)
class LabelAgreement(Document):
    """How far two people agree on one label."""

    label: str
    """A topic, `primary_topic` or `source_type`."""
    n: int
    """Articles that both have labelled."""
    per_cent: float | None
    """How often they say the same; None where n is 0."""
    kappa: float | None
    """1 for full agreement, 0 for agreement by chance; None where n is 0, or where chance alone always agrees."""
    word: str
    """weak, fair, good, very good, or that there are too few to say."""


@dataclass(frozen=True, slots=True)
class Disputed(Document):
    """An article on which people differ, with the labels of each."""

    item_id: int
    url: str | None
    title: str | None
    reviews: tuple[GivenReview, ...]


@dataclass(frozen=True, slots=True)
class Agreement(Document):
    """How far two people agree, label by label, and the articles that any two people see differently."""

    people: tuple[str, ...]
    """The two who are compared; empty where no two have labelled the same article."""
    everybody: tuple[str, ...]
    """All who have labelled, those with most articles first."""
    labels: tuple[LabelAgreement, ...]
    articles: tuple[Disputed, ...]


def agreement(services: Services, first: str | None = None, second: str | None = None) -> Agreement:
    """Of two people, or of the two who share most articles. Raises Unavailable."""
    reviews = services.reviews.all()
    of_items = by_item(reviews)
    people = (first, second) if first and second else _most_shared(of_items.values(), first or second)
    pairs = [pair for of_one in of_items.values() if (pair := _pair(of_one, people)) is not None]
    labels = [
        _of_label(label, [(_said(a, label), _said(b, label)) for a, b in pairs])
        for label in (*label_set(services).topics, "primary_topic", "source_type")
    ]
    disputed = sorted((item_id for item_id, of_one in of_items.items() if disagree(of_one)), reverse=True)[:ARTICLES]
    return Agreement(
        people=people if len(people) == 2 else (),
        everybody=_everybody(reviews),
        labels=tuple(labels) if len(people) == 2 else (),
        articles=tuple(_disputed(services, disputed, of_items)),
    )


def _everybody(reviews: Sequence[Review]) -> tuple[str, ...]:
    names = [review.who for review in reviews]
    return tuple(sorted(set(names), key=lambda who: (-names.count(who), who)))


def _most_shared(of_items: Iterable[Sequence[Review]], one: str | None) -> tuple[str, ...]:
    """The two people who share the most labelled articles; where `one` is given, this person is one of them."""
    shared: dict[tuple[str, str], int] = {}
    for reviews in of_items:
        names = sorted({review.who for review in reviews})
        for place, a in enumerate(names):
            for b in names[place + 1 :]:
                shared[a, b] = shared.get((a, b), 0) + (one is None or one in (a, b))
    best = sorted(shared, key=lambda names: (-shared[names], names))[:1]
    return best[0] if best and shared[best[0]] else ()


def _pair(reviews: Sequence[Review], people: Sequence[str]) -> tuple[Review, Review] | None:
    given = {review.who: review for review in reviews}
    if len(people) != 2 or any(who not in given for who in people):
        return None
    return given[people[0]], given[people[1]]


def _said(review: Review, label: str) -> str:
    if label == "primary_topic":
        return review.primary or ""
    if label == "source_type":
        return review.source_type
    return "yes" if label in review.topics else "no"


def _of_label(label: str, pairs: Sequence[tuple[str, str]]) -> LabelAgreement:
    if not pairs:
        return LabelAgreement(label, 0, None, None, TOO_FEW)
    same = sum(a == b for a, b in pairs) / len(pairs)
    value = kappa(pairs)
    return LabelAgreement(label, len(pairs), round(100 * same, 1), None if value is None else round(value, 3), _word(len(pairs), value))


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa (1960): (observed agreement - agreement by chance) / (1 - agreement by chance).

    By chance means: each gives every answer as often as now, but independently of the other. None where both always give the same one.
    """
    observed = sum(a == b for a, b in pairs) / len(pairs)
    answers = {answer for pair in pairs for answer in pair}
    chance = sum(sum(a == answer for a, _ in pairs) * sum(b == answer for _, b in pairs) for answer in answers) / len(pairs) ** 2
    return None if chance == 1 else (observed - chance) / (1 - chance)


def _word(n: int, value: float | None) -> str:
    if n < FEWEST or value is None:
        return TOO_FEW
    return next((word for bound, word in WORDS if value < bound), "very good")


def _disputed(services: Services, item_ids: Sequence[int], of_items: Mapping[int, Sequence[Review]]) -> Iterable[Disputed]:
    found = {article.item_id: article for article in services.articles.of(item_ids)}
    for item_id in item_ids:
        article = found.get(item_id)
        given = tuple(map(GivenReview.of, of_items[item_id]))
        yield Disputed(item_id, article.url if article else None, article.title if article else None, given)
