"""Show dead letters as incidents by cause; send them again, a few first, or drop them, after showing exactly which ones."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from worker.dashboard.pages.page import ACT_WITHIN, page
from worker.dashboard.security.access import Role, Route
from worker.dashboard.security.answers import bad_request
from worker.dashboard.security.forms import Form
from worker.dashboard.security.middleware import caller_of
from worker.dashboard.state import State, state_of
from worker.dashboard.view import figures, words
from worker.dashboard.view.rendering import Flash, clock, go, part, show
from worker.errors import Conflict
from worker.operations import dead, pauses
from worker.operations.dead import CANARY, REASONS, SMALL, Ends, Incident
from worker.operations.hosts import canonical_host
from worker.operations.pauses import Target
from worker.storage.values import DeadFilter

TIMES = {"": "Any time", "today": "Today", "week": "Last 7 days"}
RATE, FASTEST = 20, 600
"""Pages a minute that are sent again, by default and at most: with twenty, a minute shows whether the site can take them."""
MOST_ITEMS = 50
"""Items of which one page shows how they end."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Which dead letters an address means."""

    reason: str
    host: str
    detail: str | None
    """None: whatever the last answer was."""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Cause:
        """From the fields of an address or a form. Raises Refused for a reason that no dead letter can have."""
        reason = given.get("reason", "")
        if reason and reason not in REASONS:
            raise bad_request(f"There is no reason “{reason[:60]}”.", "reason")
        return cls(reason, canonical_host(given.get("host", "")[:300]), given.get("detail"))

    @property
    def filter(self) -> DeadFilter:
        """For the operations."""
        return DeadFilter(reason=self.reason or None, host=self.host or None, detail=self.detail)

    @property
    def fields(self) -> dict[str, str]:
        """For an address or hidden fields."""
        found = {"reason": self.reason, "host": self.host}
        return {**{k: v for k, v in found.items() if v}, **({"detail": self.detail} if self.detail is not None else {})}

    @property
    def address(self) -> str:
        """Address of the incident, or of the list where there is none."""
        if not (self.reason and self.host):
            return f"/dead?{urlencode(self.fields)}" if self.fields else "/dead"
        detail = f"?{urlencode({'detail': self.detail})}" if self.detail is not None else ""
        return f"/dead/{quote(self.reason, safe='')}/{quote(self.host, safe='')}{detail}"


def listing(request: Request) -> Response:
    """The incidents, worst first."""
    state, query = state_of(request), request.query_params
    cause, since = Cause.of(_fields(query)), query.get("since", "")
    which = DeadFilter(reason=cause.reason or None, host=cause.host or None, since=_since(state, since))
    found = dead.incidents(state.services, which)
    total = sum(incident.count for incident in found)
    several = Counter((incident.reason, incident.host) for incident in found)
    return show(
        *(request, "dead.html"),
        page="/dead",
        incidents=found,
        total=total,
        cause=cause,
        since=since,
        times=TIMES,
        reasons=REASONS,
        addresses=[_address(incident, alone=several[incident.reason, incident.host] == 1) for incident in found],
        narrowed=which != DeadFilter(),
        paused=set(pauses.paused(state.services).hosts),
    )


def _address(incident: Incident, *, alone: bool) -> str:
    """Address of one incident; the last answer distinguishes it from others of the same reason and host."""
    return Cause(incident.reason, incident.host, None if alone else incident.detail or "").address


def _since(state: State, word: str) -> float | None:
    at = clock(state.settings)
    return at.midnight if word == "today" else time.time() - 7 * 86400 if word == "week" else None


def _fields(query: QueryParams) -> dict[str, str]:
    return {name: query[name] for name in ("reason", "host", "detail") if name in query}


def one(request: Request) -> Response:
    """One incident: by hour, with examples and their traces."""
    state, given = state_of(request), request.path_params
    detail = request.query_params.get("detail")
    found = dead.incident(state.services, given["reason"], given["host"], detail)
    incident = found.incident
    cause = Cause(incident.reason, incident.host, incident.detail or "")
    return show(
        request, "incident.html", page="/dead", found=found, incident=incident, cause=cause, most=max(h.count for h in found.by_hour)
    )


def send_form(request: Request) -> Response:
    """What sending again would reach."""
    return _send_form(request, Cause.of(_fields(request.query_params)))


def _send_form(request: Request, cause: Cause, fault: str = "") -> Response:
    state = state_of(request)
    rate = RATE / 60
    preview = dead.preview(state.services, "requeue", cause.filter, caller_of(request).name, rate)
    return show(
        *(request, "dead_send.html"),
        status=409 if fault else 200,
        page="/dead",
        cause=cause,
        preview=preview,
        fault=fault,
        canary=CANARY,
        few=preview.count <= CANARY,
        small=preview.count <= SMALL,
        rate=RATE,
        fastest=FASTEST,
        all_of_them="all" in request.query_params,
        paused=cause.host in pauses.paused(state.services).hosts,
    )


def send(request: Request) -> Response:
    """Sends them again: a few first, or all at a rate."""
    state, caller, form = state_of(request), caller_of(request), Form.of(request)
    cause = _cause_of(form)
    first = CANARY if form.text("how") == "few" else None
    try:
        done = dead.requeue(state.services, cause.filter, _rate(form), first=first, token=form.text("token") or "none", who=caller.name)
    except Conflict as changed:
        return _send_form(request, cause, str(changed))
    if form.has("resume") and cause.host and caller.may(Role.OPERATOR):
        pauses.resume(state.services, Target(host=cause.host), caller.name)
    state.changed()
    items = ",".join(map(str, done.item_ids[:MOST_ITEMS]))
    told = Flash(f"{words.plural(done.requeued, 'page')} sent again.")
    return go(request, f"/dead/sent?{urlencode({**cause.fields, 'items': items, 'left': str(done.left)})}", told)


def _rate(form: Form) -> float | None:
    """Pages a second; None where a few are sent at once."""
    if form.text("how") == "few":
        return None
    try:
        rate = int(form.text("rate") or RATE)
    except ValueError:
        rate = 0
    if not 1 <= rate <= FASTEST:
        raise bad_request(f"Pages a minute: expected a number from 1 to {FASTEST}.", "rate")
    return rate / 60


def _cause_of(form: Form) -> Cause:
    return Cause.of({name: form.text(name) for name in ("reason", "host", "detail") if form.has(name)})


def sent(request: Request) -> Response:
    """What became of those that were sent again, and whether to send the others."""
    state, query = state_of(request), request.query_params
    items = _items(query.get("items", ""))
    left = int(query["left"]) if query.get("left", "").isdecimal() else 0
    ends = dead.ends_of(state.services, items)
    return show(
        request, "dead_sent.html", page="/dead", cause=Cause.of(_fields(query)), items=items, left=left, ends=ends, told=ends_told(ends)
    )


def _items(text: str) -> list[int]:
    numbers = [part for part in text.split(",") if part]
    if len(numbers) > MOST_ITEMS or not all(part.isdecimal() and len(part) < 19 for part in numbers):
        raise bad_request(f"items: expected at most {MOST_ITEMS} numbers.")
    return [int(part) for part in numbers]


def ends_told(ends: Ends) -> str:
    """`4 stored, 1 dead again (tls).`"""
    parts = [
        f"{figures.count(end.count)} {'dead again' if end.state == 'dead' else words.state(end.state).lower()}"
        + (f" ({words.reason(end.reason).lower()})" if end.reason and end.state in ("dead", "waiting", "refused") else "")
        for end in ends.ends
    ]
    return ", ".join(parts) + "." if parts else "Nothing was sent."


def live(state: State, fields: Mapping[str, str]) -> Mapping[str, str]:
    """What became of items that were sent again."""
    ends = dead.ends_of(state.services, _items(fields.get("items", "")))
    return {"ends": part("dead_ends.html", state.settings, ends=ends, told=ends_told(ends))}


def drop_form(request: Request) -> Response:
    """What dropping would reach."""
    return _drop_form(request, Cause.of(_fields(request.query_params)))


def _drop_form(request: Request, cause: Cause, fault: str = "", status: int = 200) -> Response:
    preview = dead.preview(state_of(request).services, "drop", cause.filter, caller_of(request).name)
    return show(request, "dead_drop.html", status=status, page="/dead", cause=cause, preview=preview, fault=fault)


def drop(request: Request) -> Response:
    """Drops them for good, with a reason."""
    state, form = state_of(request), Form.of(request)
    cause, reason = _cause_of(form), form.text("why")
    if not reason:
        return _drop_form(request, cause, "Say why: it stands in the log beside your name.", 400)
    try:
        token = form.text("token") or "none"
        done = dead.drop(state.services, cause.filter, reason=reason[:500], token=token, who=caller_of(request).name)
    except Conflict as changed:
        return _drop_form(request, cause, str(changed), 409)
    state.changed()
    return go(request, "/dead", Flash(f"Dropped {done.dropped:,}. They count as dropped."))


ROUTES = (
    Route("GET", "/dead", Role.VIEWER, page(listing)),
    Route("GET", "/dead/send", Role.EDITOR, page(send_form)),
    Route("POST", "/dead/send", Role.EDITOR, page(send, ACT_WITHIN), form=True),
    Route("GET", "/dead/sent", Role.VIEWER, page(sent)),
    Route("GET", "/dead/drop", Role.OPERATOR, page(drop_form)),
    Route("POST", "/dead/drop", Role.OPERATOR, page(drop, ACT_WITHIN), form=True),
    Route("GET", "/dead/{reason}/{host}", Role.VIEWER, page(one)),
)
LIVE = {"dead": live}
