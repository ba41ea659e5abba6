"""`pressmark demo`: run a sample press site through the whole program, then clean up."""

from __future__ import annotations

import click

from worker import logs
from worker.cli._shared.options import command, json_option
from worker.config import Settings
from worker.demo.run import demo as run_demo


@command(
    "demo",
    help="Run a sample press site through the whole program, show the outcome of each page, clean up.",
    example="pressmark demo --json | jq .queues.balanced",
)
@click.option("--keep", is_flag=True, help="Leave it running until Ctrl-C.")
@json_option
def demo(settings: Settings, *, keep: bool, as_json: bool) -> int:
    """0 where every page ended as expected and the ledger is balanced, else 1."""
    logs.set_up(settings, "demo")
    return run_demo(settings, keep=keep, as_json=as_json)
