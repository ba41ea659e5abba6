"""Write Results as a table for people, as JSON lines, CSV or Parquet."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterable
from itertools import islice

from worker.cli._shared.output import CsvWriter, show_lines, show_table
from worker.errors import UsageError
from worker.results import Result

Results = Iterable[Result]

COLUMNS = (
    *("item_id", "url", "final_url", "canonical_url", "outcome", "reason", "duplicate_of", "cluster_id", "title", "published_at"),
    *("published_source", "modified_at", "language", "authors", "site_name", "description", "image", "topics", "unsure_topics"),
    *("primary_topic", "source_type", "source_type_decision", "model_id", "http_status", "content_sha256", "fetched_at", "stored_at"),
    *("attempts", "job_ids", "warnings", "text", "kind"),
)
"""Of CSV and Parquet."""
NUMBERS = ("item_id", "duplicate_of", "cluster_id", "http_status", "attempts")
"""Columns that are whole numbers in Parquet; the others are text."""
ROWS_A_GROUP = 1000
"""Rows of Parquet written at once: a few megabytes."""


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


def table_row(result: Result) -> tuple[object, ...]:
    """A Result's row of the table; an unsure label has a question mark."""
    topics = [*(result.decided("yes") or ()), *(f"{topic}?" for topic in result.decided("unsure") or ())]
    outcome = f"{result.outcome}: {result.reason}" if result.reason else result.outcome
    return result.title, result.published_at, topics or None, _source_type(result), outcome, result.url


def _source_type(result: Result) -> str | None:
    given = result.source_type
    if given is None or given.label is None:
        return None
    return f"{given.label}?" if given.decision == "unsure" else given.label


def write_table(results: Results) -> None:
    """Title, date, topics, source type and outcome of each."""
    show_table(("title", "published", "topics", "source type", "outcome", "url"), map(table_row, results))


def write_lines(results: Results) -> None:
    """A line of JSON for each."""
    show_lines(result.to_dict() for result in results)


def write_csv(results: Results) -> None:
    """A header, and a line for each."""
    writer = CsvWriter(COLUMNS)
    for result in results:
        writer.row(flat(result))


WRITERS: dict[str, Callable[[Results], None]] = {"table": write_table, "jsonl": write_lines, "csv": write_csv}


def parquet_writer() -> Callable[[Results], None]:
    """Raises UsageError where Parquet cannot be written, before a Result is read."""
    if importlib.util.find_spec("pyarrow") is None:
        raise UsageError("Parquet is written by pyarrow, which is not installed here: `pip install pyarrow`, or use --format jsonl")
    if sys.stdout.isatty():
        raise UsageError("Parquet is binary: expected a file or a pipe on standard output, got a terminal")
    return write_parquet


def write_parquet(results: Results) -> None:
    """Groups of rows on standard output; every list is joined as in CSV."""
    arrow = importlib.import_module("pyarrow")  # an extra, which may be missing
    parquet = importlib.import_module("pyarrow.parquet")
    schema = arrow.schema([(name, arrow.int64() if name in NUMBERS else arrow.string()) for name in COLUMNS])
    rows = iter(results)
    with parquet.ParquetWriter(sys.stdout.buffer, schema) as writer:
        while group := [_parquet_row(result) for result in islice(rows, ROWS_A_GROUP)]:
            writer.write_table(arrow.Table.from_pylist(group, schema=schema))


def _parquet_row(result: Result) -> dict[str, object]:
    return {name: value if name in NUMBERS or value is None else _text(value) for name, value in flat(result).items()}


def _text(value: object) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)
