"""Read URLs from text that was pasted or a file that was dropped: lines, the first column of a table, or JSON lines."""

from __future__ import annotations

import csv
import json

from worker.intake.url_lines import address_in
from worker.operations.accept import Candidate
from worker.reasons import Kind

MOST = 10_000
"""Lines at once: a morning's list has some hundreds; longer ones are for `pressmark enqueue`."""


def candidates(text: str, kind: Kind) -> list[Candidate]:
    """One candidate for each line that is neither blank nor a comment."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip("\ufeff \t\r")
        if stripped and not stripped.startswith("#"):
            url, fault = _url(stripped)
            if not (number == 1 and "," in stripped and ":" not in url):  # the header of a table
                found.append(Candidate(url, str(number), kind, fault))
    return found


def _url(line: str) -> tuple[str, str | None]:
    """The URL of a line, and why it has none."""
    line = address_in(line)
    if line.startswith("{"):
        return _of_json(line)
    if line.startswith('"') or "," in line:
        try:
            first = next(csv.reader([line]))[0].strip()
        except (csv.Error, StopIteration, IndexError):
            return line, None
        # a comma may be part of an address; in a table a title or an empty cell follows it
        in_table = line.startswith('"') or " " in line or line.rpartition(",")[2].isalpha() or line.endswith(",")
        return (first, None) if in_table else (line, None)
    return line, None


def _of_json(line: str) -> tuple[str, str | None]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return line[:200], "expected a JSON object with a url"
    url = value.get("url") if isinstance(value, dict) else None
    return (url, None) if isinstance(url, str) else (line[:200], "expected a JSON object with a url")
