"""What the commands have in common: the settings, `--config` and `--debug` behind the command too, and `--json`."""

from __future__ import annotations

import functools
import getpass
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from worker.cli._shared.output import complain
from worker.config import Settings, load

json_option = click.option("--json", "as_json", is_flag=True, help="JSON on standard output and nothing else there.")
yes_option = click.option("--yes", is_flag=True, help="Do not ask.")


def command(name: str, **attributes: Any) -> Callable[[Callable[..., Any]], click.Command]:
    """A click command that takes the settings as its first argument."""

    def decorate(function: Callable[..., Any]) -> click.Command:
        @functools.wraps(function)
        def callback(config_file: str | None, debug: bool, **values: Any) -> Any:
            return function(settings(config_file), **values)

        make: Callable[[Callable[..., Any]], click.Command] = click.command(name, **attributes)
        made = make(callback)
        made.params += [click.Option(["--config", "config_file"], hidden=True), click.Option(["--debug"], is_flag=True, hidden=True)]
        return made

    return decorate


def settings(config_file: str | None) -> Settings:
    """The settings of this call; its notes are told once, on standard error."""
    above = (click.get_current_context().find_root().obj or {}).get("config")
    named = config_file or above
    result = load(config_file=Path(named) if named else None)
    for note in result.notes:
        complain(f"warning: {note}")
    return result


def who() -> str:
    """The person at work, for what is written down of them: clusters run containers under numbers that have no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # OSError from Python 3.13 on
        return f"uid-{os.getuid()}"
