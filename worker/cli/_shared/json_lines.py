"""JSON lines in, JSON lines out: in order, in bounded memory, a bad line costing that line alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from worker.cli._shared.files import lines, opened, parse_object, shown
from worker.cli._shared.output import Progress, complain, show_json, tell
from worker.errors import ItemFailed
from worker.reasons import Reason

T = TypeVar("T")
Row = tuple[Any, T | ItemFailed]
"""The line's id (null where it could not be read), and what it holds or why it holds nothing."""

MAX_LINE = 64 * 1024 * 1024
"""Bytes: a page of 10 MiB with every character escaped as \\uXXXX fits."""


def rows(names: Sequence[str], parse: Callable[[dict[str, Any]], T]) -> Iterator[Row[T]]:
    """Every line of the files that is not blank; `parse` raises ValueError, or ItemFailed, for a bad one."""
    for name in names:
        with opened(name) as file:
            for number, raw in lines(file, MAX_LINE):
                if raw is None or raw.strip():
                    yield _row(f"{shown(name)}:{number}", raw, parse)


def _row(where: str, raw: bytes | None, parse: Callable[[dict[str, Any]], T]) -> Row[T]:
    if raw is None:
        return None, _bad(where, Reason.TOO_BIG, f"expected a line of at most {MAX_LINE} bytes")
    row: dict[str, Any] = {}
    try:
        row = parse_object(raw.removeprefix(b"\xef\xbb\xbf"))
        return _expect_id(row), parse(row)
    except ItemFailed as failed:
        return row.get("id"), failed
    except ValueError as error:
        return row.get("id"), _bad(where, Reason.SCHEMA, str(error))


def _expect_id(row: dict[str, Any]) -> str | int:
    name = row.get("id")
    if isinstance(name, str) or type(name) is int:  # to Python, true and false are numbers too
        return name
    raise ValueError("id: expected text or a whole number")


def _bad(where: str, reason: Reason, message: str) -> ItemFailed:
    complain(f"{where}: {message}")
    return ItemFailed(reason, message)


def together(source: Iterable[Row[T]], size: int, work: Callable[[Sequence[T]], Sequence[dict[str, Any]]]) -> Iterator[Row[dict[str, Any]]]:
    """Gives the good rows to `work` up to `size` at a time; the order stays."""
    held: list[Row[T]] = []
    for row in source:
        held.append(row)
        if len(held) == size:
            yield from _worked(held, work)
            held.clear()
    yield from _worked(held, work)


def _worked(held: Sequence[Row[T]], work: Callable[[Sequence[T]], Sequence[dict[str, Any]]]) -> Iterator[Row[dict[str, Any]]]:
    good = [value for _, value in held if not isinstance(value, ItemFailed)]
    done = iter(work(good) if good else ())
    for name, value in held:
        yield name, (value if isinstance(value, ItemFailed) else next(done))


def side_by_side(source: Iterable[Row[T]], threads: int, work: Callable[[T], dict[str, Any]]) -> Iterator[Row[dict[str, Any]]]:
    """Gives the good rows to `work` on `threads` threads; the order stays, and few are ever in hand."""

    def one(row: Row[T]) -> Row[dict[str, Any]]:
        name, value = row
        try:
            return name, (value if isinstance(value, ItemFailed) else work(value))
        except ItemFailed as failed:
            return name, failed

    in_hand: deque[Future[Row[dict[str, Any]]]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for row in source:
            in_hand.append(pool.submit(one, row))
            if len(in_hand) > 2 * threads:  # twice: nobody idles while the first one takes long
                yield in_hand.popleft().result()
        while in_hand:
            yield in_hand.popleft().result()


def show(done: Iterable[Row[dict[str, Any]]]) -> int:
    """Prints a line for each row; the exit code: 1 where any came to nothing."""
    failed = total = 0
    with Progress("lines done") as progress:
        for name, value in done:
            total += 1
            failed += isinstance(value, ItemFailed)
            show_json({"id": name, **_shown(value)})
            progress.show(total)
    if failed:
        tell(f"{failed} of {total} lines came to nothing; their errors stand in their places")
    return 1 if failed else 0


def _shown(value: dict[str, Any] | ItemFailed) -> dict[str, Any]:
    if isinstance(value, ItemFailed):
        return {"error": {"reason": value.reason.word, "message": value.detail or str(value)}}
    return value
