"""Tie items to their kept pages; take pages out with their items, by age, by size, and files that belong to no item."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, delete, func, insert, select

from worker.archive import page_files
from worker.config import Settings
from worker.errors import Unavailable
from worker.storage.database import one_of
from worker.storage.tables import pages

log = logging.getLogger(__name__)

DAY = 86400.0
AT_ONCE = 500
"""Pages taken out in one transaction: as many files are deleted in tens of milliseconds."""
STRAY_AFTER = DAY
"""Seconds after which a file without an item is nobody's: an article may wait that long for its labels."""
MINUTE = 60.0
"""Seconds after which the next folder is searched for strays, so that all 256 are searched within hours."""


def write(connection: Connection, kept: Iterable[tuple[int, str, int]], now: float) -> None:
    """Ties items to pages: triples of item, digest and size. A newer page of an item replaces the older one, whose file is a stray then."""
    rows = {item: {"item_id": item, "sha256": sha256, "bytes": size, "kept_at": now} for item, sha256, size in kept}
    if rows:
        connection.execute(delete(pages).where(pages.c.item_id.in_(list(rows))))
        connection.execute(insert(pages), list(rows.values()))


def digests(connection: Connection, item_ids: Iterable[int]) -> dict[int, str]:
    """The digests of the kept pages of these items, by item; those without one are left out."""
    rows = connection.execute(select(pages.c.item_id, pages.c.sha256).where(one_of(pages.c.item_id, item_ids)))
    return {item_id: sha256 for item_id, sha256 in rows if page_files.is_digest(sha256)}  # a restored row may say anything


def remove(connection: Connection, settings: Settings, item_ids: Sequence[int]) -> None:
    """Takes out the kept pages of items; raises Unavailable.

    Files go first: after a crash a row without a file is left, never a page that nobody finds.
    """
    query = select(pages.c.sha256).where(pages.c.item_id.in_(list(item_ids)))
    archive = page_files.archive_of(settings.data_dir)
    try:
        for sha256 in filter(page_files.is_digest, connection.execute(query).scalars()):  # a restored row may say anything
            page_files.remove(archive, sha256)
    except OSError as error:
        raise Unavailable(f"{archive}: a kept page cannot be removed: {error.strerror or error}") from error
    connection.execute(delete(pages).where(pages.c.item_id.in_(list(item_ids))))


def sweep(connection: Connection, settings: Settings, now: float) -> bool:
    """Takes out some pages that are older, or more, than the settings keep, and strays; returns whether there may be more."""
    old = _oldest(connection, settings, now)
    try:
        remove(connection, settings, old)
        _remove_strays(connection, settings, now)
    except (OSError, Unavailable) as error:  # other housekeeping goes on
        log.warning("kept pages are not taken out: %s", error)
        return False
    return len(old) == AT_ONCE


def _oldest(connection: Connection, settings: Settings, now: float) -> list[int]:
    """Items whose pages are to go: the oldest, AT_ONCE at most."""
    before = now - settings.pages_days * DAY if settings.pages_days is not None else 0.0
    over = _held(connection) - settings.pages_max_bytes if settings.pages_max_bytes is not None else 0
    found: list[int] = []
    for row in connection.execute(select(pages).order_by(pages.c.kept_at).limit(AT_ONCE)) if before or over > 0 else ():
        if row.kept_at >= before and over <= 0:
            break
        found.append(row.item_id)
        over -= row.bytes
    return found


def _held(connection: Connection) -> int:
    """Bytes of all kept pages."""
    return int(connection.execute(select(func.coalesce(func.sum(pages.c.bytes), 0))).scalar_one())


def _remove_strays(connection: Connection, settings: Settings, now: float) -> None:
    """Deletes old files of one folder that no item has: unfinished ones, and pages whose outcome was lost or replaced."""
    archive = page_files.archive_of(settings.data_dir)
    found = {path.stem: path for path in page_files.settled_in(archive, int(now / MINUTE), now - STRAY_AFTER)}
    stems = list(found)
    for start in range(0, len(stems), AT_ONCE):
        some = stems[start : start + AT_ONCE]
        known = set(connection.execute(select(pages.c.sha256).where(pages.c.sha256.in_(some))).scalars())
        for stem in set(some) - known:
            found[stem].unlink(missing_ok=True)
