"""One page through the whole program here and now, without broker or database, at its own pace."""

from __future__ import annotations

import re
import time
from contextlib import closing
from pathlib import Path

import click

from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import complain, show_json
from worker.cli.pages import file_page, parsed
from worker.config import Settings
from worker.errors import ItemFailed, Unavailable, UsageError
from worker.fetch.client import Fetcher, FetchFailed
from worker.fetch.pace import LocalPace
from worker.fetch.robots import Robots
from worker.intake.canonical_url import admit
from worker.messages import Article, Extracted, Failed, Http, Returned, Struck, URLRequest
from worker.models.cache import at_hand
from worker.models.labeller import Document, Labeller
from worker.operations.status import rfc3339
from worker.pipeline.fetch_item import ItemReader
from worker.reasons import Reason
from worker.results import Result, of_failure, of_page
from worker.sandbox.pool import ParsePool

PATIENCE = 120.0
"""Seconds for one page with its robots.txt and the pauses between: four times the longest answer."""


@command("try", help="One page through fetch, extract and label, here. SOURCE is a URL, a file of HTML or plain text, or `-`.")
@click.argument("source", metavar="URL|FILE|-")
@click.option("--url", help="The address of a page that comes from a file.")
@json_option
def try_page(settings: Settings, *, source: str, url: str | None, as_json: bool) -> int:
    """Prints the Result; 1 where the page came to nothing, 2 where the URL may not pass the door."""
    try:
        address = admit(source, settings).url if _is_url(source) else None
    except ItemFailed as failed:
        return _tell(source, of_failure(source, failed), 2, failed.detail)
    try:
        with closing(ParsePool(settings)) as pool:
            found = _fetched(address, pool, settings) if address else _from_file(source, url, pool, settings)
        labels = Labeller(at_hand(settings)).label([_document(found.article)])[0]
        return _tell(source, of_page(found, labels), 0)
    except FetchFailed as failed:
        return _tell(source, of_failure(address or url, failed, failed.final_url, failed.http), 1, failed.detail)
    except ItemFailed as failed:
        return _tell(source, of_failure(address or url, failed), 1, failed.detail)


def _is_url(source: str) -> bool:
    """Raises UsageError for what is neither a URL nor a file."""
    if source == "-" or Path(source).exists():
        return False
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", source):
        return True
    raise UsageError(f"expected a URL, a file or `-`, came {source!r}")


def _tell(source: str, result: Result, code: int, detail: str = "") -> int:
    show_json(result.to_dict())
    if result.reason:
        complain(f"{source}: {result.reason}{': ' + detail if detail else ''}")
    return code


def _document(article: Article) -> Document:
    return Document(article.title or "", article.text, article.url, article.site_name)


def _from_file(name: str, url: str | None, pool: ParsePool, settings: Settings) -> Extracted:
    """As if a server had sent it just now."""
    found = parsed(pool, file_page(name, url, settings.max_decoded_bytes))
    return Extracted(
        item_id=0,
        token=0,
        article=found.article,
        final_url=url or "",
        http=Http(),
        content_sha256=found.content_sha256,
        simhash=found.simhash,
        opt_outs=found.opt_outs,
        fetched_at=rfc3339(time.time()) or "",
    )


def _fetched(url: str, pool: ParsePool, settings: Settings) -> Extracted:
    """Waits for the host's pace as often as it takes; raises ItemFailed, and Unavailable after PATIENCE."""
    reader = ItemReader(Fetcher(settings, LocalPace(settings.host_interval), Robots(settings)), pool, settings.refuse_opt_outs)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        outcome = reader.read(URLRequest(0, 0, url))
        if isinstance(outcome, Extracted):
            return outcome
        if isinstance(outcome, Failed):
            raise FetchFailed(ItemFailed(Reason.of(outcome.reason), outcome.detail), None, outcome.http, outcome.final_url)
        if isinstance(outcome, Struck):
            raise ItemFailed(Reason.POISON, outcome.detail)
        if isinstance(outcome, Returned):
            time.sleep(min(outcome.after, max(0.0, end - time.monotonic())))
    raise Unavailable(f"{url}: not read within {PATIENCE:g} s")


COMMANDS = {"try": try_page}
