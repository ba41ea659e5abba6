"""`pressmark try`: one page through fetch, extract and label, here and now."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from worker.cli._shared.article_text import article_lines
from worker.cli._shared.files import read_all
from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import complain, show_json
from worker.config import Settings
from worker.errors import UsageError
from worker.operations.try_page import try_file, try_url

SHOWN = 200
"""Characters of a source that a message quotes."""


@command(
    "try",
    help="One page through fetch, extract and label, here. SOURCE is a URL, a file of HTML or plain text, or `-`.",
    example="pressmark try https://example.org/news/1",
)
@click.argument("source", metavar="URL|FILE|-")
@click.option("--url", help="The address of a page that comes from a file.")
@json_option
def try_(settings: Settings, *, source: str, url: str | None, as_json: bool) -> int:
    """For people on a terminal, else the Result; 1 where the page failed, 2 where its URL may not be fetched."""
    if _is_url(source):
        tried = try_url(settings, source)
    else:
        tried = try_file(settings, read_all(source, settings.max_decoded_bytes), url, packed=Path(source).suffix == ".gz")
    if as_json or not sys.stdout.isatty():
        show_json(tried.result)
    elif not tried.result.reason:
        click.echo("\n".join(article_lines(tried.result, settings.timezone)))
    if tried.result.reason:
        complain(f"{source[:SHOWN]}: {tried.result.reason}{': ' + tried.detail if tried.detail else ''}")
    return (1 if tried.admitted else 2) if tried.result.reason else 0


def _is_url(source: str) -> bool:
    """Raises UsageError for what is neither a URL nor a file."""
    if source == "-" or _is_file(source):
        return False
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", source):
        return True
    raise UsageError(f"expected a URL, a file or `-`, got {source[:SHOWN]!r}")


def _is_file(source: str) -> bool:
    """Also False for what cannot be the name of a file, because it is too long or holds a NUL."""
    try:
        return Path(source).exists()
    except (OSError, ValueError):
        return False
