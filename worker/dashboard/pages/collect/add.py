"""Accept URLs that are pasted or dropped, say what became of each line, and show how far the job is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast, get_args

from starlette.requests import Request
from starlette.responses import Response

from worker.dashboard.pages.collect.jobs import job_of, told
from worker.dashboard.pages.collect.lines import MOST, candidates
from worker.dashboard.pages.page import ACT_WITHIN, page
from worker.dashboard.security.access import Role, Route
from worker.dashboard.security.forms import Form
from worker.dashboard.security.middleware import caller_of
from worker.dashboard.state import State, state_of
from worker.dashboard.view import words
from worker.dashboard.view.rendering import Flash, go, show
from worker.errors import ItemFailed
from worker.intake.canonical_url import admit
from worker.operations import pauses
from worker.operations.accept import BATCH, Acceptance, Answer, Candidate, Terms
from worker.operations.jobs import JobStatus
from worker.reasons import Kind, Lane

SHOWN = 500
"""Lines of an answer that the page shows, refused ones first."""
LANES: tuple[Lane, ...] = get_args(Lane)
KINDS = {"article": "Articles", "feed": "Feeds (RSS, Atom): all their articles", "sitemap": "Sitemaps: all their articles"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one line."""

    line: str
    url: str
    state: str
    told: str
    item_id: int | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of all lines."""

    who: str
    accepted: int
    known: int
    refused: int
    checked_only: bool
    job: str | None
    job_id: int | None
    verdicts: tuple[Verdict, ...]


def form(request: Request) -> Response:
    """The form; where its address names the last lines, with what became of them."""
    state = state_of(request)
    outcome = state.added.get(request.query_params.get("done", ""))
    if not isinstance(outcome, Outcome) or outcome.who != caller_of(request).name:
        return _show(request, Form({}, {}), {})
    job = job_of(state, str(outcome.job_id)) if outcome.job_id is not None else None
    return _show(request, Form({}, {}), {}, outcome, job)


def _show(
    request: Request, given: Form, faults: Mapping[str, str], outcome: Outcome | None = None, job: JobStatus | None = None
) -> Response:
    return show(
        *(request, "add.html"),
        status=400 if faults else 200,
        page="/add",
        outcome=outcome,
        job=job,
        told=told,
        given=given,
        faults=faults,
        kinds=KINDS,
        most=MOST,
    )


def add(request: Request) -> Response:
    """Accepts the lines, or only checks them."""
    state, caller, filled = state_of(request), caller_of(request), Form.of(request)
    text = _text(filled)
    kind, lane = filled.text("kind") or "article", filled.text("lane") or "normal"
    lines = candidates(text, cast(Kind, kind)) if kind in KINDS else []
    faults = _faults(lines, kind, lane, filled.text("job"))
    if faults:
        return _show(request, filled, faults)
    terms = Terms(filled.text("job") or None, cast(Lane, lane), dry_run=filled.has("check"), who=caller.name)
    outcome = _accept(state, lines, terms, caller.name)
    state.changed()
    sentence = f"{words.plural(len(lines), 'line')}: {outcome.accepted:,} accepted, {outcome.known:,} known, {outcome.refused:,} refused."
    if outcome.checked_only:
        sentence += " Nothing was added: this was only a check."
    elif outcome.job and outcome.accepted:
        sentence += f" Job “{outcome.job}” has begun."
    return go(request, f"/add?done={state.added.keep(outcome)}", Flash(sentence, bad=not outcome.accepted and not outcome.known))


def _text(filled: Form) -> str:
    files = [content.decode("utf-8", "replace") for content in filled.files.values() if content]
    return "\n".join([*filled.all("urls"), *files])


def _faults(lines: list[Candidate], kind: str, lane: str, job: str) -> dict[str, str]:
    faults = {}
    if kind not in KINDS:
        faults["kind"] = "Choose articles, feeds or sitemaps."
    elif not lines:
        faults["urls"] = "Give at least one line."
    elif len(lines) > MOST:
        faults["urls"] = f"Give at most {MOST:,} lines at once; these are {len(lines):,}. `pressmark enqueue -f FILE` takes any number."
    if lane not in LANES:
        faults["lane"] = "Choose how soon."
    if len(job) > 200 or not job.isprintable():
        faults["job"] = "A job's name has at most 200 letters."
    return faults


def _accept(state: State, lines: list[Candidate], terms: Terms, who: str) -> Outcome:
    acceptance = Acceptance(state.settings, lambda: state.services, terms)
    answers = [answer for at in range(0, len(lines), BATCH) for answer in acceptance.batch(lines[at : at + BATCH])]
    acceptance.finish()
    totals, job = acceptance.totals, acceptance.job
    held = set(pauses.paused(state.services).hosts)
    order = sorted(answers, key=lambda answer: (answer.state != "refused", int(answer.where)))[:SHOWN]
    verdicts = tuple(_verdict(state, answer, held) for answer in sorted(order, key=lambda answer: int(answer.where)))
    return Outcome(
        *(who, totals.accepted, totals.known, totals.refused, terms.dry_run, job.name if job else None, job.id if job else None), verdicts
    )


def _verdict(state: State, answer: Answer, held: set[str]) -> Verdict:
    if answer.state == "refused":
        told = f"{words.reason(answer.reason)}. {words.advice(answer.reason)}"
        return Verdict(answer.where, answer.url, "Refused", told, None)
    if answer.state == "known":
        return Verdict(answer.where, answer.url, "Known", "", answer.item_id)
    return Verdict(answer.where, answer.url, "Accepted", "its host is paused" if _host(state, answer.url) in held else "", answer.item_id)


def _host(state: State, url: str) -> str:
    try:
        return admit(url, state.settings).host
    except ItemFailed:
        return ""


ROUTES = (
    Route("GET", "/add", Role.VIEWER, page(form)),
    Route("POST", "/add", Role.EDITOR, page(add, ACT_WITHIN), form=True),
)
