"""`pressmark forget`: take an article, or all of a host, and their traces out."""

from __future__ import annotations

import click

from worker.cli._shared.confirmation import confirm, yes_option
from worker.cli._shared.options import command, json_option, who
from worker.cli._shared.output import show_json, tell
from worker.cli._shared.services import opened
from worker.cli._shared.urls import entry_of
from worker.config import Settings
from worker.errors import UsageError
from worker.operations.takedown import Forgotten, forget_host, forget_url


@command(
    "forget",
    help="Take an article, or all of a host, and their traces out for good; the ledger still balances.",
    example="pressmark forget https://example.org/news/1",
)
@click.argument("url", required=False)
@click.option("--host", metavar="HOST", help="Everything of this host.")
@yes_option
@json_option
def forget(settings: Settings, *, url: str | None, host: str | None, yes: bool, as_json: bool) -> None:
    """For take-down requests; prints how many items were taken out."""
    done = _forget(settings, url, host, yes)
    show_json(done) if as_json else tell(f"{done.forgotten} taken out")


def _forget(settings: Settings, url: str | None, host: str | None, yes: bool) -> Forgotten:
    """Raises UsageError unless one of URL and host is given, and where a yes is needed and nobody can give it."""
    if url and not host:
        entry = entry_of(url, settings)
        return forget_url(opened(settings), entry, who())
    if host and not url:
        if not yes:
            confirm(f"everything of {host} will be taken out")
        return forget_host(opened(settings), host, who())
    raise UsageError("expected a URL, or --host HOST")
