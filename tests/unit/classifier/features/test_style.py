from __future__ import annotations

import time

import pytest

from classifier.features.style import NAMES, style
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
