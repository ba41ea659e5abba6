"""Print data on standard output and nothing else there; everything else goes to standard error.

rich is imported where a table or a bar is drawn: it takes 25 to 60 ms, and JSON needs none of it.
"""

from __future__ import annotations

import shutil
import sys
import textwrap
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

import click

from worker.operations.sharing.result_rows import csv_cell, csv_line, json_text

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.progress import Progress as Bar

T = TypeVar("T")

SHOWN_AS_THEY_ARE = "\u200c\u200d\u200e\u200f"
"""Joiners and marks of direction, without which some scripts cannot be read."""

FOLDED = 20
"""Characters of a word to which a column may be folded: an address can be read over a few lines, a column of syllables cannot."""
KEPT_TOGETHER = 40
"""Characters of a name and a value that stay on one line."""
LINES_AT_ONCE = 100
"""Long enough to be cheap, short enough for a reader who closes the pipe after ten."""


def clean(text: str) -> str:
    """`text` safe for a terminal: control characters and lone surrogates become visible escapes."""
    return "".join(c if c.isprintable() or c in SHOWN_AS_THEY_ARE else c.encode("unicode_escape").decode("ascii") for c in text)


def complain(message: str) -> None:
    """One line on standard error."""
    click.echo("pressmark: " + clean(" ".join(message.split())), err=True)


def tell(message: str) -> None:
    """A message for people, on standard error."""
    click.echo(clean(message), err=True)


def show_json(value: object) -> None:
    """One JSON document on one line: of a value with `to_dict`, or of anything that the json module takes."""
    click.echo(json_text(value))


def show_lines(rows: Iterable[object]) -> None:
    """JSON lines, written in groups: a million single writes would cost more than the rest of the work."""
    lines = map(json_text, rows)
    while group := list(islice(lines, LINES_AT_ONCE)):
        click.echo("\n".join(group))


def show_table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str | None = None) -> None:
    """A table for people; cells are cleaned, and folded where a terminal is too narrow. One that would be folded within its words
    becomes a few lines for each row."""
    texts = [[cell(value) for value in row] for row in rows]
    width = shutil.get_terminal_size().columns
    if not texts:
        tell("nothing to show")
    elif sys.stdout.isatty() and _least_width(columns, texts) > width:
        _show_records(columns, texts, title, width)
    else:
        _show_grid(columns, texts, title)


def _show_grid(columns: Sequence[str], rows: Iterable[Sequence[str]], title: str | None) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    print_rich(table)


def _least_width(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Characters that a grid needs so that no word but a long one is folded; three lie between two columns."""
    words = ([len(word) for text in column for word in text.split()] for column in zip(columns, *rows, strict=True))
    return sum(min(FOLDED, max(lengths, default=0)) + 3 for lengths in words)


def _show_records(columns: Sequence[str], rows: Sequence[Sequence[str]], title: str | None, width: int) -> None:
    """Each row as its first value and then `name value`, without the values that are not known."""
    if title:
        click.echo(title)
    for row in rows:
        known = ((name, f"{name} {text}".strip()) for name, text in zip(("", *columns[1:]), row, strict=True) if text not in {"", "–"})
        joined = " · ".join(
            said.replace(" ", "\xa0", -1 if len(said) <= KEPT_TOGETHER else name.count(" ") + bool(name)) for name, said in known
        )
        lines = textwrap.wrap(joined, width, subsequent_indent="    ", break_on_hyphens=False)
        click.echo("\n".join(lines).replace("\xa0", " "))


def print_rich(renderable: RenderableType) -> None:
    """Prints with rich; where there is no terminal, as wide as the content."""
    from rich.console import Console

    console = Console(soft_wrap=False) if sys.stdout.isatty() else Console(width=200, no_color=True)
    console.print(renderable)


def cell(value: object) -> str:
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


class Progress:
    """A bar on a terminal's standard error for whatever takes over a second; elsewhere nothing."""

    def __init__(self, unit: str) -> None:
        self._unit = unit
        self._done = 0
        self._begun = self._shown = time.monotonic()
        self._bar: Bar | None = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def advance(self, count: int) -> None:
        """So many more are done."""
        self.show(self._done + count)

    def counting(self, things: Iterable[T]) -> Iterator[T]:
        """The same things, counted as they pass."""
        for thing in things:
            yield thing
            self.advance(1)

    def show(self, done: int, total: int | None = None) -> None:
        """So many are done, of so many where that is known."""
        self._done = done
        now = time.monotonic()
        if not sys.stderr.isatty() or now - self._begun < 1 or now - self._shown < 0.2:  # five times a second reads as alive
            return
        self._shown = now
        self._bar = self._bar or _begun_bar(self._unit)
        self._bar.update(self._bar.task_ids[0], completed=done, total=total, refresh=True)


@contextmanager
def step_bars() -> Iterator[Callable[[str, int, int], None]]:
    """A function that is called with a step's name, how much of it is done, and of how much; a new name begins a new bar."""
    bars: dict[str, Progress] = {}
    with ExitStack() as shown:

        def show(step: str, done: int, total: int) -> None:
            if step not in bars:
                shown.close()
                bars[step] = shown.enter_context(Progress(step))
            bars[step].show(done, total)

        yield show


def _begun_bar(unit: str) -> Bar:
    """Without a thread of its own: it draws only when it is asked to, and Ctrl-C still reaches the main thread."""
    from rich import progress
    from rich.console import Console

    columns = (
        progress.TextColumn("{task.completed:,.0f} " + unit),
        progress.BarColumn(),
        progress.TaskProgressColumn(show_speed=True),
        progress.TimeElapsedColumn(),
    )
    bar = progress.Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False)
    bar.add_task(unit, total=None)
    bar.start()
    return bar


class CsvWriter:
    """CSV (RFC 4180) with a header line; no cell holds a control character or can become a formula in a spreadsheet."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = columns
        sys.stdout.write(csv_line(columns))

    def row(self, values: Mapping[str, object]) -> None:
        """One line; lists are joined with `; `, objects are JSON."""
        sys.stdout.write(csv_line([csv_cell(values.get(column)) for column in self._columns]))
