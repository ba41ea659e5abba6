"""Stop stages and hosts, and let them go on; what is stopped stays so across restarts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from worker.bootstrap import Services
from worker.errors import Unavailable
from worker.operations.audit import record
from worker.operations.document import Document
from worker.operations.hosts import canonical_host, places
from worker.storage.values import PAUSABLE

STAGES = tuple(stage.value for stage in PAUSABLE)


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be stopped or to go on: some stages, or a host."""

    stages: tuple[str, ...] = ()
    """Of STAGES."""
    host: str | None = None
    """One port of it where the port is given, else every port that a page may have."""


@dataclass(frozen=True, slots=True)
class Pauses(Document):
    """What is stopped."""

    stages: tuple[str, ...]
    hosts: tuple[str, ...]
    announced: bool
    """False where Redis is away: the dispatcher tells the workers when it starts."""
    lifted: tuple[str, ...] = ()
    """Hosts that asked for a wait, or failed, and are tried with one page now."""
    waiting: int = 0
    """Items of these hosts that wait."""

    def to_dict(self) -> dict[str, object]:
        """Without what is for people."""
        return {"stages": list(self.stages), "hosts": list(self.hosts)}


def pause(services: Services, target: Target, who: str | None = None, note: str | None = None) -> Pauses:
    """Stops the target, and returns what is stopped then; what is under way is finished. Raises Unavailable.

    `who` stopped it, and goes into the log; `note` says why, and is shown beside what waits.
    """
    for stage in target.stages:
        services.operator_ledger.pause(stage=stage, who=who, note=note)
    for place in places(target.host, services.settings) if target.host else ():
        services.operator_ledger.pause(host=place, who=who, note=note)
    record(services, who, "pause", reason=note, which=_told(target))
    return _announce(services)


def resume(services: Services, target: Target, who: str | None = None) -> Pauses:
    """Lets the target go on, also on ports that were paused under other settings. Raises Unavailable.

    A host that also asked for a wait, or failed, is tried with one page at once.
    """
    lifted, waiting = list[str](), 0
    for stage in target.stages:
        services.operator_ledger.resume(stage=stage)
    if target.host:
        names = sorted({*places(target.host, services.settings), *_paused_places(services, canonical_host(target.host))})
        for place in names:
            services.operator_ledger.resume(host=place)
        lifted, waiting = services.operator_ledger.lift(names)
    record(services, who, "resume", which=_told(target))
    return replace(_announce(services), lifted=tuple(lifted), waiting=waiting)


def _told(target: Target) -> dict[str, object]:
    return {"stages": list(target.stages) or None, "host": target.host}


def paused(services: Services) -> Pauses:
    """What is stopped now."""
    found = services.operator_ledger.paused()
    return Pauses(tuple(sorted(found.stages)), found.hosts, announced=True)


def _paused_places(services: Services, host: str) -> list[str]:
    return [place for place in services.operator_ledger.paused().hosts if place.rpartition(":")[0] == host]


def _announce(services: Services) -> Pauses:
    """Tells the workers through Redis, where it is there."""
    now = paused(services)
    try:
        services.control.set_paused(now.stages)
    except Unavailable:
        return replace(now, announced=False)
    return now
