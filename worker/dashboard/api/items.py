"""Accept URLs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from worker.dashboard.api.routing import ACT_WITHIN, Api, Body, Dashboard, Name, Text
from worker.dashboard.security.access import Role
from worker.dashboard.security.answers import bad_request
from worker.operations.accept import BATCH, Acceptance, Answer, Candidate, Terms

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
