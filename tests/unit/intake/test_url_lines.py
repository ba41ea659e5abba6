"""A line of a list gives its address, whatever a program put around it; any other line is judged as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.cli._shared.url_lists import from_file
from worker.dashboard.pages.collect.lines import candidates
from worker.intake.url_lines import address_in, addresses_in

PAGE = "https://paper.example/a,17(b)?x=1&y='2'"
COPIED = [
    f"<{PAGE}>", f"<URL:{PAGE}>", f"“{PAGE}”", f"„{PAGE}“", f"« {PAGE} »", f"«\u00a0{PAGE}\u00a0»", f"‘{PAGE}’", f"'{PAGE}'", f'"{PAGE}"',
    f"\u200b{PAGE}", f"{PAGE}\u200b", f"\u200e{PAGE}\u200e", f"\u00a0\u00a0{PAGE}\u00a0", f"\ufeff{PAGE}",
    f"- {PAGE}", f"* {PAGE}", f"• <{PAGE}>", f"1. {PAGE}", f"12) {PAGE}", f"> {PAGE}",
    f"{PAGE}\tA title\t2026-11-02", f"A title\t{PAGE}", f"  {PAGE}  ",
]  # fmt: skip


@pytest.mark.parametrize("line", COPIED)
def test_what_programs_put_around_an_address_is_left_out(line: str) -> None:
    assert address_in(line) == PAGE


@pytest.mark.parametrize(
    "line",
    [
        PAGE,
        "paper.example/a",
        "see https://paper.example/a",
        f"{PAGE} and more",
        "https://paper.example/a b",
        "- paper.example",
        "“https://paper.example/a” said",
        "ftp://paper.example/a",
        "https://paper.example/a\x1b]0;x",
        '"https://paper.example/a","Title, with a comma"',
        "",
    ],
)
def test_any_other_line_stays_as_it_is(line: str) -> None:
    assert address_in(line) == line


def test_line_ends_of_old_macs_part_addresses_and_nothing_else() -> None:
    assert addresses_in(f"{PAGE}\r{PAGE}\r") == [PAGE, PAGE]
    assert addresses_in("https://paper.example/\rX: y") == ["https://paper.example/\rX: y"]


def test_a_file_and_a_pasted_list_give_the_same_addresses(tmp_path: Path) -> None:
    text = "\n".join(line for line in COPIED if "\ufeff" not in line)
    (tmp_path / "list.txt").write_text(text, encoding="utf-8")
    assert {found.url for found in from_file(str(tmp_path / "list.txt"), "lines")} == {PAGE}
    assert {found.url for found in candidates(text, "article")} == {PAGE}


def test_a_file_with_the_line_ends_of_old_macs_is_read(tmp_path: Path) -> None:
    (tmp_path / "mac.txt").write_bytes(b"https://paper.example/1\rhttps://paper.example/2\r")
    assert [found.url for found in from_file(str(tmp_path / "mac.txt"), "lines")] == ["https://paper.example/1", "https://paper.example/2"]


@given(st.text())
def test_it_never_raises(line: str) -> None:
    address_in(line)
    addresses_in(line)
