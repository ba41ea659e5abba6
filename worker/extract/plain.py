"""Plain text judged: a page flattened into lines becomes an article again, line by line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise

from worker.extract import bylines, dateline, people
from worker.extract.dates import Moment
from worker.extract.furniture import Kind
from worker.extract.headline import could_be_title
from worker.extract.sieve import SENTENCE_END, Line, bounds, kept, read

MARKUP = re.compile(r"<(?:!doctype|html|head|body|div|p|article|section|table|span|meta|title|br|h1)\b", re.IGNORECASE)
EMPHASIS = re.compile(r"^[*_#>\s]+|[*_#\s]+$")
QUOTES = re.compile(r"^[\"“”„«'‘]+(.*?)[\"“”»'’]+$", re.DOTALL)
COLUMN = (45, 100)  # characters: typewriters and mail break lines between them
LIST_ITEM = re.compile(r"[-–•*]\s|\(?\w{1,3}[.)]\s")
LEAD_WORDS = 5
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
    above, under = (head[: head.index(title)], head[head.index(title) + 1 :]) if title else (head, [])
    return Plain(
        title=title.text if title else None,
        text="\n\n".join(kept([line.text for line in [*_leads(under), *body]], None)),
        authors=_authors([*above, *under]),
        published=_published(above, [*under, *body[:1]], body, today),
    )


def _blocks(text: str) -> list[str]:
    """The paragraphs: lines, or where the text is wrapped at a column, what stands between blank lines."""
    groups = [
        [line.strip() for line in group] for blank, group in groupby(text.splitlines(), key=lambda line: not line.strip()) if not blank
    ]
    wrapped = _is_wrapped(groups)
    return [block for group in groups for block in (_unwrapped(group) if wrapped else _joined(group))]


def _is_wrapped(groups: list[list[str]]) -> bool:
    """Whether lines end at a column: none is long, and most that are followed by another stop within a sentence."""
    inner = [(line, after) for group in groups for line, after in pairwise(group)]
    broken = sum(len(line) > COLUMN[0] and not SENTENCE_END.search(line) for line, _ in inner)
    longest = max((len(line) for group in groups for line in group), default=0)
    return len(inner) >= 4 and longest <= COLUMN[1] and broken * 2 > len(inner)


def _unwrapped(group: list[str]) -> list[str]:
    """One paragraph of the lines that reach the column and what follows them."""
    result = [group[0]]
    for before, line in pairwise(group):
        if len(before) > COLUMN[0] and not LIST_ITEM.match(line):
            result[-1] += " " + line
        else:
            result.append(line)
    return result


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
    crumbs = {_key(CRUMB.sub("", line.text)) for line in head if line.kind is Kind.CRUMBS} - {""}
    able = [(at, line) for at, line in enumerate(head) if line.kind is None and could_be_title(line.text)]
    named = [line for _, line in able if _key(line.text) in crumbs]
    if named or not able:
        return named[0] if named else None
    lead = set(_words(" ".join(line.text for line in body[:3])))
    return max(able, key=lambda pair: _likeness(pair[1].text, pair[0], head, lead))[1]


def _likeness(text: str, at: int, head: list[Line], lead: set[str]) -> float:
    """Words that the first paragraphs repeat (those of another article's headline are rare there), nearness to the text,
    and a byline or a date that follows at once."""
    words = _words(text)
    shared = sum(word in lead for word in words) / len(words) if words else 0.0
    after = head[at + 1] if at + 1 < len(head) else None
    signed = after is not None and (after.kind in (Kind.BYLINE, Kind.DATE) or dateline.is_dateline(after.text))
    return 2 * shared + max(0.0, 1.0 - 0.25 * (len(head) - 1 - at)) + 0.5 * signed


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]{3,}", text.casefold())


def _key(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()


def _leads(under: list[Line]) -> list[Line]:
    """What stands between title and text and is neither a date nor furniture: a lead paragraph."""
    return [line for line in under if line.kind is None and not dateline.is_dateline(line.text) and len(line.text.split()) > LEAD_WORDS]


def _authors(head: list[Line]) -> list[str]:
    signed = [
        line.text for line in head if line.kind is Kind.BYLINE and (people.BY.match(line.text) or bylines.is_name_and_date(line.text))
    ]
    return people.people_in([bylines.named_in(line) for line in signed[-1:]], set())


def _published(above: list[Line], under: list[Line], body: list[Line], today: date) -> Moment | None:
    """The day under the title or in the dateline, else a sign-off, else a labelled one above; never that of a masthead."""
    _, last = bounds(body)
    dated = [line for line in [*under, *body[last : last + 3]] if line.kind is not Kind.COPYRIGHT]
    labelled = [dateline.of_label(line.text) for line in [*under, *above] if line.kind is Kind.BYLINE]
    found = [*labelled, *(dateline.of_line(line.text) for line in dated)]
    return next((moment for moment in found if moment and moment.plausible(today)), None)
