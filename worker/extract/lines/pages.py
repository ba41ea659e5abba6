"""Remove from a printed text what its pages have at their edges: page numbers, headers that recur, symbols and job numbers."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from worker.extract.dates.dateline import is_dateline
from worker.extract.words.languages import pattern
from worker.extract.words.sentences import is_prose

PAGE = pattern(r"(?:\S.*\s{2})?\W*<page_number>\s?\d{1,3}(?:\s?(?:/|<of_pages>)\s?\d{1,3})?\W*|[-–—]\s?\d{1,3}\s?[-–—]")
"""A line with a page number."""
PAGE_BREAK = "\f"
"""Where a page ends."""
HEADER = 12  # characters: shorter lines may occur twice without being a page's header
EDGE = 3  # lines with words between a page's number and the header of the next page
NUMBER = 3  # digits of a page's number, at most
MAX_HEAD, HEAD_WORDS = 80, 3  # characters of a head with a number, at most, and words, at least: "Recommendation 2" is a heading
JOB = 6  # digits of the number of a printer's job, at least


def without_page_breaks(lines: list[str]) -> list[str]:
    """The lines without page numbers and, in a text that has some, without the headers that recur at its pages' edges, and without
    document symbols and job numbers alone."""
    breaks = _page_lines(lines)
    if not breaks:
        return [line for line in lines if line != PAGE_BREAK]
    edges = _edges(lines, breaks)
    counts = Counter(" ".join(line.split()) for line in lines)
    headers = {line for line in edges if counts[line] > 1 and _may_be_header(line)}
    stay = [line for at, line in enumerate(lines) if at not in breaks and line != PAGE_BREAK]
    return [line for line in stay if " ".join(line.split()) not in headers and not _is_symbol(line) and not _is_job(line)]


def _may_be_header(line: str) -> bool:
    return len(line) >= HEADER and not is_dateline(line) and not is_prose(line)


def _page_lines(lines: list[str]) -> set[int]:
    """The positions of the lines with a page number: marked as one, one of the pages' number, or one of several that count up."""
    marked = {at for at, line in enumerate(lines) if PAGE.fullmatch(line.strip()) or _is_of_all(line)} | _counting_heads(lines)
    numbers = [(at, int(line)) for at, line in enumerate(lines) if (bare := line.strip()).isdecimal() and len(bare) <= NUMBER]
    counted = {at for one, other in pairwise(numbers) if other[1] == one[1] + 1 for at, _ in (one, other) if _is_alone(lines, at)}
    return marked | (counted if len(counted) > 1 else set())


def _counting_heads(lines: list[str]) -> set[int]:
    """The positions of lines that are the same but for the number at their end, which counts up, and have blank lines around them:
    "The Bulletin 2", "The Bulletin 3"."""
    heads: dict[str, list[tuple[int, int]]] = {}
    for at, line in enumerate(lines):
        head, number = (part.strip() for part in line.strip().rpartition(" ")[::2])
        named = HEADER <= len(head) <= MAX_HEAD and len(head.split()) >= HEAD_WORDS
        if number.isdecimal() and len(number) <= NUMBER and named and _is_alone(lines, at):
            heads.setdefault(head, []).append((at, int(number)))
    return {at for found in heads.values() for one, other in pairwise(found) if other[1] == one[1] + 1 for at, _ in (one, other)}


def _is_alone(lines: list[str], at: int) -> bool:
    """Whether blank lines, or a page's end, are above and below a line."""
    return not "".join(lines[max(0, at - 1) : at]).strip() and not "".join(lines[at + 1 : at + 2]).strip()


def _is_of_all(line: str) -> bool:
    """Whether a line is a page's number of all with nothing beside it but another number: "2/4      26-19844"."""
    page, *others = sorted(line.split(), key=len)[:2] or [""]
    number, slash, pages = page.partition("/")
    of_all = slash and number.isdecimal() and pages.isdecimal() and len(pages) <= NUMBER and int(number) <= int(pages)
    return bool(of_all) and bool(others) and len(line.split()) == 2 and not any(map(str.isalpha, line))


def _edges(lines: list[str], breaks: set[int]) -> set[str]:
    """The lines near the pages' numbers, with single blanks."""
    filled = [at for at, line in enumerate(lines) if line.strip()]
    near = [place for place, at in enumerate(filled) if at in breaks]
    places = {place for number in near for place in range(max(0, number - EDGE), number + EDGE + 1) if place < len(filled)}
    return {" ".join(lines[filled[place]].split()) for place in places}


def _is_symbol(line: str) -> bool:
    """Whether a line is a document's symbol and nothing else: "A/81/655"."""
    word = line.strip()
    return word.count("/") > 1 and word.isupper() and any(map(str.isdigit, word)) and " " not in word


def _is_job(line: str) -> bool:
    """Whether a line begins with the number of a printer's job: "26-19844 (E)    111126", "*2619844*"."""
    first = (line.split() or [""])[0]
    digits = first.strip("*").replace("-", "")
    return digits.isdecimal() and len(digits) >= JOB and (first.startswith("*") or first[2:3] == "-")
