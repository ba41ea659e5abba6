"""JSON lines: order kept, a bad line costing that line alone, memory bounded."""

import io
import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from classifier.json_lines import text_field
from worker.cli._shared.json_lines import Row, rows, show, side_by_side, together
from worker.errors import ItemFailed
from worker.reasons import Reason


def text_of(row: dict[str, Any]) -> str:
    text = text_field(row, "text", required=True) or ""
    if text == "empty":
        raise ItemFailed(Reason.NO_TEXT, "none")
    return text


def read(tmp_path: Path, *lines: bytes) -> list[Row[str]]:
    (tmp_path / "in.jsonl").write_bytes(b"\n".join(lines))
    return list(rows([str(tmp_path / "in.jsonl")], text_of))


def outcome(row: Row[Any]) -> Any:
    name, value = row
    return (name, value.reason.word) if isinstance(value, ItemFailed) else (name, value)


def test_every_line_gives_its_row_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = read(
        tmp_path,
        b'\xef\xbb\xbf{"id":1,"text":"one"}',
        b"",
        b"not json",
        b'{"text":"no id"}',
        b'{"id":true,"text":"a flag"}',
        b'{"id":"b","text":5}',
        b'{"id":"c","text":"empty"}',
        b'{"id":"d","text":"last"}',
    )
    assert [outcome(row) for row in found] == [
        (1, "one"),
        (None, "schema"),
        (None, "schema"),
        (True, "schema"),
        ("b", "schema"),
        ("c", "no-text"),
        ("d", "last"),
    ]
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 4
    assert told[0].endswith("in.jsonl:3: expected a JSON object: Expecting value at column 1")


def test_standard_input_is_read_where_a_dash_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"id":1,"text":"one"}')))
    assert list(rows(["-"], text_of)) == [(1, "one")]


def test_good_rows_are_worked_on_together_and_bad_ones_keep_their_places() -> None:
    sizes = []

    def work(values: Any) -> list[dict[str, Any]]:
        sizes.append(len(values))
        return [{"length": len(value)} for value in values]

    bad: Row[str] = (3, ItemFailed(Reason.SCHEMA, "x"))
    done = list(together([(1, "a"), (2, "bb"), bad, (4, "dddd"), (5, "e")], 4, work))
    assert [name for name, _ in done] == [1, 2, 3, 4, 5]
    assert done[3] == (4, {"length": 4})
    assert sizes == [3, 1]


def test_threads_keep_the_order_and_take_little_in_advance() -> None:
    taken: list[int] = []
    gate = threading.Event()

    def source() -> Iterator[Row[int]]:
        for number in range(100):
            taken.append(number)
            yield number, number

    def work(number: int) -> dict[str, Any]:
        if number == 0:
            gate.wait(60)
        if number == 7:
            raise ItemFailed(Reason.PARSE_LIMIT, "bad page")
        return {"square": number * number}

    done = side_by_side(source(), 3, work)
    threading.Timer(0.05, gate.set).start()
    assert next(done) == (0, {"square": 0})
    assert len(taken) <= 8
    rest = list(done)
    assert [name for name, _ in rest] == list(range(1, 100))
    assert outcome(rest[6]) == (7, "parse-limit")


def test_what_came_to_nothing_is_counted_in_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert show([(1, {"a": 1})]) == 0
    assert show([(1, {"a": 1}), (2, ItemFailed(Reason.NO_TEXT, "no text"))]) == 1
    told = capsys.readouterr()
    assert [json.loads(line) for line in told.out.splitlines()][1:] == [
        {"id": 1, "a": 1},
        {"id": 2, "error": {"reason": "no-text", "message": "no text"}},
    ]
    assert "1 of 2 lines" in told.err
