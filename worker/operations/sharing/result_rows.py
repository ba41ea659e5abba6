"""Write Results as rows of text: CSV whose cells no spreadsheet runs, and lines of JSON.

Every command prints with this module, so it does not import what makes a Result: pydantic takes 0.1 s.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from worker.results import Result

COLUMNS = (
    *("item_id", "url", "final_url", "canonical_url", "outcome", "reason", "duplicate_of", "cluster_id", "title", "published_at"),
    *(
        "published_on",
        "published_source",
        "modified_at",
        "language",
        "authors",
        "site_name",
        "description",
        "image",
        "topics",
        "unsure_topics",
    ),
    *("primary_topic", "source_type", "source_type_decision", "model_id", "http_status", "content_sha256", "fetched_at", "stored_at"),
    *("attempts", "job_ids", "warnings", "text", "kind"),
)
"""Of CSV and Parquet."""
FORMULA = ("=", "+", "-", "@")
"""First characters that make a spreadsheet run a cell (OWASP, CSV injection); their full-width and small forms do so too."""
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Mn", "Zs", "Zl", "Zp"})
"""Unicode categories of characters that a spreadsheet may ignore before a formula: blanks, controls, formats, marks."""
BEFORE_FORMULA = 100
"""Invisible characters that are skipped at the beginning of a cell; a cell with more of them counts as a formula."""
QUOTED = re.compile(r'[",;|\t\n]')
"""A cell that holds one of these is quoted: a comma, and what spreadsheets of other locales take as a separator."""
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Controls but for tab and line feed (C0, DEL, C1), other line ends, embeddings, overrides and isolates of direction."""


def flat(result: Result) -> dict[str, object]:
    """A Result as one row: values of COLUMNS, each a single value or a list of them."""
    changed = {
        "topics": result.decided("yes"),
        "unsure_topics": result.decided("unsure"),
        "source_type": result.source_type and result.source_type.label,
        "source_type_decision": result.source_type and result.source_type.decision,
        "model_id": result.model and result.model.id,
        "http_status": result.http and result.http.status,
    }
    return {column: changed[column] if column in changed else getattr(result, column) for column in COLUMNS}


def csv_lines(results: Iterable[Result], *, bom: bool = False) -> Iterator[str]:
    """A header, and a line for each; with `bom` marked as UTF-8, which Excel takes for another encoding otherwise."""
    yield ("\ufeff" if bom else "") + csv_line(COLUMNS)
    for result in results:
        row = flat(result)
        yield csv_line([csv_cell(row[column]) for column in COLUMNS])


def json_lines(results: Iterable[Result]) -> Iterator[str]:
    """A line of JSON for each: the contract's Results."""
    for result in results:
        yield json_text(result) + "\n"


def json_text(value: object) -> str:
    """JSON in readable Unicode, except CONTROLS, which a terminal would obey; they are escaped, which is the same value to a program."""
    text = json.dumps(value.to_dict() if hasattr(value, "to_dict") else value, ensure_ascii=False, allow_nan=False)
    return CONTROLS.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def csv_line(cells: Sequence[str]) -> str:
    """As RFC 4180 has it."""
    return ",".join(map(_quoted, cells)) + "\r\n"


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if QUOTED.search(cell) else cell


def csv_cell(value: object) -> str:
    """A value as a CSV cell without control characters; what a spreadsheet would run gets a leading apostrophe, in lists each part."""
    if value is None:
        return ""
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(part, dict) for part in value)):
        return json_text(value)
    return "; ".join(map(_harmless, value)) if isinstance(value, list) else _harmless(value)


def _harmless(value: object) -> str:
    text = CONTROLS.sub("", str(value).replace("\r\n", "\n"))
    return "'" + text if begins_formula(text) else text


def begins_formula(text: str) -> bool:
    """Whether a spreadsheet may run a cell of this text: a sign of FORMULA in any width, or a tab, comes first of what can be seen."""
    start = text[:BEFORE_FORMULA]
    first = next((character for character in start if unicodedata.category(character) not in INVISIBLE), "")
    return text.startswith("\t") or unicodedata.normalize("NFKC", first).startswith(FORMULA) or (not first and len(text) > len(start))
