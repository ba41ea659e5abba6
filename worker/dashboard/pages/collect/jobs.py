"""Show the jobs and how far each is; stop one after saying what that drops."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from worker.dashboard.pages.page import page
from worker.dashboard.security.access import Role, Route
from worker.dashboard.security.answers import not_found
from worker.dashboard.security.middleware import caller_of
from worker.dashboard.state import State, state_of
from worker.dashboard.view import words
from worker.dashboard.view.rendering import Flash, go, part, show
from worker.errors import UsageError
from worker.operations import jobs
from worker.operations.jobs import JobDetail, JobStatus

SHOWN = 200
"""Jobs of the list, the newest first."""


def listing(request: Request) -> Response:
    """Every job; `name` in the address leads to that one, whatever letters it has."""
    if name := request.query_params.get("name"):
        return go(request, f"/jobs/{_detail(request, name).job.id}")
    found = jobs.jobs(state_of(request).services)
    return show(request, "jobs.html", page="/jobs", jobs=found[:SHOWN], more=max(len(found) - SHOWN, 0), told=told)


def one(request: Request) -> Response:
    """One job with what became of its items."""
    detail = _found(request)
    return show(request, "job.html", page="/jobs", detail=detail, job=detail.job, told=told)


def stop_form(request: Request) -> Response:
    """Says what stopping drops."""
    return show(request, "job_stop.html", page="/jobs", job=_found(request).job)


def stop(request: Request) -> Response:
    """Drops what still waits in the job."""
    state = state_of(request)
    stopped = jobs.stop(state.services, request.path_params["name"], caller_of(request).name)
    state.changed()
    return go(
        request,
        f"/jobs/{request.path_params['name']}",
        Flash(f"Stopped. {words.plural(stopped.dropped, 'page')} dropped; they count as dropped."),
    )


def _found(request: Request) -> JobDetail:
    return _detail(request, request.path_params["name"])


def _detail(request: Request, name: str) -> JobDetail:
    try:
        return jobs.detail(state_of(request).services, name)
    except UsageError:
        raise not_found(f"There is no job “{name[:80]}”.") from None


def job_of(state: State, name: str) -> JobStatus | None:
    """A job, None where it is gone."""
    try:
        return jobs.show(state.services, name)
    except UsageError:
        return None


def told(job: JobStatus) -> str:
    """How far a job is, as a sentence."""
    done = job.accepted - job.under_way
    parts = [
        words.plural(job.stored, "stored", "stored"),
        words.plural(job.duplicate, "copy", "copies"),
        words.plural(job.refused, "refused", "refused"),
        words.plural(job.dead, "dead", "dead"),
    ]
    numbers = (job.stored, job.duplicate, job.refused, job.dead)
    ended = ", ".join(text for text, number in zip(parts, numbers, strict=True) if number)
    if not job.accepted:
        return "No new page: all were known or refused."
    if not job.under_way:
        return f"Done: {ended}."
    waits = f"{job.running} being read, {job.waiting} waiting" if job.running else f"{job.waiting} waiting"
    return f"{done:,} of {job.accepted:,} done: {f'{ended}, ' if ended else ''}{waits}."


def live(state: State, fields: Mapping[str, str]) -> Mapping[str, str]:
    """How far one job is."""
    job = job_of(state, fields["rest"])
    return {"job-progress": part("job_progress.html", state.settings, job=job, told=told)} if job else {}


ROUTES = (
    Route("GET", "/jobs", Role.VIEWER, page(listing)),
    Route("GET", "/jobs/{name}", Role.VIEWER, page(one)),
    Route("GET", "/jobs/{name}/stop", Role.EDITOR, page(stop_form)),
    Route("POST", "/jobs/{name}/stop", Role.EDITOR, page(stop), form=True),
)
LIVE = {"jobs": live}
