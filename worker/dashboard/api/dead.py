"""Show dead letters by cause or one by one; send them again or drop them, after a look at which."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from worker.dashboard.api.core.routing import ACT_WITHIN, Api, Asked, Body, Dashboard, ItemId, Moment, Name, Page, Text, Who, moment
from worker.dashboard.security.access import Role
from worker.dashboard.security.answers import bad_request
from worker.operations import dead as operations
from worker.operations.dead import DeadCause, DeadLetter, Dropped, Ends, Incident, Requeued
from worker.operations.hosts import canonical_host
from worker.operations.previews import Preview
from worker.storage.values import DeadFilter

api = Api("dead")

Numbers = Annotated[list[ItemId], Field(max_length=1000)]


class DeadAsked(Asked):
    """Which dead letters, and how they are grouped: by cause (reason, host and detail), by reason, or not at all."""

    group: Literal["cause", "reason"] | None = None
    reason: Name | None = None
    host: Name | None = None
    detail: Text | None = None
    """Exactly this one; empty for those without any."""
    since: Moment | None = None
    limit: Page = 100

    def which(self, zone: str) -> DeadFilter:
        """The filter."""
        return DeadFilter(self.reason, _host(self.host), moment(self.since, zone), detail=self.detail)


class Many(Body):
    """Which dead letters are meant; with `dry_run` nothing is done, and the answer is a preview with a token.

    An act on more than one demands that token: it reaches the set that was looked at, or nothing (409).
    """

    reason: Name | None = None
    host: Name | None = None
    detail: Text | None = None
    since: Moment | None = None
    """Those that died then or later."""
    item_ids: Numbers | None = None
    limit: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """The newest so many of them."""
    dry_run: bool = False
    token: Text | None = None

    def which(self, zone: str) -> DeadFilter:
        """The filter."""
        ids = tuple(self.item_ids) if self.item_ids is not None else None
        return DeadFilter(self.reason, _host(self.host), moment(self.since, zone), self.limit, detail=self.detail, item_ids=ids)


class Requeue(Many):
    """Which are sent again, and how fast."""

    rate: Annotated[float, Field(gt=0, le=1000, strict=False)] | None = None
    """Pages a second; all at once without it, each host at its pace."""
    first: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Only so many of them, to see whether the cause is gone."""


class Drop(Many):
    """Which are given up, and why."""

    note: Text | None = None
    """Why; kept with each of them and in the log."""


class EndsAsked(Asked):
    """Which items."""

    item_id: Numbers


def _host(name: str | None) -> str | None:
    return canonical_host(name) if name else None


@api.get("/dead", list[Incident] | list[DeadCause] | list[DeadLetter])
def list_dead(state: Dashboard, asked: Annotated[DeadAsked, Query()]) -> list[Incident] | list[DeadCause] | list[DeadLetter]:
    """Dead letters, the newest first; by cause or by reason, the most frequent first."""
    if asked.group == "cause":
        return operations.incidents(state.services, asked.which(state.settings.timezone), asked.limit)
    if asked.group == "reason":
        return operations.causes(state.services, asked.which(state.settings.timezone))
    return list(islice(operations.letters(state.services, asked.which(state.settings.timezone)), asked.limit))


@api.get("/dead/ends", Ends)
def ends_of(state: Dashboard, asked: Annotated[EndsAsked, Query()]) -> Ends:
    """What became of items that were sent again."""
    return operations.ends_of(state.services, asked.item_id)


@api.post("/dead/requeue", Preview | Requeued, role=Role.EDITOR, errors=(409,), within=ACT_WITHIN)
def requeue(state: Dashboard, who: Who, body: Requeue) -> Preview | Requeued:
    """Send dead letters again with all their tries."""
    if body.dry_run:
        return operations.preview(state.services, "requeue", body.which(state.settings.timezone), who, body.rate)
    if body.token is None and len(body.item_ids or ()) != 1:
        raise _unseen()
    return operations.requeue(state.services, body.which(state.settings.timezone), body.rate, first=body.first, token=body.token, who=who)


@api.post("/dead/drop", Preview | Dropped, role=Role.OPERATOR, errors=(409,), within=ACT_WITHIN)
def drop(state: Dashboard, who: Who, body: Drop) -> Preview | Dropped:
    """Give dead letters up for good; they count as `dropped-by-user`."""
    if body.dry_run:
        return operations.preview(state.services, "drop", body.which(state.settings.timezone), who)
    if body.token is None:
        raise _unseen()
    return operations.drop(state.services, body.which(state.settings.timezone), reason=body.note, token=body.token, who=who)


def _unseen() -> Exception:
    return bad_request("token: expected the token of a preview; send the same with dry_run first.", "token")
