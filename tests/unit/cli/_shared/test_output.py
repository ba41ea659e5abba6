"""What reaches a terminal, a pipe and a spreadsheet."""

import contextlib
import json
import os
import pty
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from worker.cli._shared.output import CsvWriter, Progress, cell, clean, complain, show_json, show_table
from worker.operations.sharing.result_rows import CONTROLS, csv_cell


@pytest.mark.parametrize("text", ["\x1b]0;owned\x07", "\x1b[31mred", "line\nbreak", "\x00", "\x9b31m", "\u202eevil", "\udcff"])
def test_nothing_can_move_the_terminals_cursor(text: str) -> None:
    assert clean("a" + text).isprintable()


@pytest.mark.parametrize("text", ["Phnom Penh", "ភ្នំពេញ", "กรุงเทพฯ", "“Quoted” – dash", "می\u200cخواهم"])
def test_real_text_stays_as_it_is(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "=HYPERLINK(1)",
        "+1",
        "-1",
        "@SUM(A1)",
        "\tx",
        "＝1+1",
        "＋1",
        "－1",
        "＠A1",
        "﹦1",
        "\u200b=1",
        "\ufeff=1",
        "\u2060=1",
        "\u00a0=1",
        "\n=1",
        " " * 200 + "=1",
    ],
)
def test_a_cell_cannot_become_a_formula(text: str) -> None:
    assert csv_cell(text) == "'" + text


def test_other_cells_stay_as_they_are() -> None:
    assert [csv_cell(value) for value in ("a=b", 7, None, ["x", "y"], True)] == ["a=b", "7", "", "x; y", "True"]


def test_a_list_cannot_hide_a_formula() -> None:
    assert csv_cell(["=1", "b", "＝2"]) == "'=1; b; '＝2"


@pytest.mark.parametrize("value", ["\x1b]0;owned\x07\r\n\x7f\x9b31m\u202e\u2066\u2028", ["\x1b", "\x9b"], {"a": "\x1b\x9b\x7f\u202e"}])
def test_no_cell_holds_a_control_character(value: object) -> None:
    assert not CONTROLS.search(csv_cell(value))


@pytest.mark.parametrize("text", ["Rice;=1", "Rice\t=1", "Rice\n=1", "Rice|=1", "Rice,=1"])
def test_a_cell_with_a_separator_of_any_locale_is_quoted(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    CsvWriter(("title", "text")).row({"title": text, "text": 'say "no"'})
    assert capsys.readouterr().out == f'title,text\r\n"{text}","say ""no"""\r\n'


def test_csv_has_a_header_and_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    writer = CsvWriter(("url", "title"))
    writer.row({"url": "https://x.example/", "title": "=1,2", "more": 1})
    assert capsys.readouterr().out == 'url,title\r\nhttps://x.example/,"\'=1,2"\r\n'


def test_json_holds_no_control_character_and_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"title": "Trade\x1b\x7f\x80\x9b31m\u202e\u2066\u2028 grows \u200d\u200f"}
    show_json(value)
    told = capsys.readouterr().out
    assert not CONTROLS.search(told)
    assert json.loads(told) == value


def test_json_is_one_line_in_real_letters(capsys: pytest.CaptureFixture[str]) -> None:
    show_json({"title": "ក្រចេះ\nnext"})
    told = capsys.readouterr().out
    assert "ក្រចេះ" in told
    assert told.count("\n") == 1
    assert json.loads(told) == {"title": "ក្រចេះ\nnext"}


def test_a_complaint_is_one_line_whatever_it_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    complain("a.txt:3: expected a URL, came 'x\n\x1b[2Jy'")
    assert capsys.readouterr().err.count("\n") == 1


def test_a_table_shows_no_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(("title",), [["\x1b[2Jtitle"], ["[red]markup[/red]"]])
    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert "[red]markup[/red]" in told


def test_cells_for_people() -> None:
    assert [cell(value) for value in (None, True, False, 1.25, ["a", "b"], 3)] == ["–", "yes", "no", "1.2", "a, b", "3"]


def test_progress_is_for_terminals_only(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress("lines read") as progress:
        for _ in range(100):
            progress.advance(1000)
    assert capsys.readouterr().err == ""


def drained(terminal: int) -> Iterator[bytes]:
    """What lies in a pseudo-terminal; it hands out 4 KiB at once."""
    os.set_blocking(terminal, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            yield os.read(terminal, 4096)


def test_on_a_terminal_what_takes_long_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    main, other = pty.openpty()
    with os.fdopen(other, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr("sys.stderr", terminal)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setattr("worker.cli._shared.output.time", SimpleNamespace(monotonic=iter(range(0, 1000, 2)).__next__))
        with Progress("lines read") as progress:
            progress.advance(1000)
            progress.show(2000, 4000)
            terminal.flush()
            shown = b"".join(drained(main)).decode()
    os.close(main)
    assert "1,000 lines read" in shown
    assert "2,000 lines read" in shown
