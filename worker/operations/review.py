"""Choose the stored articles that people should label next, keep their answers, and correct the labels of one article."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from classifier.label_set import DEFAULT
from classifier.labels import SOURCE_TYPES
from worker.bootstrap import Services
from worker.errors import NotFound, UsageError
from worker.models.sampling import doubt, sample
from worker.operations import cursors
from worker.operations.audit import record
from worker.operations.document import Document
from worker.operations.times import midnights, rfc3339
from worker.results import Result
from worker.storage.reviews import Answer, Place

NEWEST = 2000
"""Newest articles without a review from which the budget is chosen: some days of a large newsroom, read in a second."""
CHOSEN = 20
"""The articles that teach most, tried one after the other until one is free: as many as people may review at once."""
PAGE = 50
"""Reviews of a page."""
GOAL = 20
"""Answers a day that are asked for by default: a quarter of an hour."""


@dataclass(frozen=True, slots=True)
class Candidate(Document):
    """An article that should be reviewed, in short."""

    item_id: int
    url: str | None
    title: str | None
    outlet: str
    doubt: float
    """From 0 (the model is sure of everything) to 1."""


@dataclass(frozen=True, slots=True)
class ReviewArticle(Document):
    """The article that a person labels next; without a label of the model or of other people, which could lead the answer."""

    item_id: int
    url: str | None
    title: str | None
    text: str
    authors: tuple[str, ...]
    published_at: str | None
    language: str | None
    site_name: str | None
    outlet: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference(Document):
    """One label on which a person and the model differ."""

    label: str
    """A topic, `primary_topic` or `source_type`."""
    given: str | None
    """By the person: `yes` or `no` of a topic, else the label."""
    model: str | None
    """`yes`, `no` or `unsure` of a topic, else the label."""
    probability: float | None
    """The model's, of a topic or of its source type."""


@dataclass(frozen=True, slots=True)
class KeptAnswer(Document):
    """A person's answer beside the model's, told after it is kept."""

    item_id: int
    title: str | None
    answer: Answer
    agree: int
    """Labels on which both say the same: the topics, the main topic and the source type."""
    of: int
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class ReviewDay(Document):
    """What a person has done today, in the readers' zone, and how much is left."""

    kept: int
    goal: int
    left: int
    """To the goal; never more than there is to review, and 0 at the least."""
    differ: int
    """Of those kept, how many differ from the model."""
    skipped: int
    last: int | None
    """The article answered last, which `undo` takes back."""


@dataclass(frozen=True, slots=True)
class ListedReview(Document):
    """The labels that one person gave one article."""

    item_id: int
    who: str
    at: str
    """RFC 3339, UTC."""
    topics: tuple[str, ...]
    primary: str | None
    source_type: str


@dataclass(frozen=True, slots=True)
class ReviewPage(Document):
    """A page of all reviews, the newest first."""

    reviews: tuple[ListedReview, ...]
    older: str | None
    """Cursors of the pages on either side."""
    newer: str | None


def listed(services: Services, who: str | None = None, limit: int = PAGE, cursor: str | None = None) -> ReviewPage:
    """A page of the reviews, of one person where one is named. Raises UsageError for a cursor of another list, Unavailable."""
    page = cursors.asked(cursor, (float, int, str))
    before, after = (cast(Place | None, page.at(direction)) for direction in cursors.DIRECTIONS)
    found = services.reviews.page(limit + 1, who, before=before, after=after)
    shown, older, newer = page.of(found, limit, lambda one: (one.at, one.item_id, one.who))
    rows = tuple(ListedReview(one.item_id, one.who, rfc3339(one.at), one.topics, one.primary, one.source_type) for one in shown)
    return ReviewPage(rows, older, newer)


def to_review(services: Services, budget: int, who: str, *, second: bool = False) -> list[Result]:
    """Up to `budget` stored articles that nobody has reviewed, the one that teaches the model most first.

    With `second` those that others have reviewed and `who` has not. Their labels are the model's. Raises Unavailable.
    """
    newest = services.articles.newest(NEWEST, reviewed=second, not_reviewed_by=who if second else None)
    return sample([article.as_the_model_said() for article in newest], budget)


def candidate(article: Result) -> Candidate:
    """A stored article in short."""
    return Candidate(article.stored_id, article.url, article.title, article.outlet, round(doubt(article), 3))


def next_article(services: Services, who: str, *, second: bool = False) -> ReviewArticle | None:
    """The article that this person labels next, leased for ten minutes; the same one until it is answered or skipped.

    None where there is nothing to review, or where others are reviewing all of it. Raises Unavailable.
    """
    held = services.articles.of(services.review_leases.held(who))
    waiting = next((article for article in held if _asks(article, who, second=second)), None)
    if waiting is not None:
        return _bare(waiting)
    taken = services.review_leases.unavailable(who)
    chosen = [article for article in to_review(services, CHOSEN + len(taken), who, second=second) if article.item_id not in taken]
    leased = services.review_leases.lease([article.stored_id for article in chosen], who)
    return next((_bare(article) for article in chosen if article.item_id == leased), None)


def _asks(article: Result, who: str, *, second: bool) -> bool:
    """Whether an article that the person holds is still to be answered in this kind of review."""
    people = article.review.who if article.review else []
    return article.text is not None and who not in people and bool(people) is second


def _bare(article: Result) -> ReviewArticle:
    return ReviewArticle(
        *(article.stored_id, article.url, article.title, article.text or "", tuple(article.authors or ())),
        *(article.published_at, article.language, article.site_name, article.outlet, tuple(article.warnings or ())),
    )


def keep(services: Services, answer: Answer, who: str) -> KeptAnswer:
    """Keeps a person's answer in place of an earlier one; from now on it is what the article is labelled as.

    Raises NotFound where there is no such article, Unavailable.
    """
    return _kept(services, answer, who, "review keep")


def correct(services: Services, answer: Answer, who: str) -> KeptAnswer:
    """Corrects the labels of one article by hand: the same as an answer in a review, told apart in the log."""
    return _kept(services, answer, who, "labels correct")


def _kept(services: Services, answer: Answer, who: str, what: str) -> KeptAnswer:
    services.reviews.keep(answer, who)
    services.review_leases.give_back(answer.item_id, who)
    record(services, who, what, count=1, which={"item_id": answer.item_id})
    return compared(services, answer)


def compared(services: Services, answer: Answer) -> KeptAnswer:
    """A person's answer beside the model's. Raises NotFound where there is no such article, Unavailable."""
    article = next(iter(services.articles.of([answer.item_id])), None)
    if article is None or article.text is None:
        raise NotFound(f"expected the item of a stored article, got {answer.item_id}")
    model = article.as_the_model_said()
    differences = tuple(_differences(answer, model))
    of = len(model.topics or ()) + 2
    return KeptAnswer(answer.item_id, article.title, answer, of - len(differences), of, differences)


def _differences(answer: Answer, model: Result) -> list[Difference]:
    found = []
    for topic in model.topics or ():
        given = "yes" if topic.label in answer.topics else "no"
        if given != topic.decision:
            found.append(Difference(topic.label, given, topic.decision, topic.probability))
    if answer.primary != model.primary_topic:
        found.append(Difference("primary_topic", answer.primary, model.primary_topic, None))
    kind = model.source_type
    if kind is None or answer.source_type != kind.label:
        probability = kind.probabilities.get(kind.label) if kind and kind.label else None
        found.append(Difference("source_type", answer.source_type, kind.label if kind else None, probability))
    return found


def take_back(services: Services, item_id: int, who: str) -> None:
    """Deletes a person's answer, and a skip; the labels are the model's again, or another person's. Does nothing where there is none."""
    services.reviews.remove(item_id, who)
    services.review_leases.unskip(item_id, who)
    record(services, who, "review undo", count=1, which={"item_id": item_id})


def undo(services: Services, who: str, now: Callable[[], float] = time.time) -> ReviewArticle | None:
    """Takes back the person's last answer of today, and gives them its article again instead of the one they hold; None without one."""
    last = next(iter(services.review_leases.answered_since(who, _midnight(services, now()))), None)
    if last is None:
        return None
    take_back(services, last, who)
    for held in services.review_leases.held(who):
        services.review_leases.give_back(held, who)
    services.review_leases.lease([last], who)
    return next((_bare(article) for article in services.articles.of([last]) if article.text is not None), None)


def skip(services: Services, item_id: int, who: str) -> None:
    """Does not ask this person for the article for a day. Raises NotFound where there is no such article, Unavailable."""
    if not services.review_leases.exists(item_id):
        raise NotFound(f"expected the item of a stored article, got {item_id}")
    services.review_leases.skip(item_id, who)


def today(services: Services, who: str, goal: int = GOAL, now: Callable[[], float] = time.time) -> ReviewDay:
    """What a person has done since midnight of the readers' zone. Raises Unavailable."""
    since = _midnight(services, now())
    kept = services.review_leases.answered_since(who, since)
    reviews = {item_id: [review for review in services.reviews.of(item_id) if review.who == who] for item_id in kept}
    answers = [Answer(one.item_id, one.topics, one.primary, one.source_type) for of_one in reviews.values() for one in of_one]
    articles = {article.item_id: article.as_the_model_said() for article in services.articles.of(kept)}
    differ = sum(bool(_differences(answer, articles[answer.item_id])) for answer in answers if answer.item_id in articles)
    skipped = services.review_leases.skipped_since(who, since)
    return ReviewDay(len(kept), goal, max(goal - len(kept), 0), differ, skipped, kept[0] if kept else None)


def _midnight(services: Services, now: float) -> float:
    return midnights(now, services.settings.timezone, 1)[0]


def answer_of(value: object, topics_known: Sequence[str] = DEFAULT.topics) -> Answer:
    """The answer in a JSON value, None standing for text that is no JSON; raises UsageError, also for a topic that is not known."""
    expected = 'expected {"item_id","topics","primary","source_type"}'
    if not isinstance(value, dict) or type(value.get("item_id")) is not int or not isinstance(value.get("topics"), list):
        raise UsageError(f"{expected}, got {str(value)[:200] if value is not None else 'no JSON'}")
    topics, primary, source_type = value["topics"], value.get("primary"), value.get("source_type")
    in_guide = (
        all(isinstance(topic, str) and topic in topics_known for topic in topics)
        and (primary is None or primary in topics)
        and source_type in SOURCE_TYPES
    )
    if not in_guide:
        labels = ", ".join((*topics_known, *SOURCE_TYPES))
        raise UsageError(f"{expected} with the labels of the guide ({labels}), got {str(value)[:200]}")
    return Answer(value["item_id"], tuple(topics), primary, str(source_type))
