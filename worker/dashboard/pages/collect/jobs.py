"""Show the jobs, how far each is, and its report; stop one after showing what that drops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from worker.dashboard.pages.page import page
from worker.dashboard.pages.read.search import Search
from worker.dashboard.security.access import Role, Route
from worker.dashboard.security.answers import not_found
from worker.dashboard.security.middleware import caller_of
from worker.dashboard.state import State, state_of
from worker.dashboard.view import figures, words
from worker.dashboard.view.rendering import Flash, go, part, show
from worker.errors import UsageError
from worker.operations import job_report, jobs
from worker.operations.job_report import JobReport, Weighed
from worker.operations.jobs import JobDetail, JobStatus
from worker.operations.sharing.job_page import report_page

SHOWN = 200
"""Jobs of the list, the newest first."""
LISTED = 12
"""Values in a section of a report (of days, the last ones): more cannot be compared by eye, and the file has all."""
FIELDS = {"topics": "topic", "source types": "source_type", "outlets": "outlet", "languages": "language", "days of publication": "day"}
"""The field of a search that each section of a report is about."""
WORDED = {"none": "No topic", "unsure": "Unsure about a topic"}


def listing(request: Request) -> Response:
    """Every job; with `name` in the address, that one, whatever letters its name has."""
    if name := request.query_params.get("name"):
        return go(request, f"/jobs/{_detail(request, name).job.id}")
    services = state_of(request).services
    found = jobs.jobs(services)
    shown = found[:SHOWN]
    adders = jobs.adders(services, shown)
    return show(request, "jobs.html", page="/jobs", jobs=shown, more=max(len(found) - SHOWN, 0), told=told, adders=adders)


def one(request: Request) -> Response:
    """One job with what became of its items."""
    detail = _found(request)
    adders = jobs.adders(state_of(request).services, [detail.job]).get(detail.job.name, ())
    return show(request, "job.html", page="/jobs", detail=detail, job=detail.job, told=told, adders=adders)


def report(request: Request) -> Response:
    """What became of a job, and what its articles are."""
    found = _report(request)
    sections = [(title, [_share(found, title, row) for row in _listed(title, rows)], len(rows)) for title, rows in found.sections if rows]
    return show(request, "job_report.html", page="/jobs", report=found, job=found.job, told=told, sections=sections)


def report_file(request: Request) -> Response:
    """The same as one page that can be passed on, as the command writes it."""
    found = _report(request)
    headers = {"Content-Disposition": f'attachment; filename="job-{found.job.id}.html"'}
    return HTMLResponse(report_page(found, state_of(request).settings.timezone), headers=headers)


def _report(request: Request) -> JobReport:
    try:
        return job_report.report(state_of(request).services, str(_found(request).job.id))
    except UsageError:
        raise not_found("This job is gone.") from None


@dataclass(frozen=True, slots=True)
class Share:
    """One value that articles of a job have."""

    name: str
    count: int
    distinct: int
    share: float
    """Share of the job's articles."""
    tone: str
    address: str
    """Address of these articles; empty where no search finds them."""


def _share(found: JobReport, section: str, row: Weighed) -> Share:
    field = FIELDS[section]
    search = Search(job=str(found.job.id))
    if field == "day":
        search = replace(search, since=row.key, until=row.key)
    elif row.key == "unsure":
        search = replace(search, doubt="topic")
    else:
        search = search.having(field, row.key)
    tone = words.tone(row.key) if field == "topic" else ""
    return Share(
        _name(field, row.key), row.count, row.distinct, row.count / max(found.articles, 1), tone, search.address() if row.key else ""
    )


def _listed(section: str, rows: Sequence[Weighed]) -> Sequence[Weighed]:
    """Days come in their order, all others the most frequent first."""
    return rows[-LISTED:] if FIELDS[section] == "day" else rows[:LISTED]


def _name(field: str, key: str) -> str:
    """A value in words."""
    if not key:
        return "Not known"
    if field in ("topic", "source_type"):
        return WORDED.get(key) or words.label(key)
    if field == "language":
        return words.language(key)
    return figures.day(key) if field == "day" else key


def stop_form(request: Request) -> Response:
    """Shows what stopping would drop."""
    job = _found(request).job
    preview = jobs.preview_of_stop(state_of(request).services, str(job.id))
    return show(request, "job_stop.html", page="/jobs", job=job, preview=preview)


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
    Route("GET", "/jobs/{name}/report", Role.VIEWER, page(report)),
    Route("GET", "/jobs/{name}/report.html", Role.VIEWER, page(report_file)),
    Route("GET", "/jobs/{name}/stop", Role.EDITOR, page(stop_form)),
    Route("POST", "/jobs/{name}/stop", Role.EDITOR, page(stop), form=True),
)
LIVE = {"jobs": live}
