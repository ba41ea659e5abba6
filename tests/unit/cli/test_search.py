"""The search as its user types it."""

from __future__ import annotations

import pytest

from worker.cli import main as program


@pytest.fixture(autouse=True)
def empty_home(tmp_path, monkeypatch):
    monkeypatch.setenv("PRESSMARK_DATA_DIR", str(tmp_path))


def test_nothing_found_is_said_on_standard_error_and_is_no_failure(capsys):
    assert program.run(["search", "rice", "--json"]) == 0
    streams = capsys.readouterr()
    assert streams.out == ""
    assert streams.err == "no stored article matches\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--since", "last week"], "expected a day as 2024-03-22, got 'last week'"),
        (["--topic", "sport"], "--topic: expected one of border_dispute, trade, demining, culture, got 'sport'"),
        (["--limit", "0"], "0 is not in the range"),
    ],
)
def test_a_wish_that_cannot_be_is_told_in_one_line(arguments, told, capsys):
    assert program.run(["search", *arguments]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
