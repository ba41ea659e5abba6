"""The outlet asked as a second witness: what a registry says of a site, where the text alone must be able to tell."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from classifier.errors import BadSeeds
from classifier.labels import SOURCE_TYPES

FILE = "outlets.csv"
WEIGHT = 1.0
"""What the outlet adds to the log-odds of its source type. One nat turns a close call and no clear one:
newspapers relay offices, and offices' sites carry speeches and praise."""

Outlets = Mapping[str, str]
"""From a domain, an ending that begins with a dot, or a site's name in lower case, to a source type."""


def read_outlets(folder: Path) -> dict[str, str]:
    """The registry in a folder of seeds, empty where there is none; raises BadSeeds naming the line."""
    path = folder / FILE
    if not path.exists():
        return {}
    found: dict[str, str] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        for number, row in enumerate(csv.DictReader(stream), start=2):
            outlet, kind = (row.get("outlet") or "").strip().lower(), (row.get("source_type") or "").strip()
            if not outlet or kind not in tuple(SOURCE_TYPES):
                raise BadSeeds(
                    f"{path}:{number}: expected `outlet` and `source_type` of {', '.join(SOURCE_TYPES)}, got {outlet!r}, {kind!r}"
                )
            found[outlet] = kind
    return found


def witness(outlets: Outlets, url: str | None, site_name: str | None) -> tuple[str, str] | None:
    """The registry's entry for an article and its source type: the longest matching domain, else the site's name."""
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
