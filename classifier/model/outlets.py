"""Read the registry of outlets, and find the entry for an article's site."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from classifier.errors import BadSeeds
from classifier.labels import SOURCE_TYPES
from classifier.regular_file import read_text

FILE = "outlets.csv"
WEIGHT = 1.0
"""What an entry adds to the log-odds of its source type. One nat decides a close case and no clear one:
newspapers relay offices, and offices' sites carry speeches and praise."""

FILE_LIMIT = 4 * 1024 * 1024
"""Bytes of the registry, as many as the manifest that it becomes part of may have."""
Outlets = Mapping[str, str]
"""From a domain, a domain ending that begins with a dot, or a site's name in lower case, to a source type."""


def read_outlets(folder: Path) -> dict[str, str]:
    """The registry in a folder of seeds, empty where there is none; raises BadCall, BadSeeds naming the line."""
    path = folder / FILE
    if not path.exists():
        return {}
    rows = csv.DictReader(io.StringIO(read_text(path, FILE_LIMIT), newline=""))
    return dict(_entry(row, f"{path}:{number}") for number, row in enumerate(rows, start=2))


def _entry(row: Mapping[str, str | None], where: str) -> tuple[str, str]:
    outlet, source_type = (row.get("outlet") or "").strip().lower(), (row.get("source_type") or "").strip()
    if not outlet or source_type not in tuple(SOURCE_TYPES):
        expected = f"`outlet` and `source_type` of {', '.join(SOURCE_TYPES)}"
        raise BadSeeds(f"{where}: expected {expected}, got {outlet!r}, {source_type!r}")
    return outlet, source_type


def find_outlet(outlets: Outlets, url: str | None, site_name: str | None) -> tuple[str, str] | None:
    """The registry's entry for an article and its source type: that of the longest matching domain, else of the site's name."""
    for name in _domains(url):
        for entry in (name, f".{name}"):
            if entry in outlets:
                return entry, outlets[entry]
    name = (site_name or "").strip().lower()
    return (name, outlets[name]) if name in outlets else None


def _domains(url: str | None) -> list[str]:
    """The host of a URL and every domain above it, the longest first."""
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:
        return []
    parts = host.split(".")
    return [".".join(parts[start:]) for start in range(len(parts))] if host else []
