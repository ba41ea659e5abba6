"""`pressmark recheck`: fetch stored articles again, to see whether their pages changed."""

from __future__ import annotations

import click

from worker.cli._shared.options import command, json_option, who
from worker.cli._shared.output import show_json, tell
from worker.cli._shared.services import opened
from worker.cli._shared.urls import entry_of
from worker.config import Settings
from worker.errors import UsageError
from worker.operations.revisions import rechecks as operations


@command(
    "recheck",
    help="Fetch stored articles again, by conditional request; a page that changed is a new version, and the old one is kept.",
    example="pressmark recheck https://example.org/news/1",
)
@click.argument("urls", nargs=-1, metavar="[URL]...")
@click.option("--host", metavar="HOST", help="The newest articles of this host.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, metavar="N", help="At most N of the host.")
@json_option
def recheck(settings: Settings, *, urls: tuple[str, ...], host: str | None, limit: int, as_json: bool) -> None:
    """Returns at once; PRESSMARK_RECHECK_AFTER does it by itself. Raises UsageError where nothing is named."""
    if not urls and host is None:
        raise UsageError("expected a URL or --host, got neither")
    entries = [entry_of(url, settings) for url in urls]
    done = operations.recheck(opened(settings), entries, host, limit, who())
    show_json(done) if as_json else tell(f"{done.sent} are fetched again; {done.under_way} are under way or not stored")
