"""Write Results as a table for people, as JSON lines, CSV, Parquet or ninjs."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from functools import partial
from itertools import islice
from types import ModuleType

from worker.cli._shared.output import show_lines, show_table
from worker.config import Settings
from worker.errors import UsageError
from worker.operations.sharing.ninjs import ninjs
from worker.operations.sharing.result_rows import COLUMNS, csv_lines, flat
from worker.operations.times import local_day
from worker.results import Result

Results = Iterable[Result]
Writer = Callable[[Results], None]
FORMATS = ("table", "jsonl", "csv", "parquet", "ninjs")

NUMBERS = ("item_id", "duplicate_of", "cluster_id", "http_status", "attempts")
"""Columns that are whole numbers in Parquet."""
TIMES = ("published_at", "modified_at", "fetched_at", "stored_at")
DAYS = ("published_on",)
LISTS = ("authors", "topics", "unsure_topics", "job_ids", "warnings")
"""Columns that are timestamps, days and lists in Parquet; all others are text."""
ROWS_A_GROUP = 1000
"""Rows of Parquet written at once: a few megabytes."""


def table_row(result: Result, zone: str = "UTC") -> tuple[object, ...]:
    """A Result's row of the table, its day in `zone`; an unsure label has a question mark."""
    topics = [*(result.decided("yes") or ()), *(f"{topic}?" for topic in result.decided("unsure") or ())]
    outcome = f"{result.outcome}: {result.reason}" if result.reason else result.outcome
    return result.title, local_day(result.published_at, zone), topics or None, _source_type(result), outcome, result.url


def _source_type(result: Result) -> str | None:
    given = result.source_type
    if given is None or given.label is None:
        return None
    return f"{given.label}?" if given.decision == "unsure" else given.label


def writer(form: str, settings: Settings, *, bom: bool = False) -> Writer:
    """What writes Results to standard output in one of FORMATS; raises UsageError where that cannot be, before a Result is read."""
    if bom and form != "csv":
        raise UsageError(f"expected --bom with --format csv, got it with {form}")
    if form == "parquet":
        _expect_parquet()
        return write_parquet
    if form == "csv":
        return partial(write_csv, bom=bom)
    if form == "ninjs":
        return write_ninjs
    return write_lines if form == "jsonl" else partial(write_table, zone=settings.timezone)


def write_table(results: Results, zone: str = "UTC") -> None:
    """Title, day, topics, source type and outcome of each."""
    show_table(("title", "published", "topics", "source type", "outcome", "url"), (table_row(result, zone) for result in results))


def write_lines(results: Results) -> None:
    """A line of JSON for each."""
    show_lines(result.to_dict() for result in results)


def write_ninjs(results: Results) -> None:
    """A line of JSON for each article, IPTC ninjs 2.1; what ended without an article is left out."""
    show_lines(found for result in results if (found := ninjs(result)) is not None)


def write_csv(results: Results, *, bom: bool = False) -> None:
    """A header, and a line for each; with `bom` marked as UTF-8, which Excel takes for another encoding otherwise."""
    for line in csv_lines(results, bom=bom):
        sys.stdout.write(line)


def _expect_parquet() -> None:
    if importlib.util.find_spec("pyarrow") is None:
        raise UsageError("Parquet needs the extra `parquet`, which is not installed here: `pip install 'pressmark[parquet]'`")
    if sys.stdout.isatty():
        raise UsageError("Parquet is binary: expected a file or a pipe on standard output, got a terminal")


def write_parquet(results: Results) -> None:
    """Groups of rows on standard output: lists, timestamps in UTC (a day without a time is its midnight), and days as such."""
    arrow = importlib.import_module("pyarrow")  # an extra, which may be missing
    parquet = importlib.import_module("pyarrow.parquet")
    schema = arrow.schema([(name, _arrow_type(arrow, name)) for name in COLUMNS])
    rows = iter(results)
    with parquet.ParquetWriter(sys.stdout.buffer, schema) as file:
        while group := [_typed(flat(result)) for result in islice(rows, ROWS_A_GROUP)]:
            file.write_table(arrow.Table.from_pylist(group, schema=schema))


def _arrow_type(arrow: ModuleType, name: str) -> object:
    if name in TIMES:
        return arrow.timestamp("s", tz="UTC")
    if name in DAYS:
        return arrow.date32()
    if name in LISTS:
        return arrow.list_(arrow.int64() if name == "job_ids" else arrow.string())
    return arrow.int64() if name in NUMBERS else arrow.string()


def _typed(row: dict[str, object]) -> dict[str, object]:
    """With times and days as Python's own; what cannot be read as one is None."""
    return {name: _moment(value) if name in TIMES else _day(value) if name in DAYS else value for name, value in row.items()}


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:  # None, too
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _day(value: object) -> date | None:
    moment = _moment(value)
    return moment.date() if moment else None
