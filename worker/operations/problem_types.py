"""Define a problem as pages, `status` and `doctor` show it: its level, its words, and the one thing to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from worker.operations.document import Document

Level = Literal["wrong", "needs", "held"]
LEVELS: tuple[Level, ...] = ("wrong", "needs", "held")


@dataclass(frozen=True, slots=True)
class Act(Document):
    """The one thing to do about a problem: what the link says, and where it leads in the dashboard."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Problem(Document):
    """Something that is wrong, needs a person, or is held back."""

    level: Level
    code: str
    """One word for programs: `redis-away`, `incident`, `paused-host` …"""
    what: str
    """For people: what it is, and what it does."""
    since: str | None
    """RFC 3339, UTC; None where it is not known."""
    count: int | None
    """How many items it concerns."""
    host: str | None
    """Name and port."""
    act: Act | None
    """None where the sentence says it all."""
    until: str | None = None
    """When it ends by itself."""


COMMANDS = {
    "asked": "due --host {host}",
    "failing": "due --host {host}",
    "robots": "due --host {host}",
    "paused-host": "resume --host {host}",
    "paused-fetch": "resume fetch",
    "paused-label": "resume label",
    "paused-store": "resume store",
    "incident": "dead show --host {host}",
    "drift": "review",
    "queue-old": "workers",
}
"""What to do at a terminal about problems whose sentence does not name the command."""


def command_of(problem: Problem) -> str | None:
    """The next command at a terminal; None where the sentence names it, or none helps."""
    if problem.code == "source-failing" and problem.act:
        number = problem.act.href.removeprefix("/sources").strip("/")
        return f"pressmark sources show {number}" if number else "pressmark sources list"
    form = COMMANDS.get(problem.code)
    return f"pressmark {form.format(host=problem.host)}" if form else None


@dataclass(frozen=True, slots=True)
class Verdict(Document):
    """The state of everything, in one sentence."""

    state: Literal["wrong", "needs", "well"]
    sentence: str


def shown(host: str) -> str:
    """A host for people: without the port where it is that of http or https."""
    return host.removesuffix(":443").removesuffix(":80")
