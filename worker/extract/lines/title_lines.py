"""Join the lines of headings that stand on several lines above a plain text, and leave out those that continue an issuer's name."""

from __future__ import annotations

from itertools import islice, pairwise

from worker.extract.dates import dateline
from worker.extract.lines.title_form import NO_TITLE, is_issuer
from worker.extract.words.boilerplate import boilerplate_kind
from worker.extract.words.languages import words
from worker.extract.words.sentences import SPACELESS, ends_sentence, is_prose

HEAD = 15  # groups of lines above a text, at most: letterhead, number, type of document, title, date
GROUP_LINES = 100  # of a group: a longer one holds no heading, and joining its lines would cost the square of their number
CAPITAL_LINES = range(2, 5)  # lines of a heading all in capitals that stands alone
TITLE_WORDS = 3  # of the first line of a title of several lines, at least: fewer are a menu's
COLUMN_GAP = "    "
"""What parts two columns in one line."""
BY, GOES_ON = frozenset(words("by")), frozenset(words("goes_on"))
"""Words before an author's name, and those with which the second line of a title begins."""
DANGLING = GOES_ON | frozenset(words("leading_article"))
"""Words with which the first line of a title of several lines may end."""
SPACELESS_GOES_ON = tuple(word for word in GOES_ON if SPACELESS.search(word))
ADDRESSES = ("@", "www.", "://")
"""What addresses of mail and of the web have."""

Group = list[str]
"""Consecutive lines without a blank line between them."""


def with_headings_joined(groups: list[Group], column: int) -> tuple[list[Group], list[Group]]:
    """The groups of consecutive lines above the text, with the lines of each heading joined and the columns of each line parted; and
    the other groups. `column`: characters of a line that the column may have cut, at least."""
    result: list[Group] = []
    for group in islice(groups, HEAD):
        if ends_sentence(group[-1]) or any(map(is_prose, group)):
            break
        short = len(group) <= GROUP_LINES
        result.append(_joined([part for line in group for part in _columns(line)], column) if short else group)
    return result, groups[len(result) :]


def _columns(line: str) -> list[str]:
    """The columns of a line, as letterheads have them: "Security Council        10 November 2026"."""
    return [part.strip() for part in line.split(COLUMN_GAP) if part.strip()]


def _joined(group: Group, column: int) -> Group:
    """The lines of a group; a line that continues the one above is joined to it, or left out where that names an issuer."""
    if len(group) in CAPITAL_LINES and all(map(_may_be_capital_title, group)):
        return [" ".join(group)]
    result, issuer = group[:1], bool(group) and is_issuer(group[0])
    for before, line in pairwise(group):
        continues = _continues(before, line)
        if (issuer and continues) or (line in GOES_ON and SPACELESS.search(line)):
            continue
        if not issuer and ((continues and _may_begin(result[-1], line)) or (len(before) > column and boilerplate_kind(line) is None)):
            result[-1] = f"{result[-1]} {line}"
        else:
            result.append(line)
            issuer = is_issuer(line)
    return result


def _may_be_capital_title(line: str) -> bool:
    """Whether a line in capitals may be a part of a title."""
    return line.isupper() and boilerplate_kind(line) is None and not is_issuer(line) and not dateline.is_dateline(line)


def _may_begin(line: str, after: str) -> bool:
    """Whether a line may be the beginning of a title that goes on in `after`: some words, or a type of document in capitals."""
    if dateline.is_dateline(line) or dateline.is_masthead_date(line):
        return False
    if line.isupper() and NO_TITLE.match(line):
        return True
    least = TITLE_WORDS - (after.split(maxsplit=1)[0] in GOES_ON)
    return (len(line.split()) >= least or SPACELESS.search(line) is not None) and boilerplate_kind(line) is None


def _continues(before: str, line: str) -> bool:
    """Whether a line continues the one above: it begins with a small letter or, where both are in capitals or have several words, with
    a word like "of"; or the one above ends with such a word."""
    first, last = line.split(maxsplit=1)[0].casefold(), before.rsplit(maxsplit=1)[-1].casefold()
    if any(map(line.__contains__, ADDRESSES)) or boilerplate_kind(line) is not None or dateline.is_dateline(line):
        return False
    capitals = before.isupper() and line.isupper()
    if first in BY and not capitals:
        return False
    spaceless = SPACELESS.match(line) is not None
    begins = line.startswith(SPACELESS_GOES_ON) if spaceless else first in GOES_ON
    long = min(len(before.split()), len(line.split())) > TITLE_WORDS
    return line[0].islower() or last in DANGLING or (begins and (capitals or spaceless or long))
