"""Paragraphs of a plain text: what converters cut is joined again, lines at a column and pages at their foot."""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby, pairwise

from worker.extract.dates.dateline import is_dateline
from worker.extract.lines.boilerplate_filter import SENTENCE_END

COLUMN = (45, 100)  # characters: typewriters and mail break lines between them
LIST_ITEM = re.compile(r"[-–•*]\s|\(?\w{1,3}[.)]\s")
PAGE = re.compile(
    r"(?:\S.*\s{2})?\W*(?:page|trang|หน้า|ទំព័រ|seite|halaman|página|pag\.?)\s?\d{1,3}(?:\s?(?:of|/|sur|von|de|dari)\s?\d{1,3})?\W*|"
    r"[-–—]\s?\d{1,3}\s?[-–—]",
    re.IGNORECASE,
)
"""A line that counts pages."""
HEADER = 12  # characters: shorter lines may stand twice in a text for its own sake
HYPHEN = re.compile(r"(?<=[^\W\d_])-$")

PICTURE = re.compile(r"!\[[^\]]*\]\([^)\s]*\)\s*")
LINK = re.compile(r"\[([^\]]+)\]\([^)\s]*\)")
ITALIC = re.compile(r"\*[^*]+\*|_[^_]+_")

Group = list[str]
"""Lines that no blank line parts."""


def blocks_of(text: str) -> list[str]:
    """The paragraphs: lines, or where the text is wrapped at a column, what stands between blank lines."""
    lines = [line.strip() for line in _without_markdown(_without_page_breaks(text.replace("\f", "\n").splitlines()))]
    groups = [list(group) for blank, group in groupby(lines, key=lambda line: not line) if not blank]
    if not _is_wrapped(groups):
        return [block for group in groups for block in _joined(group)]
    return [block for group in _across_pages(groups) for block in _unwrapped(group)]


def _without_page_breaks(lines: list[str]) -> list[str]:
    """The lines without those that count pages, and without what stands on every page of a text that has such."""
    if not any(PAGE.fullmatch(line) for line in lines):
        return lines
    often = Counter(" ".join(line.split()) for line in lines)
    able = {line for line, count in often.items() if count < 2 or len(line) < HEADER or is_dateline(line)}
    return [line for line in lines if not PAGE.fullmatch(line) and " ".join(line.split()) in able]


def _without_markdown(lines: list[str]) -> list[str]:
    """The lines without Markdown's pictures and the italics under one, which are its caption; of links the words."""
    result = []
    pictured = False
    for line in lines:
        bare = PICTURE.sub("", line).strip()
        if not (pictured and ITALIC.fullmatch(bare)):
            result.append(LINK.sub(r"\1", bare))
        pictured = bare != line.strip() or (pictured and not bare)
    return result


def _is_wrapped(groups: list[Group]) -> bool:
    """Whether lines end at a column: none is long, and most that are followed by another stop within a sentence."""
    inner = [(line, after) for group in groups for line, after in pairwise(group)]
    broken = sum(len(line) > COLUMN[0] and not SENTENCE_END.search(line) for line, _ in inner)
    longest = max((len(line) for group in groups for line in group), default=0)
    return len(inner) >= 4 and longest <= COLUMN[1] and broken * 2 > len(inner)


def _across_pages(groups: list[Group]) -> list[Group]:
    """The groups, those joined between which a sentence goes on: the first stops within one, and the next begins small."""
    result = groups[:1]
    for group in groups[1:]:
        if not SENTENCE_END.search(result[-1][-1]) and group[0][0].islower() and not LIST_ITEM.match(group[0]):
            result[-1] = [*result[-1][:-1], _together(result[-1][-1], group[0]), *group[1:]]
        else:
            result.append(group)
    return result


def _unwrapped(group: Group) -> list[str]:
    """One paragraph of the lines that reach the column and what follows them."""
    result = [group[0]]
    for before, line in pairwise(group):
        if len(before) > COLUMN[0] and not LIST_ITEM.match(line):
            result[-1] = _together(result[-1], line)
        else:
            result.append(line)
    return result


def _together(before: str, after: str) -> str:
    """Two parts of one line; a word that was parted by a hyphen is one again."""
    if HYPHEN.search(before) and after[:1].islower():
        return before[:-1] + after
    return f"{before} {after}"


def _joined(lines: Group) -> list[str]:
    """Emphasis that spans lines is one block; every other line is its own."""
    result: list[str] = []
    open_mark = False
    for line in lines:
        if open_mark:
            result[-1] += " " + line
        else:
            result.append(line)
        open_mark = result[-1].count("**") % 2 == 1
    return result
