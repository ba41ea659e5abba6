"""Read JSON lines and write one for each, in order and in bounded memory; a line that cannot be used fails alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from classifier.json_lines import line_id, parse_object
from worker.cli._shared.files import lines, opened, shown
from worker.cli._shared.output import Progress, complain, show_json, tell
from worker.errors import ItemFailed
from worker.reasons import Reason

T = TypeVar("T")
Json = dict[str, object]
Row = tuple[object, T | ItemFailed]
"""The line's id (None where it could not be read), and what it holds or why it holds nothing."""

MAX_LINE = 64 * 1024 * 1024
"""Bytes: a page of 10 MiB with every character escaped as \\uXXXX fits."""


def rows(names: Sequence[str], parse: Callable[[dict[str, object]], T]) -> Iterator[Row[T]]:
    """Every line of the files that is not blank; `parse` raises ValueError, or ItemFailed, for a bad one."""
    for name in names:
        with opened(name) as file:
            for number, raw in lines(file, MAX_LINE):
                if raw is None or raw.strip():
                    yield _row(f"{shown(name)}:{number}", raw, parse)


def _row(where: str, raw: bytes | None, parse: Callable[[dict[str, object]], T]) -> Row[T]:
    if raw is None:
        return None, _bad(where, Reason.TOO_BIG, f"expected a line of at most {MAX_LINE} bytes")
    row: dict[str, object] = {}
    try:
        row = parse_object(raw.removeprefix(b"\xef\xbb\xbf"))
        return line_id(row), parse(row)
    except ItemFailed as failed:
        return row.get("id"), failed
    except ValueError as error:
        return row.get("id"), _bad(where, Reason.SCHEMA, str(error))


def _bad(where: str, reason: Reason, message: str) -> ItemFailed:
    complain(f"{where}: {message}")
    return ItemFailed(reason, message)


def together(source: Iterable[Row[T]], size: int, work: Callable[[Sequence[T]], Sequence[Json]]) -> Iterator[Row[Json]]:
    """Gives the good rows to `work` up to `size` at a time; the order stays."""
    group: list[Row[T]] = []
    for row in source:
        group.append(row)
        if len(group) == size:
            yield from _done(group, work)
            group.clear()
    yield from _done(group, work)


def _done(group: Sequence[Row[T]], work: Callable[[Sequence[T]], Sequence[Json]]) -> Iterator[Row[Json]]:
    good = [value for _, value in group if not isinstance(value, ItemFailed)]
    answers = iter(work(good) if good else ())
    for name, value in group:
        yield name, (value if isinstance(value, ItemFailed) else next(answers))


def side_by_side(source: Iterable[Row[T]], threads: int, work: Callable[[T], Json]) -> Iterator[Row[Json]]:
    """Gives the good rows to `work` on `threads` threads; the order stays, and few rows are read in advance."""

    def one(row: Row[T]) -> Row[Json]:
        name, value = row
        try:
            return name, (value if isinstance(value, ItemFailed) else work(value))
        except ItemFailed as failed:
            return name, failed

    started: deque[Future[Row[Json]]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for row in source:
            started.append(pool.submit(one, row))
            if len(started) > 2 * threads:  # twice: no thread idles while the first row takes long
                yield started.popleft().result()
        while started:
            yield started.popleft().result()


def show(done: Iterable[Row[Json]]) -> int:
    """Prints a line for each row, and returns the exit code: 1 where any failed."""
    failed = total = 0
    with Progress("lines done") as progress:
        for name, value in done:
            total += 1
            failed += isinstance(value, ItemFailed)
            show_json({"id": name, **_shown(value)})
            progress.show(total)
    if failed:
        tell(f"{failed} of {total} lines failed; their errors are in their places")
    return 1 if failed else 0


def _shown(value: Json | ItemFailed) -> Json:
    if isinstance(value, ItemFailed):
        return {"error": {"reason": value.reason.word, "message": value.detail or str(value)}}
    return value
