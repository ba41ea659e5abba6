"""Accept URLs, list items, show one."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, Field

from worker.dashboard.api.core.routing import ACT_WITHIN, Api, Asked, Body, Dashboard, ItemId, Name, Page, Text
from worker.dashboard.security.access import Role
from worker.dashboard.security.answers import bad_request
from worker.dashboard.state import State
from worker.errors import ItemFailed
from worker.intake.canonical_url import admit
from worker.operations import items as operations
from worker.operations.accept import BATCH, Acceptance, Answer, Candidate, Terms
from worker.operations.items import Item, ItemPage
from worker.storage.values import Entry

api = Api("items")

LINES = 10_000
"""URLs of one request: a longer list is sent in parts, and each part is answered while a person waits."""

Urls = Annotated[list[Text], Field(max_length=LINES)]


class NewItems(Body):
    """What is to be read, and how."""

    urls: Urls = Field(default_factory=list)
    """Articles."""
    feeds: Urls = Field(default_factory=list)
    sitemaps: Urls = Field(default_factory=list)
    job: Name | None = None
    """The job that they belong to; made where there is none. Without a name, a new job is named by the time."""
    lane: Literal["urgent", "normal", "bulk"] = "normal"
    force: bool = False
    """Fetch again what is known and has ended."""
    dry_run: bool = False
    """Say what would happen; write nothing."""


class ItemsAsked(Asked):
    """Which items: those of an address, or those that the other fields select."""

    url: Text | None = None
    state: Literal["waiting", "running", "stored", "duplicate", "refused", "dead"] | None = None
    host: Name | None = None
    job: Name | None = None
    kind: Literal["article", "feed", "sitemap"] | None = None
    limit: Page = operations.PAGE
    cursor: Text | None = None


class Verdict(BaseModel):
    """What became of one address: a line of `enqueue --json`."""

    url: str
    item_id: int | None
    state: Literal["accepted", "known", "refused"]
    reason: str | None


class Verdicts(BaseModel):
    """What became of each address, in the order articles, feeds, sitemaps; and the sum."""

    items: list[Verdict]
    job: str | None
    """None where nothing was accepted or known, and in a dry run."""
    accepted: int
    known: int
    refused: int


@api.post("/items", Verdicts, role=Role.EDITOR, within=ACT_WITHIN)
def accept_items(state: Dashboard, body: NewItems) -> dict[str, object]:
    """Accept addresses, each with its verdict; works while Redis is away. To send the same ones again changes nothing."""
    candidates = list(_candidates(body))
    if not 0 < len(candidates) <= LINES:
        raise bad_request(f"Expected 1 to {LINES:,} addresses, got {len(candidates):,}.")
    acceptance = Acceptance(state.settings, lambda: state.services, Terms(body.job, body.lane, body.force, body.dry_run))
    answers: list[Answer] = []
    for start in range(0, len(candidates), BATCH):
        answers += acceptance.batch(candidates[start : start + BATCH])
    acceptance.finish()
    totals, job = acceptance.totals, acceptance.job
    return {
        "items": [answer.to_dict() for answer in answers],
        "job": job.name if job else None,
        "accepted": totals.accepted,
        "known": totals.known,
        "refused": totals.refused,
    }


def _candidates(body: NewItems) -> list[Candidate]:
    return [
        *(Candidate(url, f"urls.{place}") for place, url in enumerate(body.urls)),
        *(Candidate(url, f"feeds.{place}", "feed") for place, url in enumerate(body.feeds)),
        *(Candidate(url, f"sitemaps.{place}", "sitemap") for place, url in enumerate(body.sitemaps)),
    ]


@api.get("/items", ItemPage, errors=(404,))
def list_items(state: Dashboard, asked: Annotated[ItemsAsked, Query()]) -> ItemPage:
    """Items of every kind, the last accepted first; by address, one for each kind that it was accepted as."""
    if asked.url is not None:
        return ItemPage(tuple(operations.of_url(state.services, _entry(asked.url, state))), None, None)
    which = {name: getattr(asked, name) for name in ("state", "host", "job", "kind", "limit", "cursor")}
    return operations.items(state.services, **which)


def _entry(url: str, state: State) -> Entry:
    try:
        return admit(url, state.settings)
    except ItemFailed as failed:
        raise bad_request(f"url: {failed.detail or failed}, got {url[:200]!r}.", failed.reason.word) from None


@api.get("/items/{item_id}", Item, errors=(404,))
def show_item(state: Dashboard, item_id: ItemId) -> Item:
    """One item: where it is now, and why."""
    return operations.item(state.services, item_id)
