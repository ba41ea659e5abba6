"""`pressmark config`: every setting, its value and source, and why the default is what it is."""

from __future__ import annotations

from operator import attrgetter

import click

from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import show_json, show_table
from worker.config import Settings
from worker.operations.settings import markdown_table, table

COLUMNS = ("name", "value", "source", "reason")
HEADS = ("setting", "value", "from", "why this default")


@command("config", help="Every setting: its value, its source, and why the default is what it is.", example="pressmark config --json")
@click.option("--markdown", is_flag=True, help="The table of defaults as README has it.")
@json_option
def config(settings: Settings, *, markdown: bool, as_json: bool) -> None:
    """Prints the settings, secrets masked."""
    if markdown:
        click.echo(markdown_table())
    elif as_json:
        show_json(table(settings))
    else:
        show_table(HEADS, map(attrgetter(*COLUMNS), table(settings).settings))
