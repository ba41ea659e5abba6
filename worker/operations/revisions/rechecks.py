"""Fetch stored articles again at once, by conditional request and at their hosts' pace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from worker.bootstrap import Services
from worker.errors import NotFound
from worker.operations.audit import record
from worker.operations.document import Document
from worker.storage.search import SearchFilter
from worker.storage.values import Entry


@dataclass(frozen=True, slots=True)
class Rechecked(Document):
    """What a call to recheck did."""

    sent: int
    under_way: int
    """Of the articles that were meant: not stored, or being fetched already."""


def recheck(services: Services, entries: Sequence[Entry], host: str | None, limit: int, who: str | None = None) -> Rechecked:
    """Fetches these again, and the newest `limit` articles of a host; the article stays unless its page shows a new version.

    `who` goes into the log. Raises NotFound for a URL that was not accepted, Unavailable.
    """
    ids = [_item_of(services, entry) for entry in entries]
    if host is not None:
        found = services.articles.search(SearchFilter(host=host.lower()), limit)
        ids += [one.result.stored_id for one in islice(found, limit)]
    ids = list(dict.fromkeys(ids))
    sent = services.operator_ledger.recheck(ids)
    record(services, who, "recheck", count=sent, which={"host": host})
    return Rechecked(sent, len(ids) - sent)


def _item_of(services: Services, entry: Entry) -> int:
    found = [row for row in services.viewer_ledger.items_of_key(entry.key) if row.kind == "article"]
    if not found:
        raise NotFound(f"expected the URL of a stored article, got {entry.url!r}")
    return found[0].item_id
