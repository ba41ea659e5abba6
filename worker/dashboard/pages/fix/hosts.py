"""Show how often each host is asked and what it demands; pause and resume one."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from worker.dashboard.pages.page import page
from worker.dashboard.security.access import Role, Route
from worker.dashboard.security.forms import Form
from worker.dashboard.security.middleware import caller_of
from worker.dashboard.state import state_of
from worker.dashboard.view import figures, words
from worker.dashboard.view.figures import Clock
from worker.dashboard.view.rendering import Button, Flash, clock, go, show
from worker.operations import dead, hosts, pauses
from worker.operations.hosts import HostStatus
from worker.operations.pauses import Target
from worker.storage.values import DeadFilter

WISHES = {"settings": "", "robots": ", its own wish", "slowed": ", after failures"}


def listing(request: Request) -> Response:
    """The hosts, first those for which the most items wait."""
    state, query = state_of(request), request.query_params
    like = query.get("host", "").strip()[:200]
    found = hosts.hosts(state.services, cursor=query.get("cursor") or None, like=like or None)
    older = f"/hosts?{urlencode({**({'host': like} if like else {}), 'cursor': found.next})}" if found.next else ""
    return show(request, "hosts.html", page="/hosts", found=found, like=like, older=older, told=Told(clock(state.settings)))


@dataclass(frozen=True, slots=True)
class Told:
    """What the pages say about a host at this moment."""

    at: Clock

    def now(self, host: HostStatus) -> str:
        """What the host does now."""
        until = f" until {self.at.moment(host.until).shown}" if host.until else ""
        slow = f": {figures.brief(host.median_ms / 1000)} a page" if host.median_ms else ""
        return {
            "working": "Working",
            "slow": f"Slow{slow}",
            "waits": f"Waits{until}: it asked for it",
            "failing": f"Fails: {host.failures} requests in a row{f'; waits{until}' if until else ''}",
            "robots": "robots.txt cannot be read",
            "paused": f"Paused{f' by {host.paused_by}' if host.paused_by else ''}{self._since(host.paused_at)}",
        }[host.state]

    def _since(self, moment: str | None) -> str:
        return f", {self.at.moment(moment).shown}" if moment else ""

    def robots(self, host: HostStatus) -> str:
        """When its robots.txt was read, or since when it cannot be."""
        if host.robots.state is None:
            return "not asked yet"
        word = "read" if host.robots.state == "read" else "cannot be read since"
        return f"{word} {self.at.moment(host.robots.at).shown}" if host.robots.at else word

    def pace(self, host: HostStatus) -> str:
        """`2 s`, `10 s, its own wish`."""
        return f"{host.interval_s:g} s{WISHES[host.interval_from]}"


def one(request: Request) -> Response:
    """One host: its pace, its last requests, its dead letters."""
    state, name = state_of(request), request.path_params["host"]
    found = hosts.host(state.services, name)
    incidents = dead.incidents(state.services, DeadFilter(host=found.host.host), 20)
    return show(request, "host.html", page="/hosts", found=found, host=found.host, incidents=incidents, told=Told(clock(state.settings)))


def pause_form(request: Request) -> Response:
    """Asks for the reason, and shows what stops."""
    found = hosts.host(state_of(request).services, request.path_params["host"])
    return show(request, "host_pause.html", page="/hosts", host=found.host)


def pause(request: Request) -> Response:
    """Stops a host, with Undo."""
    state, name = state_of(request), request.path_params["host"]
    pauses.pause(state.services, Target(host=name), caller_of(request).name, Form.of(request).text("note")[:200] or None)
    state.changed()
    told = Flash(f"{words.host(name)} is paused. What is being read is finished.", Button("Undo", f"/hosts/{quote(name, safe='')}/resume"))
    return go(request, f"/hosts/{quote(name, safe='')}", told)


def resume(request: Request) -> Response:
    """Resumes a host; whoever comes second is told its state."""
    state, name = state_of(request), request.path_params["host"]
    before = hosts.host(state.services, name).host
    if before.state != "paused":
        return go(request, f"/hosts/{quote(name, safe='')}", Flash(f"{words.host(name)} is not paused (any more). Nothing was done."))
    pauses.resume(state.services, Target(host=name), caller_of(request).name)
    state.changed()
    pages = f" {before.waiting:,} pages go out, one every {before.interval_s:g} s." if before.waiting else ""
    undo = Button("Pause again", f"/hosts/{quote(name, safe='')}/pause", {"note": before.note or ""})
    return go(request, f"/hosts/{quote(name, safe='')}", Flash(f"Resumed {words.host(name)}.{pages}", undo))


ROUTES = (
    Route("GET", "/hosts", Role.VIEWER, page(listing)),
    Route("GET", "/hosts/{host}", Role.VIEWER, page(one)),
    Route("GET", "/hosts/{host}/pause", Role.OPERATOR, page(pause_form)),
    Route("POST", "/hosts/{host}/pause", Role.OPERATOR, page(pause), form=True),
    Route("POST", "/hosts/{host}/resume", Role.OPERATOR, page(resume), form=True),
)
