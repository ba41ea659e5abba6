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
WEIGHT = 2.5
"""What an entry adds to the log-odds of its source type. On the 613 real articles that teach, predicted by models that had not seen
their outlets (the registry knows 180, and is right on .961 of them): weight 0, 1, 2.5, 4 gives macro-F1 .784, .793, .796, .803 and
log-loss .371, .354, .348, .354."""

VARIOUS = "various"
"""Of an archive or a portal, which carries the texts of all kinds of others: it says nothing, and no wider rule speaks for it."""
KINDS = (*map(str, SOURCE_TYPES), VARIOUS)

FILE_LIMIT = 4 * 1024 * 1024
"""Bytes of the registry, as many as the manifest that it becomes part of may have."""
Outlets = Mapping[str, str]
"""From a domain, a domain ending that begins with a dot, a rule such as `*.gov.*`, or a site's name in lower case, to one of KINDS."""
COUNTRY_LETTERS = 2
"""Of a country's top-level domain; `go.com` and the like are no offices."""


def read_outlets(folder: Path) -> dict[str, str]:
    """The registry in a folder of seeds, empty where there is none; raises BadCall, BadSeeds naming the line."""
    path = folder / FILE
    if not path.exists():
        return {}
    rows = csv.DictReader(io.StringIO(read_text(path, FILE_LIMIT), newline=""))
    return dict(_entry(row, f"{path}:{number}") for number, row in enumerate(rows, start=2))


def _entry(row: Mapping[str, str | None], where: str) -> tuple[str, str]:
    outlet, source_type = (row.get("outlet") or "").strip().lower(), (row.get("source_type") or "").strip()
    if not outlet or source_type not in KINDS:
        expected = f"`outlet` and `source_type` of {', '.join(KINDS)}"
        raise BadSeeds(f"{where}: expected {expected}, got {outlet!r}, {source_type!r}")
    return outlet, source_type


def find_outlet(outlets: Outlets, url: str | None, site_name: str | None) -> tuple[str, str] | None:
    """The registry's entry for an article and its source type: that of the longest matching domain, else of the site's name.

    None where there is none, or one that is VARIOUS.
    """
    domains = _domains(url)
    entries = [entry for name in domains for entry in (name, f".{name}")] + _second_level(domains)
    found = next((entry for entry in (*entries, (site_name or "").strip().lower()) if entry in outlets), None)
    return (found, outlets[found]) if found is not None and outlets[found] != VARIOUS else None


def _second_level(domains: list[str]) -> list[str]:
    """The rule for what stands before a country's two letters: `*.gov.*` for `mfa.gov.kh`."""
    parts = domains[0].split(".") if domains else []
    return [f"*.{parts[-2]}.*"] if len(parts) > 2 and len(parts[-1]) == COUNTRY_LETTERS else []


def _domains(url: str | None) -> list[str]:
    """The host of a URL and every domain above it, the longest first."""
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:
        return []
    parts = host.split(".")
    return [".".join(parts[start:]) for start in range(len(parts))] if host else []
