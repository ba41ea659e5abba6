"""Know what stands around every page: where one can go, what calls for somebody there, and how the whole is."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from worker.dashboard.security.access import Role
from worker.dashboard.security.middleware import caller_of
from worker.dashboard.state import State, state_of
from worker.dashboard.view import figures


@dataclass(frozen=True, slots=True)
class Place:
    """A page in the side bar."""

    name: str
    address: str
    count: str = ""
    """What calls for somebody there; empty where nothing does."""


@dataclass(frozen=True, slots=True)
class Group:
    """Pages of one purpose."""

    name: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a page."""

    groups: tuple[Group, ...]
    health: str
    """The state of the whole in a few words."""
    tone: str
    """`ok`, `warn` or `bad`: the words say it too."""


def frame_of(request: Request, *, wait: bool = True) -> Frame:
    """The frame now; who is not signed in sees nothing of the installation. Without `wait` with the figures that are there."""
    if not caller_of(request).may(Role.VIEWER):
        return Frame((), "Pressmark", "ok")
    return of_state(state_of(request), wait=wait)


def of_state(state: State, *, wait: bool = True) -> Frame:
    """The frame of this moment, with a question mark for what cannot be known."""
    report = state.queues.or_none() if wait else state.queues.last()
    dead = figures.count(report.ledger.dead if report else None)
    waiting = figures.count(report.ledger.waiting if report else None)
    groups = (
        Group("", (Place("Overview", "/"),)),
        Group("Read", (Place("Articles", "/articles"), Place("Review", "/review"))),
        Group("Collect", (Place("Add URLs", "/add"), Place("Jobs", "/jobs"), Place("Sources", "/sources"))),
        Group("Fix", (Place("Dead letters", "/dead", _called(dead)), Place("Waiting", "/due", _called(waiting)), Place("Hosts", "/hosts"))),
        Group("Manage", (Place("Models", "/models"), Place("Settings", "/settings"), Place("Log", "/log"))),
    )
    if report is None:
        return Frame(groups, "Database away", "bad")
    if report.redis_is_away:
        return Frame(groups, "Redis away", "bad")
    return Frame(groups, "All is well", "ok")


def _called(count: str) -> str:
    return "" if count == "0" else count
