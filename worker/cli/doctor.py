"""`pressmark doctor`: what is wrong with this installation, and the remedy."""

from __future__ import annotations

import click

from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import show_json, show_table
from worker.config import Settings
from worker.operations.doctor import diagnose

COLUMNS = ("check", "state", "what", "remedy")


@command("doctor", help="What is wrong with this installation, and the remedy; 1 where anything is.", example="pressmark doctor --json")
@json_option
def doctor(settings: Settings, *, as_json: bool) -> int:
    """Every check, whatever the others found."""
    found = diagnose(settings)
    if as_json:
        show_json(found)
    else:
        show_table(COLUMNS, ((f.check, f.state, f.detail, f.remedy or "") for f in found.checks))
        click.echo("all well" if found.ok else "something is wrong")
    return 0 if found.ok else 1
