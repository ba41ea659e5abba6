"""Show the sources that are followed; pause, resume, ask and remove them; import and export lists of them."""

from __future__ import annotations

from itertools import chain, islice
from typing import Literal
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from worker.dashboard.pages.collect import source_words
from worker.dashboard.pages.collect.source_words import Told
from worker.dashboard.pages.page import ACT_WITHIN, page
from worker.dashboard.security.access import Role, Route
from worker.dashboard.security.answers import bad_request
from worker.dashboard.security.forms import Form
from worker.dashboard.security.middleware import caller_of
from worker.dashboard.state import State, state_of
from worker.dashboard.view import words
from worker.dashboard.view.rendering import Button, Flash, clock, go, show
from worker.errors import UsageError
from worker.operations import source_list, sources
from worker.operations.sources import Added, Source

MEDIA = {"opml": "text/x-opml", "csv": "text/csv"}
SHOWN = 200
"""Refused lines of a list that are shown; the rest is counted."""


def listing(request: Request) -> Response:
    """The broken ones first."""
    return _listing(request)


def _listing(request: Request, fault: str = "", given: str = "", status: int = 200) -> Response:
    state = state_of(request)
    found = source_list.listed(state.services, cursor=request.query_params.get("cursor") or None, order="health")
    counts = state.services.sources.counts()
    imported = state.added.get(request.query_params.get("imported", ""))
    return show(
        *(request, "sources.html"),
        status=status,
        page="/sources",
        found=found.sources,
        weeks=source_list.weeks(state.services, found.sources),
        counts=counts,
        total=counts.total(),
        older=f"/sources?{urlencode({'cursor': found.next})}" if found.next else "",
        refused=imported if isinstance(imported, tuple) else (),
        fault=fault,
        given=given,
        told=_told(state),
        say=source_words,
    )


def _told(state: State) -> Told:
    report = state.queues.or_none()
    return Told(clock(state.settings), frozenset(report.paused.hosts) if report else frozenset())


def one(request: Request) -> Response:
    """One source: how it is, what to do, how often it is asked and why."""
    state, source = state_of(request), _source(request)
    return show(
        *(request, "source.html"),
        page="/sources",
        source=source,
        week=source_list.weeks(state.services, [source])[source.id],
        told=_told(state),
        say=source_words,
    )


def _source(request: Request) -> Source:
    """The one that the address names; raises NotFound."""
    return sources.show(state_of(request).services, str(request.path_params["source"]))


def _name(source: Source) -> str:
    return (source.title or source.url)[:200]


def _back(request: Request, source: Source) -> str:
    """Back to the list, where the button was there."""
    return "/sources" if Form.of(request).text("back") == "list" else f"/sources/{source.id}"


def pause(request: Request) -> Response:
    """Pauses it, with Undo."""
    state, source = state_of(request), _source(request)
    sources.pause(state.services, [str(source.id)], caller_of(request).name)
    state.changed()
    told = Flash(f"{_name(source)} is paused: it is not asked until you resume it.", Button("Undo", f"/sources/{source.id}/resume"))
    return go(request, _back(request, source), told)


def resume(request: Request) -> Response:
    """Resumes it."""
    state, source = state_of(request), _source(request)
    sources.pause(state.services, [str(source.id)], caller_of(request).name, paused=False)
    state.changed()
    return go(request, _back(request, source), Flash(f"{_name(source)} goes on.", Button("Pause again", f"/sources/{source.id}/pause")))


def poll(request: Request) -> Response:
    """Asks it now, whatever its interval."""
    state, source = state_of(request), _source(request)
    done = sources.poll(state.services, [str(source.id)], caller_of(request).name)
    state.changed()
    told = "is asked now. What is new appears here within a minute or so" if done.sent else "is being asked already"
    return go(request, _back(request, source), Flash(f"{_name(source)} {told}."))


def remove_form(request: Request) -> Response:
    """Shows what is deleted and what stays."""
    return show(request, "source_remove.html", page="/sources", source=_source(request))


def remove(request: Request) -> Response:
    """Stops following it, with Undo: following it again stores nothing twice."""
    state, source = state_of(request), _source(request)
    sources.remove(state.services, [str(source.id)], caller_of(request).name)
    state.changed()
    values = {"url": source.url, "kind": source.kind, "title": source.title or ""}
    undo = Button("Follow it again", "/sources/follow", values)
    return go(request, "/sources", Flash(f"{_name(source)} is followed no longer. Its articles stay.", undo))


def import_form(request: Request) -> Response:
    """Asks for a file."""
    return show(request, "source_import.html", page="/sources", fault="")


def import_list(request: Request) -> Response:
    """Follows the sources of an OPML or CSV file."""
    state, form = state_of(request), Form.of(request)
    data = next((content for content in form.files.values() if content), b"") or form.text("list").encode()
    if not data.strip():
        return show(request, "source_import.html", status=400, page="/sources", fault="Choose a file, or paste a list.")
    try:
        answers = list(sources.import_file(state.services, data, "the list", caller_of(request).name))
    except UsageError as wrong:
        return show(request, "source_import.html", status=400, page="/sources", fault=_sentence(str(wrong)))
    state.changed()
    return go(request, f"/sources?{urlencode({'imported': _kept(state, answers)})}", _sum_of(answers))


def _sum_of(answers: list[Added]) -> Flash:
    counts = {word: sum(answer.state == word for answer in answers) for word in ("added", "known", "refused")}
    parts = ", ".join(f"{count:,} {word}" for word, count in counts.items() if count)
    told = f"{words.plural(len(answers), 'source')} in the list{f': {parts}' if parts else ''}."
    return Flash(told, bad=not counts["added"] and not counts["known"])


def _kept(state: State, answers: list[Added]) -> str:
    refused = [answer for answer in answers if answer.state == "refused"][:SHOWN]
    return state.added.keep(tuple((one.where or "", one.url[:300], words.reason(one.reason), one.detail or "") for one in refused))


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def export(request: Request) -> Response:
    """All of them as OPML or CSV, in constant memory."""
    named = request.query_params.get("format", "opml")
    if named not in MEDIA:
        raise bad_request("format: expected opml or csv.")
    form: Literal["opml", "csv"] = "csv" if named == "csv" else "opml"
    pieces = sources.export(state_of(request).services, form)
    begun = list(islice(pieces, 2))  # so that an unreachable database is reported before the answer begins
    headers = {"Content-Disposition": f'attachment; filename="sources.{form}"'}
    return StreamingResponse(chain(begun, pieces), headers=headers, media_type=MEDIA[form])


ROUTES = (
    Route("GET", "/sources", Role.VIEWER, page(listing)),
    Route("GET", "/export/sources", Role.VIEWER, page(export)),
    Route("GET", "/sources/import", Role.EDITOR, page(import_form)),
    Route("POST", "/sources/import", Role.EDITOR, page(import_list, ACT_WITHIN), form=True),
    Route("GET", "/sources/{source:int}", Role.VIEWER, page(one)),
    Route("POST", "/sources/{source:int}/pause", Role.EDITOR, page(pause), form=True),
    Route("POST", "/sources/{source:int}/resume", Role.EDITOR, page(resume), form=True),
    Route("POST", "/sources/{source:int}/poll", Role.EDITOR, page(poll), form=True),
    Route("GET", "/sources/{source:int}/remove", Role.EDITOR, page(remove_form)),
    Route("POST", "/sources/{source:int}/remove", Role.EDITOR, page(remove), form=True),
)
