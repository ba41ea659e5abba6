"""The argument, the option and the output that `pause` and `resume` share."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import click

from worker.cli._shared.output import show_json, tell
from worker.errors import UsageError
from worker.operations.pauses import STAGES, Pauses, Target

P = ParamSpec("P")
R = TypeVar("R")


def target_options(function: Callable[P, R]) -> Callable[P, R]:
    """A stage, or `--host`."""
    host = click.option("--host", metavar="HOST", help="A host instead of a stage.")
    return click.argument("stage", required=False, type=click.Choice([*STAGES, "all"]))(host(function))


def target_of(stage: str | None, host: str | None) -> Target:
    """What the options mean; raises UsageError unless one of the two is given."""
    if stage and not host:
        return Target(STAGES if stage == "all" else (stage,))
    if host and not stage:
        return Target(host=host)
    raise UsageError("expected one of fetch, label, store and all, or --host HOST")


def show_pauses(pauses: Pauses, as_json: bool) -> None:
    """What is stopped now, and a message where the workers could not be told yet."""
    if not pauses.announced:
        tell("written to the database; Redis is away, so it holds from the next start")
    if as_json:
        show_json(pauses)
    else:
        paused = ", ".join([*pauses.stages, *pauses.hosts])
        for host in pauses.lifted:
            tell(f"{host} need not wait any longer: one page is tried now, and its answer decides about the others ({pauses.waiting} wait)")
        tell(f"paused: {paused}" if paused else "nothing is paused")
