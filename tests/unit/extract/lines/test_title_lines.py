"""Headings on several lines above a text, letterheads with columns, and what stays apart."""

from __future__ import annotations

import pytest

from worker.extract.lines.paragraphs import paragraphs_of

TEXT = "The ferry at Neak Loeung stops at dusk from Monday on, the harbour master said."


@pytest.mark.parametrize(
    ("heading", "lines"),
    [
        ("JOINT STATEMENT\nON THE FERRY\nAT NEAK LOEUNG", ["JOINT STATEMENT ON THE FERRY AT NEAK LOEUNG"]),
        ("LE BAC ET LE PONT\nFERMENT AU SOIR", ["LE BAC ET LE PONT FERMENT AU SOIR"]),
        ("The Ferry and the Old Bridge of\nNeak Loeung", ["The Ferry and the Old Bridge of Neak Loeung"]),
        ("Die Fähre und die alte Brücke\nüber den Mekong", ["Die Fähre und die alte Brücke über den Mekong"]),
        ("EMBASSY OF ESTRAVIA\nto the Kingdom of Cambodia\nand the Lao PDR", ["EMBASSY OF ESTRAVIA"]),
        ("Ferry Stops at Dusk\nby Chan Dara", ["Ferry Stops at Dusk", "by Chan Dara"]),
        ("Ferry Stops at Dusk\nPhnom Penh, 3 November 2026", ["Ferry Stops at Dusk", "Phnom Penh, 3 November 2026"]),
        ("News\nin pictures\non demand", ["News", "in pictures", "on demand"]),
        ("Security Council              3 November 2026", ["Security Council", "3 November 2026"]),
        ("3 November 2026\nin Trade", ["3 November 2026", "in Trade"]),
    ],
)
def test_the_lines_of_a_heading_are_one_and_others_stay_apart(heading, lines):
    assert paragraphs_of(f"{heading}\n\n{TEXT}\n") == [*lines, TEXT]


def test_lines_below_the_first_sentence_stay_as_they_are():
    assert paragraphs_of(f"{TEXT}\n\nThe Fares of\nthe Ferry") == [TEXT, "The Fares of", "the Ferry"]


def test_numbers_alone_that_count_up_are_of_pages_and_others_stay():
    header = "Quay Office 4/2026 FINAL"
    pages = f"The ferry stops at dusk before the end of the\n\n1\n\n{header}\n\nyear.\n\n2\n\n{header}\n\nThe end."
    assert paragraphs_of(pages) == ["The ferry stops at dusk before the end of the", "year.", "The end."]
    assert paragraphs_of("The bell rang at noon.\n\n7\n\nThe bell rang again.")[1] == "7"


def test_symbols_and_job_numbers_at_a_page_break_are_removed():
    text = f"{TEXT}\n\n26-19844 (E)    111126\n*2619844*      Please recycle\n\nA/81/655\n\n{TEXT}\n\n2/2          26-19844\n"
    assert paragraphs_of(text) == [TEXT, TEXT]


@pytest.mark.timeout(60)  # joining 100,000 lines one by one takes two minutes
def test_a_group_of_very_many_lines_holds_no_heading() -> None:
    # Given a text that begins with 100,000 lines which could each continue the one above
    lines = ["The harbour of the town", *["and the town"] * 100_000]
    # When it is read, then every line stands as it was
    assert paragraphs_of("\n".join(lines) + f"\n\n{TEXT}") == [*lines, TEXT]
