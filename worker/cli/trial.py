"""One page through the whole program here and now, without broker or database, at its own pace."""

from __future__ import annotations

import re
import time
from contextlib import closing
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

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
from worker.messages import VERSION, Article, Extracted, Failed, Http, Returned, Struck, URLRequest
from worker.models.cache import at_hand
from worker.models.labeller import Document, Labeller
from worker.operations.status import rfc3339
from worker.pipeline.fetch_item import ItemReader
from worker.reasons import Fate, Reason
from worker.sandbox.pool import ParsePool

PATIENCE = 120.0
"""Seconds for one page with its robots.txt and the pauses between: four times the longest answer."""
LABEL_FIELDS = ("topics", "primary_topic", "source_type", "evidence", "language_supported", "unknown_words", "model")


@command("try", help="One page through fetch, extract and label, here. SOURCE is a URL, a file of HTML or plain text, or `-`.")
@click.argument("source", metavar="URL|FILE|-")
@click.option("--url", help="The address of a page that comes from a file.")
@json_option
def try_page(settings: Settings, *, source: str, url: str | None, as_json: bool) -> int:
    """Prints the Result; 1 where the page came to nothing, 2 where the URL may not pass the door."""
    try:
        address = admit(source, settings).url if _is_url(source) else None
    except ItemFailed as failed:
        return _tell(source, nothing(source, failed), 2)
    try:
        with closing(ParsePool(settings)) as pool:
            found = _fetched(address, pool, settings) if address else _from_file(source, url, pool, settings)
        return _tell(source, whole(found, Labeller(at_hand(settings))), 0)
    except ItemFailed as failed:
        return _tell(source, nothing(address or url, failed), 1)


def _is_url(source: str) -> bool:
    """Raises UsageError for what is neither a URL nor a file."""
    if source == "-" or Path(source).exists():
        return False
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", source):
        return True
    raise UsageError(f"expected a URL, a file or `-`, came {source!r}")


def _tell(source: str, result: dict[str, Any], code: int) -> int:
    detail = result.pop("detail", None)
    show_json(result)
    if result["reason"]:
        complain(f"{source}: {result['reason']}{': ' + detail if detail else ''}")
    return code


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


def whole(found: Extracted, labeller: Labeller) -> dict[str, Any]:
    """The Result of a page that was read: what would be stored."""
    article = found.article
    document = Document(article.title or "", article.text, article.url, article.site_name)
    return {
        **asdict(article),
        **labeller.label([document])[0].to_dict(),
        **_ending("stored", None, found.final_url or None, found.http),
        "opt_outs": found.opt_outs,
        "content_sha256": found.content_sha256,
        "fetched_at": found.fetched_at,
    }


def nothing(url: str | None, failed: ItemFailed) -> dict[str, Any]:
    """The Result of a page that came to nothing; `detail` is for people and no part of it."""
    outcome = "refused" if failed.fate is Fate.REFUSED else "dead"
    http = getattr(failed, "http", None)
    return {
        **dict.fromkeys(field.name for field in fields(Article)),
        **dict.fromkeys(LABEL_FIELDS),
        **_ending(outcome, failed.reason.word, getattr(failed, "final_url", None), http),
        "url": url,
        "detail": failed.detail,
    }


def _ending(outcome: str, reason: str | None, final_url: str | None, http: Http | None) -> dict[str, Any]:
    """The rest of a Result; there is no item here, so what names one is null."""
    return {
        "v": VERSION,
        "item_id": None,
        "job_ids": [],
        "outcome": outcome,
        "reason": reason,
        "final_url": final_url,
        "http": asdict(http) if http else None,
        "opt_outs": None,
        "content_sha256": None,
        "duplicate_of": None,
        "cluster_id": None,
        "fetched_at": None,
        "stored_at": None,
        "attempts": 1,
        "review": None,
    }


COMMANDS = {"try": try_page}
