"""Know what stands around every page: where one can go, what calls for somebody there, and how the whole is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request

from worker.dashboard.security.access import Role
from worker.dashboard.security.middleware import caller_of
from worker.dashboard.state import State, state_of
from worker.dashboard.view import figures, words
from worker.operations.problems import Problem
from worker.operations.source_problems import CODE


@dataclass(frozen=True, slots=True)
class Place:
    """A page in the side bar."""

    name: str
    address: str
    key: str = ""
    """Goes there after `g`."""
    count: str = ""
    """What calls for somebody there; empty where nothing does."""
    counts: bool = False
    """Whether something can call for somebody there."""

    @property
    def id(self) -> str:
        """Of the element with its count."""
        return f"count-{self.address.strip('/')}"


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
    verdict: str
    """The same as a sentence."""


def frame_of(request: Request, *, wait: bool = True) -> Frame:
    """The frame now; who is not signed in sees nothing of the installation. Without `wait` with the figures that are there."""
    if not caller_of(request).may(Role.VIEWER):
        return Frame((), "", "ok", "")
    return of_state(state_of(request), wait=wait)


def of_state(state: State, *, wait: bool = True) -> Frame:
    """The frame of this moment, with a question mark for what cannot be known."""
    report = state.queues.or_none() if wait else state.queues.last()
    problems = state.problems.or_none() if wait else state.problems.last()
    dead = figures.count(report.ledger.dead if report else None)
    waiting = figures.count(report.ledger.waiting if report else None)
    groups = (
        Group("", (Place("Overview", "/", "o"),)),
        Group("Read", (Place("Articles", "/articles", "a"), Place("Review", "/review", "r"))),
        Group(
            "Collect",
            (
                Place("Add URLs", "/add", "n"),
                Place("Jobs", "/jobs", "j"),
                Place("Sources", "/sources", "s", _broken(problems), counts=True),
            ),
        ),
        Group(
            "Fix",
            (
                Place("Dead letters", "/dead", "d", _called(dead), counts=True),
                Place("Waiting", "/due", "w", _called(waiting), counts=True),
                Place("Hosts", "/hosts", "h"),
            ),
        ),
        Group("Manage", (Place("Models", "/models", "m"), Place("Settings", "/settings"), Place("Log", "/log"))),
    )
    return Frame(groups, *_judged(problems if report else None))


def _called(count: str) -> str:
    return "" if count == "0" else count


def _broken(problems: Sequence[Problem] | None) -> str:
    """How many sources cannot be read; a question mark where that is not known."""
    if problems is None:
        return figures.count(None)
    return next((f"{figures.count(problem.count)} broken" for problem in problems if problem.code == CODE), "")


def _judged(problems: Sequence[Problem] | None) -> tuple[str, str, str]:
    """In a few words, their tone, and as a sentence."""
    if problems is None:
        return "Database away", "bad", "The database cannot be reached."
    wrong = [problem for problem in problems if problem.level == "wrong"]
    needs = sum(problem.level == "needs" for problem in problems)
    if wrong:
        more = f" {words.plural(len(wrong) - 1, 'more thing is wrong', 'more things are wrong')}." if len(wrong) > 1 else ""
        return words.plural(len(wrong), "thing is wrong", "things are wrong"), "bad", f"Something is wrong: {wrong[0].what}{more}"
    if needs:
        told = words.plural(needs, "thing needs you", "things need you")
        return told, "warn", f"Working. {told}."
    return "All is well", "ok", "All is well."
