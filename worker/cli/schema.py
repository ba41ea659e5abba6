"""`pressmark schema`: the JSON Schema of a Result, for programs that check what they read."""

from __future__ import annotations

import click

from worker.cli._shared.options import command, json_option
from worker.config import Settings
from worker.operations.sharing.schema import result_schema


@command(
    "schema",
    help="The JSON Schema of a Result, as `export`, `tail` and the public stream give it.",
    example="pressmark schema > result.json",
)
@json_option
def schema(settings: Settings, *, as_json: bool) -> None:
    """The packaged document; with --json the same."""
    del settings, as_json
    click.echo(result_schema(), nl=False)
