"""Split a plain text into paragraphs; join lines that were wrapped at a column or cut by a page break."""

from __future__ import annotations

import re
from itertools import chain, groupby, pairwise

from worker.extract.lines.pages import PAGE_BREAK, without_page_breaks
from worker.extract.lines.title_lines import with_headings_joined
from worker.extract.words.sentences import ends_sentence

NEARLY = 0.7  # of the longest line: marks above and below letters count as characters, so that columns of some scripts differ
COLUMN = (45, 100)  # characters: typewriters and mail programs wrap lines at a column between these
BULLETS = ("-", "–", "•", "*")
ITEM_NUMBER = 3  # letters or digits of an item's number, at most: "iii."

PICTURE = re.compile(r"!\[[^\[\]]*\]\([^)\s\[]*\)\s*")
LINK = re.compile(r"\[([^\[\]]+)\]\([^)\s\[]*\)")
"""No part goes beyond the next opening bracket, so that a line of nothing but brackets is read once."""
ITALIC = ("*", "_")
"""The marks around words in italics."""

Group = list[str]
"""Consecutive lines without a blank line between them."""


def paragraphs_of(text: str) -> list[str]:
    """The paragraphs: each line, or where the text is wrapped at a column, the lines between blank lines joined."""
    lines = [line.strip() for line in _without_markdown(without_page_breaks(text.replace("\f", f"\n{PAGE_BREAK}\n").splitlines()))]
    groups = [list(group) for blank, group in groupby(lines, key=lambda line: not line) if not blank]
    wrapped = _is_wrapped(groups)
    head, groups = with_headings_joined(groups, COLUMN[0] if wrapped else COLUMN[1])
    if not wrapped:
        return [paragraph for group in [*head, *groups] for paragraph in _with_emphasis_joined(group)]
    longest = max((len(line) for group in groups for line in group), default=0)
    return [*chain(*head), *(paragraph for group in _across_pages(groups) for paragraph in _unwrapped(group, longest))]


def _without_markdown(lines: list[str]) -> list[str]:
    """The lines without Markdown's pictures and the captions in italics below them; links are replaced by their words."""
    result = []
    pictured = False
    for line in lines:
        bare = PICTURE.sub("", line).strip()
        if not (pictured and _is_italic(bare)):
            result.append(LINK.sub(r"\1", bare))
        pictured = bare != line.strip() or (pictured and not bare)
    return result


def _is_italic(line: str) -> bool:
    """Whether all of a line is in italics."""
    mark, inner = line[:1], line[1:-1]
    return bool(inner) and mark in ITALIC and line.endswith(mark) and mark not in inner


def is_list_item(line: str) -> bool:
    """Whether a line begins with a bullet or with a number or letter and its mark: "- ", "2. ", "(a) "."""
    first, *rest = line.split(maxsplit=1) or [""]
    number = first.removeprefix("(")[:-1]
    return bool(rest) and (first in BULLETS or (first.endswith((".", ")")) and number.isalnum() and len(number) <= ITEM_NUMBER))


def _is_wrapped(groups: list[Group]) -> bool:
    """Whether lines are wrapped at a column: none is long, and most that are followed by another end within a sentence. Groups of
    short lines only, such as letterheads, say nothing."""
    inner = [(line, after) for group in groups if max(map(len, group)) > COLUMN[0] for line, after in pairwise(group)]
    broken = sum(len(line) > COLUMN[0] and not ends_sentence(line) for line, _ in inner)
    longest = max((len(line) for group in groups for line in group), default=0)
    return len(inner) >= 4 and longest <= COLUMN[1] and broken * 2 > len(inner)


def _across_pages(groups: list[Group]) -> list[Group]:
    """The groups, joined where a sentence continues: the first ends within one, and the next begins in lower case."""
    result = groups[:1]
    for group in groups[1:]:
        if not ends_sentence(result[-1][-1]) and group[0][0].islower() and not is_list_item(group[0]):
            result[-1] = [*result[-1][:-1], _join(result[-1][-1], group[0]), *group[1:]]
        else:
            result.append(group)
    return result


def _unwrapped(group: Group, longest: int) -> list[str]:
    """The paragraphs of a group: a line that reaches the column, or nearly and within a sentence, continues on the next."""
    result = [group[0]]
    for before, line in pairwise(group):
        reaches = len(before) > COLUMN[0] or (len(before) > NEARLY * longest and not ends_sentence(before))
        if reaches and not is_list_item(line):
            result[-1] = _join(result[-1], line)
        else:
            result.append(line)
    return result


def _join(before: str, after: str) -> str:
    """Two parts of one line; a word that was split by a hyphen becomes whole."""
    if before.endswith("-") and before[-2:-1].isalpha() and after[:1].islower():
        return before[:-1] + after
    return f"{before} {after}"


def _with_emphasis_joined(lines: Group) -> list[str]:
    """The lines, those joined across which Markdown's bold type extends."""
    result: list[str] = []
    open_mark = False
    for line in lines:
        if open_mark:
            result[-1] += " " + line
        else:
            result.append(line)
        open_mark = result[-1].count("**") % 2 == 1
    return result
