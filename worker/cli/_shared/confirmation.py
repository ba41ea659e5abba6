"""Ask before much is changed: a terminal's yes, or `--yes`."""

from __future__ import annotations

import sys

import click

from worker.errors import UsageError

yes_option = click.option("--yes", is_flag=True, help="Do not ask.")


def confirm(what: str) -> None:
    """Waits for a terminal's yes; raises UsageError where there is no terminal to ask, Abort at a no."""
    if not sys.stdin.isatty():
        raise UsageError(f"{what}: expected --yes, since no terminal is there to ask")
    click.confirm(f"{what}. Go on?", abort=True, err=True)
