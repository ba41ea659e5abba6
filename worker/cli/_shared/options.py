"""Declare commands: the settings come first, `--config` and `--debug` may follow the command, `--json` means one thing."""

from __future__ import annotations

import functools
import getpass
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

import click

from worker.cli._shared.output import complain
from worker.config import Settings, load
from worker.errors import UsageError
from worker.models.seed_folder import seed_folder
from worker.operations.times import parse_since

R = TypeVar("R")

json_option = click.option("--json", "as_json", is_flag=True, help="JSON on standard output and nothing else there.")
seeds_option = click.option(
    "--seeds",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Labelled articles, *.jsonl; default: PRESSMARK_SEEDS_DIR, else `seeds` here, else a copy in the data folder.",
)


def command(name: str, *, help: str, example: str | None = None) -> Callable[[Callable[..., R]], click.Command]:  # noqa: A002 - click's
    """A click command that takes the settings as its first argument, and the folder of seeds where it has `seeds_option`.

    `example` is a call, shown below its options.
    """

    def decorate(function: Callable[..., R]) -> click.Command:
        @functools.wraps(function)
        def callback(config_file: str | None, debug: bool, **values: object) -> R:
            found = settings(config_file)
            if "seeds" in values:
                values["seeds"] = seed_folder(found, cast(Path | None, values["seeds"]))
            return function(found, **values)

        made = click.command(name, help=help, epilog=f"Example: {example}" if example else None)(callback)
        made.params += [click.Option(["--config", "config_file"], hidden=True), click.Option(["--debug"], is_flag=True, hidden=True)]
        return made

    return decorate


def settings(config_file: str | None) -> Settings:
    """The settings of this call; their warnings go to standard error, once."""
    above = (click.get_current_context().find_root().obj or {}).get("config")
    named = config_file or above
    result = load(config_file=Path(named) if named else None)
    for note in result.notes:
        complain(f"warning: {note}")
    return result


def who() -> str:
    """The name of the person at work; `uid-1000` where the system has none, as in containers."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # OSError from Python 3.13 on
        return f"uid-{os.getuid()}"


def moment(since: str | None, zone: str) -> float | None:
    """The time that `--since` names, in seconds since 1970; days and times without a zone are in `zone`. Raises UsageError."""
    if since is None:
        return None
    try:
        return parse_since(since, time.time(), zone)
    except (ValueError, OverflowError):
        raise UsageError(f"--since: expected a date, an RFC 3339 time or an age as 90m, 12h or 7d, got {since[:60]!r}") from None
