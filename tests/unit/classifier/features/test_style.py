from __future__ import annotations

import re
import time

import pytest

from classifier.features.style import _IMPERATIVES, _OF_TEXT, _PATTERNS, NAMES, _found, _matching_lines, style
from classifier.text.document import parse_text


def style_of(text: str) -> dict[str, float]:
    return dict(zip(NAMES, style(parse_text("", text)).tolist(), strict=True))


@pytest.mark.parametrize(
    ("text", "habit"),
    [
        ("BATTAMBANG, March 3 — Farmers said on Monday that rain had come.", "dateline_dash"),
        ("HANOI (AFP) - Prices rose.", "dateline_agency"),
        ("Sen. Mike Dole (R-OH) announced a grant.", "party_state"),
        ("QUESTION: Is it true?\nMR. HALE: I do not know.", "speaker_turn"),
        ("The Ministry said so.\n\n###", "end_mark"),
        ("“We waited,” said Sok Dara, a farmer.", "said_after_quote"),
        ("Come to the coast. Book your room now!", "imperative_start"),
        ("Press office: press@example.org", "contact"),
    ],
)
def test_a_habit_is_counted_where_it_occurs_and_not_in_plain_prose(text: str, habit: str) -> None:
    plain = "The river rose in the night and the people of the village carried their rice to the pagoda on the hill."
    assert style_of(text)[habit] > 0
    assert style_of(plain)[habit] == 0


@pytest.mark.parametrize(
    "text",
    ["*\n" * 40_000, "\n" * 200_000, "( " * 100_000, "A" * 300_000, "ก" * 300_000, "a. " * 60_000, "“" * 200_000, "x" * 99 + "-" * 99_999],
)
def test_a_page_of_nonsense_takes_seconds_and_not_minutes(text: str) -> None:
    began = time.process_time()
    style(parse_text("", text))
    assert time.process_time() - began < 20


PIECES = (
    "H.E. ",
    "HE ",
    "Excellency, Mr ",
    "THE ",
    "Hun SENN ",
    "Minister President Xi ",
    "tel: ",
    "Tel 1",
    "E-mail",
    "+85",
    "$ 5",
    "¥",
    "Visit ",
)
PIECES += (
    " said ",
    "”, said ",
    ". Meet ",
    "\nCome ",
    "? Try",
    "says Sok D",
    "3. ",
    "- ",
    "# ",
    "1 May 2020",
    "END",
    "é ",
    "\n",
    "\n\n",
    ": ",
    "A: ",
)


def test_what_is_passed_over_unsearched_would_not_have_been_found() -> None:
    # Given texts of pieces that patterns are about, in every order of two between other words
    for text in (f"{first}{between}{second}" for first in PIECES for second in PIECES for between in ("", "a ", ". ", "\n")):
        # When each pattern is searched the short way, then it is found as often as by a search of the whole text
        lines = _matching_lines(text.split("\n"))
        for name, pattern in _PATTERNS.items():
            plain = rf"^{_IMPERATIVES}|{pattern}" if name == "imperative_start" else pattern
            expected = sum(1 for match in re.finditer(plain, text, re.MULTILINE if "^" in plain else 0) if match.start() < len(text))
            found = lines.get(name, 0) + (_found(name, text) if name in _OF_TEXT else 0)
            assert found == expected, (name, text)
