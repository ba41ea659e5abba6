"""Write Results as a table for people, as JSON lines, CSV, Parquet, ninjs or WARC."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import partial

from worker.bootstrap import Services
from worker.cli._shared.output import show_lines, show_table, tell
from worker.errors import UsageError
from worker.operations.archive import warc
from worker.operations.sharing import parquet
from worker.operations.sharing.ninjs import ninjs
from worker.operations.sharing.result_rows import csv_lines
from worker.operations.times import local_day
from worker.results import Result

Results = Iterable[Result]
Writer = Callable[[Results], None]
FORMATS = ("table", "jsonl", "csv", "parquet", "ninjs", "warc")


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


def writer(form: str, services: Services, *, bom: bool = False) -> Writer:
    """What writes Results to standard output in one of FORMATS; raises UsageError where that cannot be, before a Result is read."""
    if bom and form != "csv":
        raise UsageError(f"expected --bom with --format csv, got it with {form}")
    if form == "parquet":
        _expect_parquet()
        return write_parquet
    if form == "warc":
        _expect_warc()
        return partial(write_warc, services)
    if form == "csv":
        return partial(write_csv, bom=bom)
    if form == "ninjs":
        return write_ninjs
    return write_lines if form == "jsonl" else partial(write_table, zone=services.settings.timezone)


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
    if not parquet.installed():
        raise UsageError(parquet.MISSING)
    _expect_no_terminal("Parquet")


def _expect_warc() -> None:
    if not warc.installed():
        raise UsageError(warc.MISSING)
    _expect_no_terminal("WARC")


def _expect_no_terminal(form: str) -> None:
    if sys.stdout.isatty():
        raise UsageError(f"{form} is binary: expected a file or a pipe on standard output, got a terminal")


def write_parquet(results: Results) -> None:
    """Groups of rows on standard output."""
    for piece in parquet.pieces(results):
        sys.stdout.buffer.write(piece)


def write_warc(services: Services, results: Results) -> None:
    """The kept pages of the articles, record by record on standard output; standard error says how many have none."""
    counts = warc.Counts()
    for piece in warc.pieces(services, results, counts):
        sys.stdout.buffer.write(piece)
    if counts.without_page:
        tell(f"{counts.without_page} articles have no kept page, and are not in the WARC; PRESSMARK_KEEP_PAGES=true keeps pages")
    if counts.lost:
        tell(f"{counts.lost} kept pages are damaged or gone, and are not in the WARC")
