"""What is known of a language is data: its file alone is read, and the table of holes is what the files say."""

import pytest

from docs.build_languages import PAGE, document
from worker.extract.words import languages

EIGHTEEN = ["ar", "de", "es", "fr", "hi", "id", "ja", "km", "ko", "lo", "ms", "my", "pt", "ru", "th", "tl", "vi", "zh"]
SHARED = (
    *("signature", "reporter", "reporter_title", "office", "office_end", "pages", "of_pages", "months", "before_month", "before_year"),
    *("agency", "agency_tail", "agency_name", "organisation", "job", "company_form", "title_label", "browser_check"),
    *("given_name", "surname", "before_role", "particle", "name_suffix", "surname_and", "dateline_word", "agenda", "diplomatic_note"),
    *("written_date", "era", "solar_months", "numerals", "before_time", "after_time", "time_zone", "leading_article", "goes_on"),
    *("comments_heading", "others_heading"),
)
"""Slots that not every language needs: some sign in no form of their own or write no word within a date, Chinese, Japanese and
Korean number their months, many have no articles, agencies are named alike everywhere, trades, desks and surnames are told
apart in English alone, few have words behind or between surnames, and headings mostly have the words of `comments` and `pointer`."""


def test_the_page_of_languages_is_what_the_files_say() -> None:
    assert document() == PAGE.read_text(encoding="utf-8"), "run `python -m docs.build_languages` and commit docs/languages.md"


@pytest.mark.parametrize("slot", [slot for slot in languages.SLOTS if slot not in SHARED])
def test_no_language_of_the_eighteen_has_a_hole(slot: str) -> None:
    holes = [code for code in EIGHTEEN if not languages.languages()[code].get(slot)]
    assert holes == []


def test_a_slot_that_nobody_reads_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"xx.toml: expected slots .*, got \['weekdays'\]"):
        languages._checked("xx.toml", {"weekdays": ["day"]})


def test_every_language_names_twelve_months_and_none_means_two() -> None:
    known: dict[str, int] = {}
    for slots in languages.languages().values():
        assert len(slots.get("months", [""] * 12)) == 12
        for number, names in enumerate(slots.get("months", ()), 1):
            assert all(known.setdefault(name, number) == number for name in names.split())
