"""Review articles: the next one, an answer, a skip, and taking an answer back."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, Field

from classifier.label_set import MOST_TOPICS
from worker.dashboard.api.core.routing import Api, Asked, Body, Dashboard, ItemId, Name, Page, Text, Who
from worker.dashboard.security.access import Role
from worker.operations import agreement, review
from worker.operations.agreement import Agreement
from worker.operations.models import label_set
from worker.operations.review import KeptAnswer, ReviewArticle, ReviewDay, ReviewPage
from worker.operations.show import GivenReview

api = Api("reviews")


class NextAsked(Asked):
    """Which kind of review."""

    second: bool = False
    """An article that others have labelled and the caller has not."""


class Next(BaseModel):
    """What to label, and what was done today."""

    article: ReviewArticle | None
    """None where there is nothing to review, or others are at all of it."""
    day: ReviewDay


class NewAnswer(Body):
    """The labels that a person gives an article."""

    item_id: ItemId
    topics: Annotated[list[Name], Field(max_length=MOST_TOPICS)]
    primary: Name | None = None
    source_type: Literal["official", "promotional", "independent"]


class TakenBack(BaseModel):
    """The article whose answer was taken back."""

    article: ReviewArticle | None
    """None where nothing was answered today, and where it is no longer stored."""


class Skipped(BaseModel):
    """An article that the caller is not asked for today."""

    item_id: int


class ReviewsAsked(Asked):
    """Which page of whose reviews."""

    who: Name | None = None
    """Of this person; without it, of everybody."""
    limit: Page = review.PAGE
    cursor: Text | None = None
    """Where a page before said that an older or a newer one begins."""


class AgreementAsked(Asked):
    """Of whom; without names, the two who share most articles."""

    first: Name | None = None
    second: Name | None = None


@api.get("/reviews/next", Next, role=Role.EDITOR)
def next_review(state: Dashboard, who: Who, asked: Annotated[NextAsked, Query()]) -> dict[str, object]:
    """The article that the caller labels next: theirs for ten minutes, without a label of the model or of others."""
    article = review.next_article(state.services, who, second=asked.second)
    return {"article": article and article.to_dict(), "day": review.today(state.services, who).to_dict()}


@api.get("/reviews/agreement", Agreement)
def show_agreement(state: Dashboard, asked: Annotated[AgreementAsked, Query()]) -> Agreement:
    """How far two people agree, label by label (Cohen's kappa), and the articles that people see differently."""
    return agreement.agreement(state.services, asked.first, asked.second)


@api.get("/reviews", ReviewPage)
def list_reviews(state: Dashboard, asked: Annotated[ReviewsAsked, Query()]) -> ReviewPage:
    """The labels that people gave articles, the newest first, a page at a time."""
    return review.listed(state.services, asked.who, asked.limit, asked.cursor)


@api.get("/reviews/{item_id}", list[GivenReview])
def reviews_of(state: Dashboard, item_id: ItemId) -> list[GivenReview]:
    """The labels that people gave an article."""
    return [GivenReview.of(given) for given in state.services.reviews.of(item_id)]


@api.post("/reviews", KeptAnswer, role=Role.EDITOR, errors=(404,))
def answer_review(state: Dashboard, who: Who, body: NewAnswer) -> KeptAnswer:
    """Keep the caller's labels, in place of earlier ones; shows them beside the model's."""
    return review.keep(state.services, review.answer_of(body.model_dump(), label_set(state.services).topics), who)


@api.post("/reviews/{item_id}/skip", Skipped, role=Role.EDITOR, errors=(404,))
def skip_review(state: Dashboard, who: Who, item_id: ItemId) -> dict[str, object]:
    """Do not ask the caller for this article for a day."""
    review.skip(state.services, item_id, who)
    return {"item_id": item_id}


@api.delete("/reviews", TakenBack, role=Role.EDITOR)
def undo_review(state: Dashboard, who: Who) -> dict[str, object]:
    """Take back the caller's last answer of today."""
    article = review.undo(state.services, who)
    return {"article": article and article.to_dict()}
