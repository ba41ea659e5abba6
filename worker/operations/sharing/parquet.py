"""Write Results as Parquet, a group of rows at a time, where the extra that does it is installed."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import islice
from types import ModuleType

from worker.operations.sharing.result_rows import COLUMNS, flat
from worker.results import Result

MISSING = "Parquet needs the extra `parquet`, which is not installed here: `pip install 'pressmark[parquet]'`"
NUMBERS = ("item_id", "duplicate_of", "cluster_id", "http_status", "attempts")
"""Columns that are whole numbers in Parquet."""
TIMES = ("published_at", "modified_at", "fetched_at", "stored_at")
DAYS = ("published_on",)
LISTS = ("authors", "topics", "unsure_topics", "job_ids", "warnings")
"""Columns that are timestamps, days and lists in Parquet; all others are text."""
ROWS_A_GROUP = 1000
"""Rows of Parquet written at once: a few megabytes."""


class _Sink:
    """A file that only grows; its new bytes are taken away as they are written."""

    closed = False

    def __init__(self) -> None:
        self._held: list[bytes] = []
        self._length = 0

    def write(self, piece: bytes) -> int:
        self._held.append(bytes(piece))
        self._length += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._length

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """The bytes stay until they are taken."""

    def taken(self) -> bytes:
        """What was written since the last call."""
        piece = b"".join(self._held)
        self._held.clear()
        return piece


def installed() -> bool:
    """Whether it can be written here."""
    return importlib.util.find_spec("pyarrow") is not None


def pieces(results: Iterable[Result]) -> Iterator[bytes]:
    """The file, piece by piece: lists, timestamps in UTC (a day without a time is its midnight), and days as such."""
    arrow = importlib.import_module("pyarrow")  # an extra, which may be missing
    parquet = importlib.import_module("pyarrow.parquet")
    schema = arrow.schema([(name, _arrow_type(arrow, name)) for name in COLUMNS])
    rows, sink = iter(results), _Sink()
    with parquet.ParquetWriter(sink, schema) as file:
        while group := [_typed(flat(result)) for result in islice(rows, ROWS_A_GROUP)]:
            file.write_table(arrow.Table.from_pylist(group, schema=schema))
            yield sink.taken()
    yield sink.taken()


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
