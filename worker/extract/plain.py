"""Plain text judged: a page flattened into lines becomes an article again, line by line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from worker.extract import dateline, people
from worker.extract.dates import Moment
from worker.extract.furniture import Kind
from worker.extract.headline import NO_TITLE
from worker.extract.sieve import Line, bounds, kept, read

MARKUP = re.compile(r"<(?:!doctype|html|head|body|div|p|article|section|table|span|meta|title|br|h1)\b", re.IGNORECASE)
EMPHASIS = re.compile(r"^[*_#>\s]+|[*_#\s]+$")
QUOTES = re.compile(r"^[\"“”„«'‘]+(.*?)[\"“”»'’]+$", re.DOTALL)
TITLE_WORDS = (3, 40)  # fewer are a section's name, more are a paragraph
CRUMB = re.compile(r".*[»›>/|→]\s*")


@dataclass(frozen=True)
class Plain:
    """What a plain text says: a title where it has one, its body, a date or none."""

    title: str | None
    text: str
    authors: list[str]
    published: Moment | None


def looks_like_markup(text: str) -> bool:
    """Whether a text without a declared type is HTML."""
    return bool(MARKUP.search(text[:20_000]))


def judge(text: str, today: date) -> Plain:
    """The article in `text`; its `text` is empty where every line is furniture."""
    lines = [read(_bare(block)) for block in _blocks(text)]
    first, last = bounds(lines)
    if last < 0:
        return Plain(None, "", [], None)
    head, body = lines[:first], lines[first:]
    title = _title(head, body)
    return Plain(
        title=title.text if title else None,
        text="\n\n".join(_unquoted_ends(kept([line.text for line in [*_after(head, title), *body]], None))),
        authors=_authors(head),
        published=_published(head, lines[first : last + 3], today),
    )


def _blocks(text: str) -> list[str]:
    """Lines; short ones that stand together without a blank line, and read as one, are joined."""
    found: list[str] = []
    for blank, group in groupby(text.splitlines(), key=lambda line: not line.strip()):
        if not blank:
            found.extend(_joined([line.strip() for line in group]))
    return found


def _joined(lines: list[str]) -> list[str]:
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


def _bare(block: str) -> str:
    """The block without marks of emphasis, and without the quotation marks around all of it."""
    bare = EMPHASIS.sub("", block) if "**" in block or block.startswith("#") else block.strip()
    quoted = QUOTES.match(bare) if "**" in block else None
    return quoted[1].strip() if quoted and '"' not in quoted[1] else bare


def _title(head: list[Line], body: list[Line]) -> Line | None:
    """The line above the text that is most like its headline."""
    crumbs = {_key(CRUMB.sub("", line.text)) for line in head if line.kind is Kind.CRUMBS}
    able = [line for line in head if line.kind is None and _could_be_title(line.text)]
    lead = set(_words(" ".join(line.text for line in body[:3])))
    named = [line for line in able if _key(line.text) in crumbs]
    return named[0] if named else max(able, key=lambda line: (_shared(line.text, lead), able.index(line)), default=None)


def _could_be_title(text: str) -> bool:
    count = len(text.split())
    enough = TITLE_WORDS[0] <= count <= TITLE_WORDS[1] or len(text) > 20
    return enough and not NO_TITLE.match(text) and not dateline.is_dateline(text) and not text.endswith((",", ";", ":"))


def _shared(text: str, lead: set[str]) -> int:
    """How many tenths of the words in `text` the first paragraphs repeat: those of another article's headline are rare there."""
    words = _words(text)
    return round(10 * sum(word in lead for word in words) / len(words)) if words else 0


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]{3,}", text.casefold())


def _key(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()


def _after(head: list[Line], title: Line | None) -> list[Line]:
    """What stands between title and text and is neither a date nor furniture: a lead paragraph."""
    if title is None:
        return []
    return [
        line
        for line in head[head.index(title) + 1 :]
        if line.kind is None and not dateline.is_dateline(line.text) and len(line.text.split()) > 5
    ]


def _authors(head: list[Line]) -> list[str]:
    bylines = [line.text for line in head if line.kind is Kind.BYLINE and people.BY.match(line.text)]
    return people.people_in(bylines[-1:], None)


def _published(head: list[Line], body: list[Line], today: date) -> Moment | None:
    """The day under the title, in the dateline or under the text; never that of a masthead."""
    found = [
        dateline.of_line(line.text)
        for line in [*head, *body[:1], *body[-2:]]
        if line.kind is not Kind.DATE and line.kind is not Kind.COPYRIGHT
    ]
    return next((moment for moment in found if moment and moment.plausible(today)), None)


def _unquoted_ends(lines: list[str]) -> list[str]:
    return [line for line in lines if line.strip("*_ ")]
