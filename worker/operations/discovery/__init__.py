"""Find the feeds and sitemaps of a site; a list of what is followed imports nothing that fetches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker import imported_when_used

if TYPE_CHECKING:
    from worker.operations.discovery.site_feeds import PATIENCE, Found
    from worker.operations.discovery.site_search import discover

__all__ = ["PATIENCE", "Found", "discover"]

_HOMES = {
    "PATIENCE": "worker.operations.discovery.site_feeds",
    "Found": "worker.operations.discovery.site_feeds",
    "discover": "worker.operations.discovery.site_search",
}
"""Where each name is defined: a name is imported when it is used."""

__getattr__ = imported_when_used(__name__, _HOMES)
