"""Find the feeds and sitemaps of a site; a list of what is followed imports nothing that fetches."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

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


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
