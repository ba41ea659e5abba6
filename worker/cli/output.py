"""What the commands show: data on standard output and nothing else there, everything else on standard error."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make a spreadsheet run a cell (OWASP, CSV injection)."""


def clean(text: str) -> str:
    """`text` safe for a terminal: control characters and lone surrogates become visible escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def complain(message: str) -> None:
    """One line on standard error."""
    click.echo("pressmark: " + clean(" ".join(message.split())), err=True)


def tell(message: str) -> None:
    """A message for people, on standard error."""
    click.echo(clean(message), err=True)


def show_json(value: Any) -> None:
    """One JSON document on one line; a list of them is JSON lines."""
    click.echo(json.dumps(value, ensure_ascii=False, allow_nan=False, default=str))


def show_lines(rows: Iterable[Mapping[str, Any]]) -> None:
    """JSON lines."""
    for row in rows:
        show_json(row)


def show_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], title: str | None = None) -> None:
    """A table for people; cells are cleaned, and cut only where a terminal is too narrow."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell(value)) for value in row))
    print_rich(table)


def print_rich(renderable: Any) -> None:
    """Prints with rich, as wide as the content where nobody looks at a terminal."""
    from rich.console import Console

    console = Console(soft_wrap=False) if sys.stdout.isatty() else Console(width=200, no_color=True)
    console.print(renderable)


def cell(value: Any) -> str:
    """A value as people read it in a table."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.1f}"
    if isinstance(value, list | tuple):
        return ", ".join(map(cell, value))
    return clean(str(value))


class CsvWriter:
    """CSV with a header line; no cell can become a formula in a spreadsheet."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = columns
        self._writer = csv.writer(sys.stdout)
        self._writer.writerow(columns)

    def row(self, values: Mapping[str, Any]) -> None:
        """One line; lists are joined with `; `, objects are JSON."""
        self._writer.writerow([csv_cell(values.get(column)) for column in self._columns])


def csv_cell(value: Any) -> str:
    """A value as a CSV cell; one that a spreadsheet would run gets a leading apostrophe."""
    if value is None:
        return ""
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(part, dict) for part in value)):
        return json.dumps(value, ensure_ascii=False)
    text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    return "'" + text if text.startswith(FORMULA) else text
