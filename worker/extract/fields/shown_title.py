"""Find the headline that a page shows: the line above its text that is a part of a stated title, or the likeliest heading."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import dropwhile, pairwise

from worker.extract.dates import dateline
from worker.extract.fields.person_names import AGENCY, BY
from worker.extract.lines.nearby_lines import NearbyLines
from worker.extract.lines.title_form import NO_TITLE, is_issuer, share_of_stems, stems_of
from worker.extract.page.characters import letters_of
from worker.extract.words.sentences import SPACELESS

BOUNDARY = frozenset("|-–—:·•»«›‹/\\~_>(（【[]】）)｜\u3163,.")
"""A character beside a part of a title, white space left out."""
MIN_LETTERS, MIN_SPACELESS = 6, 4  # letters of the shortest headline that is told from a section by its place in a title
MIN_CUT = 20  # letters of a part of a title that may be the beginning of a longer headline
WORDS = 4  # words from which a line is a headline although no mark parts it from the site's name before or after it
SECTION_SHARE = 0.5  # of the longest part's letters: a shorter line is the section or the kicker beside the headline
MAX_LINE = 400  # characters: no headline is longer (319 on 1,526 real pages)
LAST = 20  # lines above the text, of which a headline of two lines may consist
GOES_ON = (",", "、", "，", ":", "：")
"""What ends the first line of a headline of two lines."""
SECTION_WORDS = 2  # of a section's name, at most
STRANGE = 0.15  # of a stated title's long words: with fewer in the text it is the site's
TEXT_START = 3000  # characters of the text, in which a headline's words occur
KNOWN = 0.4  # of a line's long words: a line of the site's shares fewer with the text
PARTS = re.compile(r"\s+[|\-–—•·»«:/~]+\s+|\s*[|｜\u3163_]\s*|\s?[:–—-]\s")


def shown_part(titles: list[str], near: NearbyLines, text: str, site_names: set[str]) -> str | None:
    """The longest line above the text that is a part of one of `titles`, the first of them that has one; the site's name, a
    section or an agency is none."""
    single = [*near.above_text, *near.below_heading, *([near.heading] if near.heading else [])]
    single = [line for line in single if len(line) <= MAX_LINE]
    lines = list(dict.fromkeys([*single, *(f"{one} {other}" for one, other in pairwise(near.above_text[-LAST:]) if one.endswith(GOES_ON))]))
    for title in titles:
        longest = max((len(letters_of(part)) for part in PARTS.split(title) if letters_of(part) not in site_names), default=0)
        parts = [line for line in lines if _is_part(line, title) and _is_headline(line, site_names)]
        parts += [line for line in [near.heading or ""] if longest >= MIN_CUT and letters_of(line)[:longest] in _parts_of(title)]
        own = [line for line in parts if len(letters_of(line)) >= SECTION_SHARE * longest or is_known(line, text)]
        own = _without_sections(own, title)
        if own:
            best = max(own, key=lambda line: (line == near.heading, is_known(line, text), len(letters_of(line))))
            return None if _follows_site_name(best, near, text, titles, site_names) else best
    return None


def _without_sections(lines: list[str], title: str) -> list[str]:
    """The lines that a page shows of its title, without the shorter of its later parts where the first is among them."""
    parts = [letters_of(part) for part in PARTS.split(title)]
    if parts[0] not in map(letters_of, lines):
        return lines
    return [line for line in lines if letters_of(line) not in parts[1:] or len(letters_of(line)) >= len(parts[0])]


def _follows_site_name(line: str, near: NearbyLines, text: str, titles: list[str], site_names: set[str]) -> bool:
    """Whether the part of the page's title that a line shows is the site's: it follows the site's name, and the heading near the text,
    whose words that repeats, has hardly a word of the title."""
    heading = near.heading
    below_name = any(after == line and _is_site_name(before, site_names) for before, after in pairwise(near.above_text))
    if heading is None or line == heading or not below_name or not is_known(heading, text):
        return False
    return share_of_stems(heading, {stem for title in titles for stem in stems_of(title)}) < STRANGE


def _is_site_name(line: str, site_names: set[str]) -> bool:
    """Whether a line is the site's name, perhaps with an article."""
    return not site_names.isdisjoint((letters_of(line), letters_of(line).removeprefix("the")))


def _parts_of(title: str) -> set[str]:
    """The letters of a title's parts."""
    return set(map(letters_of, PARTS.split(title)))


def is_known(line: str, text: str) -> bool:
    """Whether the text repeats enough of a line's words, of which it has at least two."""
    return familiarity(line, text) >= KNOWN and (len(line.split()) > 1 or SPACELESS.search(line) is not None)


def better_heading(title: str | None, near: NearbyLines, text: str, site_names: set[str]) -> str | None:
    """The heading near the text, where that is familiar to the text and the stated title is less so, or is about the same."""
    heading = near.heading
    if heading is None or not _is_headline(heading, site_names):
        return None
    stated, shown = familiarity(title or "", text), familiarity(heading, text)
    related = stems_of(heading) & stems_of(title or "")
    better = shown >= KNOWN and (related or shown > stated)
    return heading if better or stated < STRANGE else None


def _is_headline(line: str, site_names: set[str]) -> bool:
    """Whether a line may be a headline by its form alone."""
    key = letters_of(line)
    enough = len(key) >= (MIN_SPACELESS if SPACELESS.search(line) else MIN_LETTERS)
    other = NO_TITLE.match(line) or AGENCY.match(line) or BY.match(line) or is_issuer(line)
    named = _is_site_name(line, site_names)
    return enough and not other and not named and not dateline.is_dateline(line) and not dateline.is_masthead_date(line)


@lru_cache(maxsize=8)  # a page's titles, each compared with every line above the text
def _letters_and_places(title: str) -> tuple[list[int], str]:
    """The positions of a title's letters and digits, and these without case."""
    places = [at for at, character in enumerate(title) if character.isalnum()]
    return places, "".join(title[at].casefold() for at in places)


def _is_part(line: str, title: str) -> bool:
    """Whether `line` is a part of `title`: all of it, or what marks, or the beginning or end of it, part from the rest."""
    places, whole = _letters_and_places(title)
    key = letters_of(line)
    if len(whole) != len(places):  # a letter whose lower case is two
        return key == letters_of(title)
    at = whole.find(key)
    if at < 0:
        return False
    signs = dropwhile(_is_sign, title[places[at + len(key) - 1] + 1 :])
    before, after = title[: places[at]].rstrip(" \"'“‘«"), "".join(signs).lstrip(" \"'”’»?!.…")
    parted = [not before or before[-1] in BOUNDARY, not after or after[0] in BOUNDARY]
    return all(parted) or (len(line.split()) >= WORDS and (not before or not after))


def _is_sign(character: str) -> bool:
    """Whether a character is a vowel sign or a tone mark of the letter before."""
    return unicodedata.category(character).startswith("M")


def familiarity(line: str, text: str) -> float:
    """The share of a line's long words that occur in the beginning of the text."""
    return share_of_stems(line, _stems_of_start(text[:TEXT_START]))


_stems_of_start = lru_cache(maxsize=1)(stems_of)
"""The stems of a page's text, with which several of its lines are compared."""


def without_section(title: str, page_title: str, text: str) -> str | None:
    """`title` without the section between it and the site's name in `page_title`, or the one word behind a bar at its end; None
    where it has none.

    A section has a word or two that the text does not repeat.
    """
    head, _, last = title.rpartition(next((mark for mark in (" - ", " | ", " – ", " — ", " :: ") if mark in title), "\0"))
    goes_on = page_title.startswith(title) and PARTS.match(page_title[len(title) :])
    one_word = title.endswith(f" | {last}") and len(last.split()) == 1 and len(head.split()) >= WORDS
    if not head or not (goes_on or one_word) or len(last.split()) > SECTION_WORDS or familiarity(last, text):
        return None
    return head.strip()
