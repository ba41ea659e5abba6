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


@dataclass(frozen=True, slots=True)
class Verdict(Document):
    """The state of everything, in one sentence."""

    state: Literal["wrong", "needs", "well"]
    sentence: str


def shown(host: str) -> str:
    """A host for people: without the port where it is that of http or https."""
    return host.removesuffix(":443").removesuffix(":80")
