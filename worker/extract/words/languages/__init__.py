"""What the extraction knows of each language, as data: one file a language, one list of words a slot.

A new language is one new file. An entry is a regular expression in lower case, mostly a plain word; entries of a slot are
matched in any case. `docs/languages.md` shows which language lacks which slot.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

SLOTS = {
    "office": "first words of the name of a public authority",
    "office_end": "last words of the name of a public authority",
    "staff": "who signs where no person does: a desk, a correspondent, an agency",
    "weekday": "names of weekdays",
    "today": "words before the current day in a masthead",
    "months": "names of the twelve months, in order; `_` stands for a blank within a name",
    "solar_months": "names of the twelve months of the solar year that begins in March, in order",
    "numerals": "the numbers from 0 to 10 in letters, where a date may be written in them; an entry may hold several for one number",
    "before_month": "between the day and the month of a date",
    "before_year": "between the month and the year of a date",
    "written_date": "a date of numbers and words: `<year>`, `<month>` by its name, `<number>` of the month and `<day>` stand for them; "
    "before ` :: ` a word in small letters that every such date has, and without which none is looked for",
    "era": "an era of years, and the year before its first, parted by a blank",
    "before_time": "between a date and its time of day",
    "after_time": "between a time of day and its zone",
    "time_zone": "the name of a zone that no other zone has, in its own case, and how far it is ahead of UTC, parted by a blank",
    "posted": "before the name in a reader's comment",
    "comments_closed": "that readers can comment no more",
    "comments": "heading over readers' comments",
    "comment_number": "before the number of a reader's comment",
    "comments_heading": "the beginning of a heading over readers' comments, which may only resemble one",
    "others_heading": "the beginning of a heading over other articles, which may only resemble one",
    "no_title": "a line that is no headline: a type of document, a section, a button",
    "goes_on": "how the second line of a headline begins",
    "leading_article": "how the names of newspapers begin",
    "signature": "a line that signs a text, with the name as its group; the group `names` where blanks part several",
    "reporter": "the reporter in a dateline, with the name as its group",
    "reporter_title": "the word for a reporter, behind the name without a blank",
    "ago": "a date relative to the current day",
    "published": "before a date of publication",
    "updated": "before the date of a later change",
    "by": "before the author's name in a byline",
    "interviewer": "before a colon and the name of who led an interview, a plain word",
    "dated": "where the date begins in a byline",
    "and": "between the names of two authors",
    "nobody": "an author field without a person: an account, a role, a desk, a button",
    "agency": "names of wire agencies that a word for an agency may follow",
    "agency_tail": "words for an agency after its name",
    "agency_name": "whole names of wire agencies",
    "organisation": "words in the names of desks and organisations, and not in those of people",
    "job": "words of a profession or an office, which precede or follow a name",
    "given_name": "given names that are the word before a source in another language",
    "surname": "surnames that are also a trade, an office or a word of outlets",
    "before_role": "words before such a trade or office, which no given name is",
    "name_suffix": "behind a person's name, perhaps with a full stop",
    "surname_and": "between the two surnames of one person, and between two people",
    "reviewer": "before the name of who reviewed a book or a film",
    "work_label": "a label in the data of a book or a film, and not in those of an article",
    "particle": "words in people's names that have no capital",
    "company_form": "legal forms at the end of a company's name, without the full stop",
    "title_label": "before a colon and the title",
    "subject": "before a colon and the subject of a mail, or of a mail that answers or forwards it",
    "mail_from": "the field of a mail's header with its sender",
    "mail_subject": "the field with its subject",
    "mail_date": "the field with its day",
    "mail_to": "the fields with those who received it",
    "document": "a type of document, before a colon or a dash and the title in a mail's subject",
    "dateline_word": "words in small letters in a line that gives place and date",
    "agenda": "in the line that gives the item of an assembly's agenda",
    "diplomatic_note": "a note between states that has no other title",
    "browser_check": "in the words of a check whether the reader is a browser",
    "other_role": "before the names of people who worked on a text but did not write it",
    "pointer": "before a colon and the linked headline of another page",
    "summary_label": "before a colon and the summary above the text",
    "correction": "the beginning of a note, below a text, on what was wrong in it",
    "more": "the beginning of a link below the start of another article",
    "pages": "the number of a page of a listing",
    "page_number": "before the number of a printed page",
    "of_pages": "between the number of a printed page and that of all",
    "login": "the beginning of a login page's title",
    "wall": "in the sentences of a login page, a consent wall or a paywall",
    "missing": "that a page is not there, in its text",
    "missing_title": "that a page is not there, in its title",
}
"""What a language's file may hold, each with what it is."""


@lru_cache(maxsize=1)
def languages() -> dict[str, dict[str, list[str]]]:
    """The words of every language, by its ISO 639 code and slot. Raises ValueError for a slot that nobody reads."""
    found = {}
    for file in sorted(files(__name__).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            found[file.name.removesuffix(".toml")] = _checked(file.name, tomllib.loads(file.read_text(encoding="utf-8")))
    return found


def _checked(name: str, slots: dict[str, list[str]]) -> dict[str, list[str]]:
    if unknown := slots.keys() - SLOTS.keys():
        raise ValueError(f"{name}: expected slots of {sorted(SLOTS)}, got {sorted(unknown)}")
    return slots


def words(slot: str) -> list[str]:
    """The entries of a slot in all languages, each once, the longest first, so that no entry hides a longer one."""
    return sorted({word for slots in languages().values() for word in slots.get(slot, ())}, key=lambda word: (-len(word), word))


def any_of(slot: str) -> str:
    """A pattern that matches any entry of a slot."""
    return f"(?:{'|'.join(words(slot)) or NEVER})"


def months(slot: str = "months") -> dict[str, int]:
    """The number of every month's name, in lower case, in all languages."""
    return {
        word.replace("_", " "): number
        for slots in languages().values()
        for number, names in enumerate(slots.get(slot, ()), 1)
        for word in names.split()
    }


def branches(words: Iterable[str]) -> str:
    """A pattern that matches any of many plain words, the longest possible: those with the same first letters share a branch, so that
    few are tried at each place."""
    first: dict[str, list[str]] = {}
    for word in words:
        first.setdefault(word[:1], []).append(word[1:])
    found = []
    for letter, rests in first.items():
        if letter:
            found.append(re.escape(letter) + (branches(rests) if len(rests) > 1 else re.escape(rests[0])))
    return f"(?:{'|'.join(found)}){'?' if '' in first else ''}" if found else ""


def pattern(template: str, flags: int = re.IGNORECASE) -> re.Pattern[str]:
    """The compiled `template`, with `<slot>` in place of any entry of that slot, and `<edge>` for the edge of a word in scripts
    that part their words by blanks. One without cased letters is case-sensitive: to ignore the case of all Han letters takes 12 ms."""
    filled = re.sub(r"<([a-z_]+)>", lambda match: any_of(match[1]) if match[1] in SLOTS else match[0], template)
    letters = re.sub(r"\\.|\(\?P<\w+>", "", filled)
    return re.compile(filled.replace("<edge>", EDGE), flags if letters.lower() != letters.upper() else 0)


_PARTED = r"[\u0e00-\u1fff\u3040-\uffef\u041e\u043e]"
"""Letters beside which a word may end: those of scripts without blanks, and the o with which Russian's words for "published" and
"changed" end, since a date often follows these without a blank."""
EDGE = rf"(?-i:\b|(?<={_PARTED})|(?={_PARTED}))"
"""Case-sensitive: to ignore the case of so many letters takes 40 ms, and adds the letters of other scripts that they have as capitals."""


NEVER = r"(?!)"
"""Matches nothing."""
