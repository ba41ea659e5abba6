"""Show what waits, for which host, why and until when; lift a wait, try again now, pause and resume."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from worker.dashboard.pages.page import page
from worker.dashboard.security.access import Role, Route
from worker.dashboard.security.answers import bad_request
from worker.dashboard.security.forms import Form
from worker.dashboard.security.middleware import caller_of
from worker.dashboard.state import State, state_of
from worker.dashboard.view import words
from worker.dashboard.view.rendering import Button, Flash, go, part, show
from worker.operations import due, pauses
from worker.operations.due import Due, DueGroup
from worker.operations.pauses import STAGES, Target
from worker.reasons import Reason

WHY = {
    "host": "The host is held back",
    "paused": "Paused",
    "robots": "robots.txt cannot be read",
    "again": "Will be tried again",
    "pace": "Due now",
}
THEN = {
    "host": "one page is tried first",
    "paused": "nothing is fetched",
    "robots": "asked again every hour; dead after 7 days",
    "again": "tried up to 5 times, then dead",
    "pace": "fetched, one page of a host at a time",
}
STAGE_WORDS = {"fetch": "Fetching", "label": "Labelling", "store": "Storing"}


def listing(request: Request) -> Response:
    """The groups, then the items one by one."""
    state, query = state_of(request), request.query_params
    found = due.due(state.services, query.get("host") or None, query.get("reason") or None, cursor=query.get("cursor") or None)
    narrowed = {name: query[name] for name in ("host", "reason") if query.get(name)}
    older = f"/due?{urlencode({**narrowed, 'cursor': found.next})}" if found.next else ""
    all_of_them = state.queues().due
    return show(
        *(request, "due.html"),
        page="/due",
        found=found,
        total=_total(found),
        watched=f"due?{urlencode({'shown': all_of_them.now + all_of_them.later})}",
        list_address=f"/due?{urlencode(narrowed)}" if narrowed else "/due",
        why=WHY,
        then=THEN,
        by=why_told,
        narrowed=narrowed,
        older=older,
        paused_stages=pauses.paused(state.services).stages,
        robots=Reason.ROBOTS_UNAVAILABLE.word,
    )


def _total(found: Due) -> int:
    return sum(group.count for group in found.groups)


def why_told(group: DueGroup) -> str:
    """Why a group waits: `Paused by sam`."""
    return f"Paused by {group.by}" if group.why == "paused" and group.by else WHY[group.why]


def live(state: State, fields: Mapping[str, str]) -> Mapping[str, str]:
    """The sentence with the figures, and whether the rows are out of date: they do not change while somebody reads them."""
    found = state.queues().due
    total = found.now + found.later
    return {
        "due-figures": part("due_figures.html", state.settings, found=found, total=total),
        "due-changed": "" if fields.get("shown") in (None, str(total)) else "It has changed since. Show it as it is now",
    }


def lift_form(request: Request) -> Response:
    """What the host asked for, and what lifting the wait does."""
    host = request.query_params.get("host", "")
    found = due.due(state_of(request).services, host, "host")
    group = next(iter(found.groups), None)
    if group is None:
        raise bad_request(f"{host[:200] or 'This host'} does not wait (any more).")
    return show(request, "lift.html", page="/due", group=group, host=host, shown=words.host(host))


def lift(request: Request) -> Response:
    """Lifts the wait; whoever comes second is told that it is lifted already."""
    host = Form.of(request).text("host")
    if not host:
        raise bad_request("Name the host.", "host")
    state = state_of(request)
    done = due.lift(state.services, host, caller_of(request).name)
    state.changed()
    text = (
        "Lifted. One page is tried first; its answer decides about the others."
        if done.lifted
        else f"{words.host(host)} does not wait any more."
    )
    return go(request, "/due", Flash(text, bad=not done.lifted))


def try_form(request: Request) -> Response:
    """What trying now would send."""
    query = request.query_params
    host, reason = query.get("host", ""), query.get("reason", "")
    found = due.due(state_of(request).services, host or None, reason or "again", 5)
    return show(request, "try_now.html", page="/due", found=found, total=_total(found), host=host, reason=reason, shown=words.host(host))


def try_now(request: Request) -> Response:
    """Makes them due now."""
    state, form = state_of(request), Form.of(request)
    done = due.try_now(state.services, form.text("host") or None, form.text("reason") or None, caller_of(request).name)
    state.changed()
    return go(
        request,
        "/due",
        Flash(f"{words.plural(done.count, 'page')} {'is' if done.count == 1 else 'are'} due now. Each site keeps its pace."),
    )


def stages(request: Request) -> Response:
    """The stages and hosts that are paused, and the stages that can be."""
    found = pauses.paused(state_of(request).services)
    return show(request, "pauses.html", page="/due", found=found, stages=STAGES, stage_words=STAGE_WORDS)


def pause_stage(request: Request) -> Response:
    """Stops a stage, with Undo."""
    stage, form = _stage(request), Form.of(request)
    state = state_of(request)
    done = pauses.pause(state.services, Target((stage,)), caller_of(request).name, form.text("note")[:200] or None)
    state.changed()
    later = "" if done.announced else " Redis is away: workers are told when it is back."
    return go(request, "/pauses", Flash(f"{STAGE_WORDS[stage]} is paused.{later}", Button("Resume", f"/pauses/{stage}/resume")))


def resume_stage(request: Request) -> Response:
    """Resumes a stage."""
    stage, state = _stage(request), state_of(request)
    pauses.resume(state.services, Target((stage,)), caller_of(request).name)
    state.changed()
    return go(request, "/pauses", Flash(f"{STAGE_WORDS[stage]} goes on."))


def _stage(request: Request) -> str:
    stage: str = request.path_params["stage"]
    if stage not in STAGES:
        raise bad_request(f"There is no stage “{stage[:40]}”.")
    return stage


ROUTES = (
    Route("GET", "/due", Role.VIEWER, page(listing)),
    Route("GET", "/due/lift", Role.OPERATOR, page(lift_form)),
    Route("POST", "/due/lift", Role.OPERATOR, page(lift), form=True),
    Route("GET", "/due/try", Role.OPERATOR, page(try_form)),
    Route("POST", "/due/try", Role.OPERATOR, page(try_now), form=True),
    Route("GET", "/pauses", Role.VIEWER, page(stages)),
    Route("POST", "/pauses/{stage}", Role.OPERATOR, page(pause_stage), form=True),
    Route("POST", "/pauses/{stage}/resume", Role.OPERATOR, page(resume_stage), form=True),
)
LIVE = {"due": live}
