"""Search and count the stored articles, as feeds too, and show one with its labels, evidence, copies and trace."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from classifier.label_set import MOST_TOPICS
from worker.bootstrap import Services
from worker.dashboard.api.core.routing import Api, Asked, Dashboard, File, ItemId, Moment, Name, Page, Text, moment
from worker.operations import articles as operations
from worker.operations import show
from worker.operations.articles import By, Counts
from worker.operations.models import expect_topics
from worker.operations.revisions.versions import Revision
from worker.operations.sharing.feeds import JSON_FEED, RSS, About, json_feed, rss
from worker.operations.show import Revisions, Shown
from worker.results import Result
from worker.storage.search import SearchFilter

api = Api("articles")

Topics = Annotated[list[Name], Field(max_length=MOST_TOPICS)]


class Filter(Asked):
    """Which articles; a field that is not there matches all."""

    q: Text = ""
    """Words, each of which must occur in title or text."""
    since: date | None = None
    """Published on this day or later."""
    until: date | None = None
    outlet: Name | None = None
    """The site's name, or its host."""
    host: Name | None = None
    """With its subdomains."""
    language: Name | None = None
    topic: Topics = Field(default_factory=list)
    """With all of these topics; given more than once for several."""
    primary: Name | None = None
    source_type: Name | None = None
    unsure: bool = False
    """Topics in doubt count too."""
    doubt: bool = False
    """Only articles with some topic in doubt."""
    stored: Moment | None = None
    """Stored at this time or later."""

    def wanted(self, services: Services) -> SearchFilter:
        """The filter; raises UsageError for a label that no model here has."""
        expect_topics(services, "topic", *self.topic)
        expect_topics(services, "primary", self.primary)
        return SearchFilter(
            words=tuple(self.q.split()),
            topics=tuple(self.topic),
            primary=self.primary,
            source_type=self.source_type,
            language=self.language,
            host=self.host.lower() if self.host else None,
            since=self.since.isoformat() if self.since else None,
            until=self.until.isoformat() if self.until else None,
            unsure=self.unsure,
            outlet=self.outlet,
            doubt=self.doubt,
            stored_since=moment(self.stored, services.settings.timezone),
        )


class ArticlesAsked(Filter):
    """Which page of which articles."""

    limit: Page = operations.PAGE
    cursor: Text | None = None
    distinct: bool = False
    """Of copies and near copies of one text only the one that was first."""


class CountsAsked(Filter):
    """By what articles are counted."""

    by: By
    once: bool = False
    """Near copies of one text count as one."""
    distinct: bool = False
    """The same, under the name that the list has for it."""


class ArticlePage(BaseModel):
    """A page of articles, the last published first."""

    articles: list[Result]
    older: str | None
    newer: str | None
    copies: dict[str, int]
    """By item, how many copies of it there are, where there are some."""


@api.get("/articles", ArticlePage)
def search_articles(state: Dashboard, asked: Annotated[ArticlesAsked, Query()]) -> dict[str, object]:
    """Stored articles that match, each as `search --json` prints it."""
    found = operations.search(state.services, asked.wanted(state.services), asked.limit, asked.cursor, once=asked.distinct)
    copies = {str(item_id): count for item_id, count in (found.copies or {}).items()}
    return {"articles": [one.to_dict() for one in found.results], "older": found.older, "newer": found.newer, "copies": copies}


@api.get("/articles/counts", Counts)
def count_articles(state: Dashboard, asked: Annotated[CountsAsked, Query()]) -> Counts:
    """How many articles that match there are by day, week, month, outlet, topic, source type or language."""
    return operations.counts(state.services, asked.wanted(state.services), asked.by, once=asked.once or asked.distinct)


@api.get("/articles.rss", File((RSS,)))
def articles_as_rss(request: Request, state: Dashboard, asked: Annotated[ArticlesAsked, Query()]) -> Response:
    """The same articles as RSS 2.0: title, address, day, authors, outlet, topics and a summary of each."""
    found = operations.search(state.services, asked.wanted(state.services), asked.limit, asked.cursor, once=asked.distinct)
    return _feed(request, rss(found.results, _about(request, asked)), RSS)


@api.get("/articles.feed.json", File((JSON_FEED,), "object"))
def articles_as_json_feed(request: Request, state: Dashboard, asked: Annotated[ArticlesAsked, Query()]) -> Response:
    """The same articles as JSON Feed 1.1, with the address of the next page."""
    found = operations.search(state.services, asked.wanted(state.services), asked.limit, asked.cursor, once=asked.distinct)
    older = str(request.url.include_query_params(cursor=found.older)) if found.older else None
    return _feed(request, json_feed(found.results, _about(request, asked), older), JSON_FEED)


def _about(request: Request, asked: ArticlesAsked) -> About:
    """The title names what was asked for."""
    given = asked.model_dump(mode="json", exclude_defaults=True, exclude={"limit", "cursor"})
    told = [value if isinstance(value, str) else ", ".join(value) if isinstance(value, list) else name for name, value in given.items()]
    return About(" · ".join(["Pressmark", *told]), str(request.url), str(request.url.replace(path="/articles", query="")))


def _feed(request: Request, body: bytes, media: str) -> Response:
    """The whole feed, or 304 for a reader that has it."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    known = {part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")}
    if tag in known:
        return Response(status_code=304, headers={"ETag": tag})
    return Response(body, media_type=media, headers={"ETag": tag, "Content-Type": f"{media}; charset=utf-8"})


@api.get("/articles/{item_id}", Shown, errors=(404,))
def show_article(state: Dashboard, item_id: ItemId) -> Shown:
    """One item with its article, labels, evidence, model, copies and trace: what `show --json` prints."""
    return show.show(state.services, item_id)


@api.get("/articles/{item_id}/revisions", Revisions, errors=(404,))
def list_revisions(state: Dashboard, item_id: ItemId) -> Revisions:
    """Its earlier versions, each with its labels, the labels that flipped, and how the next one differs; and the last recheck."""
    return show.revisions(state.services, item_id)


@api.get("/articles/{item_id}/revisions/{number}", Revision, errors=(404,))
def show_revision(state: Dashboard, item_id: ItemId, number: ItemId) -> Revision:
    """One earlier version with its text: what `show --revision` prints."""
    return show.revision(state.services, item_id, number)
