"""The stored articles, handed out: a table for people, JSON lines, CSV and Parquet for programs."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, Literal, cast

import click

from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import CsvWriter, Progress, show_lines, show_table
from worker.cli._shared.services import opened
from worker.config import Settings
from worker.errors import UsageError
from worker.results import Result

Results = Iterable[Result]

COLUMNS = (
    *("item_id", "url", "final_url", "canonical_url", "outcome", "reason", "duplicate_of", "cluster_id", "title", "published_at"),
    *("published_source", "modified_at", "language", "authors", "site_name", "description", "image", "topics", "unsure_topics"),
    *("primary_topic", "source_type", "source_type_decision", "model_id", "http_status", "content_sha256", "fetched_at", "stored_at"),
    *("attempts", "job_ids", "warnings", "text", "kind"),
)
"""Of CSV and Parquet: a flat row for each Result."""
ROWS_A_GROUP = 1000
"""Rows of Parquet written at once: a few megabytes."""


def flat(result: Result) -> dict[str, Any]:
    """A Result as one row of single values and lists of text."""
    changed = {
        "topics": result.decided("yes"),
        "unsure_topics": result.decided("unsure"),
        "source_type": result.source_type and result.source_type.label,
        "source_type_decision": result.source_type and result.source_type.decision,
        "model_id": result.model and result.model.id,
        "http_status": result.http and result.http.status,
    }
    return {column: changed[column] if column in changed else getattr(result, column) for column in COLUMNS}


@command("export", help="The stored articles; with --outcome all every item that has ended.")
@click.option("--format", "form", type=click.Choice(["table", "jsonl", "csv", "parquet"]), default="table", show_default=True)
@click.option("--outcome", type=click.Choice(["stored", "all"]), default="stored", show_default=True)
@click.option("--job", metavar="NAME", help="Of this job only.")
@json_option
def export(settings: Settings, form: str, outcome: str, job: str | None, as_json: bool) -> None:
    """Pages through the database; nothing is held in memory but a page, and the table."""
    write = _parquet_writer() if form == "parquet" else WRITERS["jsonl" if as_json else form]
    services = opened(settings)
    job_id = services.operator_ledger.find_job(job).id if job else None
    with Progress("articles") as progress:
        write(progress.counting(services.articles.results(cast(Literal["stored", "all"], outcome), job_id=job_id)))


def write_table(results: Results) -> None:
    """Title, date, topics, source type and outcome of each."""
    show_table(("title", "published", "topics", "source type", "outcome", "url"), map(table_row, results))


def table_row(result: Result) -> tuple[Any, ...]:
    """One Result in that table; an unsure label has a question mark."""
    row = flat(result)
    topics = [*(row["topics"] or ()), *(f"{topic}?" for topic in row["unsure_topics"] or ())]
    source = row["source_type"]
    source = f"{source}?" if source and row["source_type_decision"] == "unsure" else source
    outcome = f"{row['outcome']}: {row['reason']}" if row["reason"] else row["outcome"]
    return row["title"], row["published_at"], topics or None, source, outcome, row["url"]


def write_lines(results: Results) -> None:
    """A line of JSON each."""
    show_lines(result.to_dict() for result in results)


def write_csv(results: Results) -> None:
    """A header and a line each."""
    writer = CsvWriter(COLUMNS)
    for result in results:
        writer.row(flat(result))


WRITERS: dict[str, Callable[[Results], None]] = {"table": write_table, "jsonl": write_lines, "csv": write_csv}


def _parquet_writer() -> Callable[[Results], None]:
    if importlib.util.find_spec("pyarrow") is None:
        raise UsageError("Parquet is written by pyarrow, which is not installed here: `pip install pyarrow`, or use --format jsonl")
    if sys.stdout.isatty():
        raise UsageError("Parquet is binary: expected a file or a pipe on standard output, came a terminal")
    return write_parquet


def write_parquet(results: Results) -> None:
    """Groups of rows on standard output, every list joined as in CSV and every value a text or a number."""
    arrow = importlib.import_module("pyarrow")
    parquet = importlib.import_module("pyarrow.parquet")
    whole = {"item_id", "duplicate_of", "cluster_id", "http_status", "attempts"}
    schema = arrow.schema([(name, arrow.int64() if name in whole else arrow.string()) for name in COLUMNS])
    rows = iter(results)
    with parquet.ParquetWriter(sys.stdout.buffer, schema) as writer:
        while group := [_parquet_row(result, whole) for result in islice(rows, ROWS_A_GROUP)]:
            writer.write_table(arrow.Table.from_pylist(group, schema=schema))


def _parquet_row(result: Result, whole: set[str]) -> dict[str, Any]:
    row = flat(result)
    return {name: value if name in whole or value is None else _text(value) for name, value in row.items()}


def _text(value: Any) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


COMMANDS = {"export": export}
