"""Plain text judged: a page flattened into lines becomes an article again, line by line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from worker.extract.dates import dateline
from worker.extract.dates.parse import SPACELESS, Moment
from worker.extract.fields import authors, person_names
from worker.extract.lines.boilerplate_filter import SENTENCE_END, SHORT_SENTENCE, Line, kept, read
from worker.extract.lines.paragraphs import LIST_ITEM, blocks_of
from worker.extract.lines.title_form import could_be_title
from worker.extract.model.line_features import chances
from worker.extract.words.boilerplate import Kind

MARKUP = re.compile(r"<(?:!doctype|html|head|body|div|p|article|section|table|span|meta|title|br|h1)\b", re.IGNORECASE)
EMPHASIS = re.compile(r"^[*_#\s^]+|[*_#\s]+$")
QUOTES = re.compile(r"^[\"“”„«'‘]+(.*?)[\"“”»'’]+$", re.DOTALL)
HEADING = re.compile(r"#{1,2}\s")
"""How Markdown marks a heading."""
POINTER = re.compile(r"(?:>>|[►▶➤→»☞])\s*\S")
OVER = frozenset({Kind.RELATED, Kind.COMMENTS, Kind.CONTACT, Kind.BOILERPLATE})
"""Kinds behind which a doubtful sentence is no longer the article's."""
POINTS = re.compile(rf"^{POINTER.pattern}|[:：៖]\s*\S")
"""A word like "Related" or an arrow, with the headline behind it: in the middle of a text it ends none."""
LABEL = re.compile(
    r"^[\[【(][^\]】)\n]{2,20}[\]】)]\s*(?=\S)|"
    r"^(?:(?:subject|objet|betreff|re|fwd?|tr|aw)\s*:\s*)+(?:(?:news|press|media) (?:release|statement)\s*[:–—-]\s*)?(?=\S)",
    re.IGNORECASE,
)
"""`[NOTICE] Water will be cut`, `Subject: FW: Press release: Water will be cut`."""
CONTINUES = re.compile(r"(?:ON|OF|FOR|BETWEEN|BY|REGARDING|CONCERNING|AT|IN|TO|FROM|SUR|DE|ENTRE|DU|DES)\s")
FULL_STOPS = (".", "។")  # leads and captions end so, headlines hardly ever
NAME = 8  # letters: shorter lines below a text, as "Share", may begin a headline too
NEARER = 0.25  # of a headline's likeness, for each line that stands above it and might be one too
CLOCK = re.compile(r"\b\d{1,2}[:.h]\d{2}(?!\d)")
"""A time of day: beside a weekday over the title it tells of the article, where mastheads show the day alone."""
SIGNED = 120  # characters: longer lines that begin with "by" are sentences
LEAD_WORDS = 5
CRUMB = re.compile(r".*[»›>/|→]\s*")
KEEP = 0.5  # chance: a line more likely the article's than not
DOUBTFUL = 0.05  # chance: below it a sentence beside the article's is furniture after all, as in HTML
UNDER = 0.01  # the same for a sentence right under the article's ("I thank you."), and in scripts of which the forest saw few pages
OVER_TITLE = 3  # lines above the title that may date a post; a day without its weekday that is not today's is no masthead's
SIGN_OFF = 3  # lines to each side of the text's end that may say when it was done


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
    blocks = blocks_of(text)
    lines = [_line(bare) for bare in map(_bare, blocks) if bare]
    keep = _kept(lines)
    first = next((at for at, line in enumerate(lines) if keep[at] and line.prose), None)
    if first is None:
        return Plain(None, "", [], None)
    head = lines[:first]
    body = [line for at, line in enumerate(lines[first:], first) if keep[at] or line.kind is Kind.BOILERPLATE]
    last = int(np.flatnonzero(keep)[-1])
    names = {_key(line.text) for line in lines[last + 1 :]}
    title = _title([line for line in head if not _is_named(line, names)], body, {_key(block) for block in blocks if HEADING.match(block)})
    above, under = (head[: head.index(title)], head[head.index(title) + 1 :]) if title else (head, [])
    return Plain(
        title=_headline(title, above) if title else None,
        text="\n\n".join(kept([line.text for line in [*_leads(under), *body]], title.text if title else None)),
        authors=_authors([*above, *under]),
        published=_published(above, [*under, *body[:1]], _ending(lines[first:], keep[first:]), today),
    )


def _line(text: str) -> Line:
    """The judgement of one line by itself; arrows point to other articles."""
    return Line(text, Kind.RELATED, prose=False) if POINTER.match(text) else read(text)


def _kept(lines: list[Line]) -> NDArray[np.bool_]:
    """Which lines belong to the article: those that the forest takes, and beside them what reads as more of it."""
    found = np.where([line.kind is None for line in lines], chances(lines), 0.0) if lines else np.zeros(0)
    sentences = [chance for line, chance in zip(lines, found, strict=True) if line.prose]
    keep = found >= min(KEEP, max(sentences, default=KEEP))  # a short text has its likeliest sentence at least
    for passage in _passages(lines):
        for before, at, after in zip([None, *passage], passage, [*passage[1:], None], strict=False):
            beside = any(keep[other] for other in (before, after) if other is not None)
            least = UNDER if at and keep[at - 1] else DOUBTFUL
            keep[at] = keep[at] or (beside and _goes_on(lines[at], found[at], least, ended=not keep[at:].any()))
    return keep


def _passages(lines: list[Line]) -> list[list[int]]:
    """The places of lines that are no furniture, up to each line that ends an article."""
    result: list[list[int]] = [[]]
    for at, line in enumerate(lines):
        if line.kind in OVER and not POINTS.search(line.text):
            result.append([])
        elif line.kind is None:
            result[-1].append(at)
    return result


def _ending(lines: list[Line], keep: NDArray[np.bool_]) -> list[Line]:
    """The last lines of the article, what stands under them, and the line with which wires end."""
    last = int(np.flatnonzero(keep)[-1])
    wire = [line for line in lines[-1:] if dateline.TRAILER.match(line.text)]
    return [*lines[max(0, last + 1 - SIGN_OFF) : last + 1 + SIGN_OFF], *wire]


def _goes_on(line: Line, chance: float, least: float, *, ended: bool) -> bool:
    """Whether a line beside the article's is one of them: a sentence or an item that is not clearly furniture, or a sign-off."""
    if ended and dateline.is_dateline(line.text):
        return True
    if SPACELESS.search(line.text):
        return chance >= UNDER and len(line.text) >= SHORT_SENTENCE
    return chance >= least and (SENTENCE_END.search(line.text) or LIST_ITEM.match(line.text)) is not None


def _bare(block: str) -> str:
    """The block without marks of emphasis, and without the quotation marks around all of it."""
    bare = EMPHASIS.sub("", block) if "**" in block or block.startswith(("#", "^")) else block.strip()
    quoted = QUOTES.match(bare) if "**" in block else None
    return quoted[1].strip() if quoted and '"' not in quoted[1] else bare


def _title(head: list[Line], body: list[Line], marked: set[str]) -> Line | None:
    """The line above the text that is marked as its heading, that the crumbs name, or that is most like its headline."""
    crumbs = {_key(CRUMB.sub("", line.text)) for line in head if line.kind is Kind.CRUMBS} - {""}
    free = [line for line in head if line.kind is None]
    able = [line for line in free if could_be_title(LABEL.sub("", line.text)) and not person_names.BY.match(line.text)]
    named = [line for line in free if _key(line.text) in marked] + [line for line in able if _key(line.text) in crumbs]
    able = [line for line in able if not line.text.endswith(FULL_STOPS)] or able
    if named or not able:
        return named[0] if named else None
    lead = set(_words(" ".join(line.text for line in body[:3])))
    following = {id(line): after for line, after in pairwise(head)}  # by identity: one line may stand twice
    likeness = [_likeness(line, following.get(id(line)), lead) + NEARER * at for at, line in enumerate(able)]
    return able[likeness.index(max(likeness))]


def _is_named(line: Line, names: set[str]) -> bool:
    """Whether a line begins with what stands again below the text, as the names of sites and pages do."""
    return any(_key(line.text).startswith(name) for name in names if len(name) >= NAME)


def _headline(title: Line, above: list[Line]) -> str:
    """The title without a label before it, and with the line above where it begins within a sentence: "JOINT STATEMENT", "ON …"."""
    text = LABEL.sub("", title.text)
    if above and text.isupper() and above[-1].text.isupper() and CONTINUES.match(text):
        return f"{above[-1].text} {text}"
    return text


def _likeness(line: Line, after: Line | None, lead: set[str]) -> float:
    """Words that the first paragraphs repeat (those of another article's headline are rare there), and a byline or a date
    that follows at once."""
    words = _words(LABEL.sub("", line.text))
    shared = sum(word in lead for word in words) / len(words) if words else 0.0
    signed = after is not None and (after.kind in (Kind.BYLINE, Kind.DATE) or dateline.is_dateline(after.text))
    return 2 * shared + 0.5 * signed


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]{3,}", text.casefold())


def _key(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()


def _leads(under: list[Line]) -> list[Line]:
    """What stands between title and text and is neither a date nor furniture: a lead paragraph."""
    return [line for line in under if line.kind is None and not dateline.is_dateline(line.text) and len(line.text.split()) > LEAD_WORDS]


def _authors(head: list[Line]) -> list[str]:
    signed = [line.text for line in head if line.kind in (None, Kind.BYLINE) and _is_signed(line.text)]
    return person_names.people_in([authors.named_in(line.partition(" / ")[0]) for line in signed[-1:]], set())


def _is_signed(text: str) -> bool:
    """Whether a line gives a name after "by", with a date, or with the outlet: `Name / Daily`."""
    name, _, outlet = text.partition(" / ")
    with_outlet = outlet and " " in name and person_names.NAME.match(name) is not None and dateline.of_line(outlet) is None
    return len(text) <= SIGNED and (with_outlet or person_names.BY.match(text) is not None or authors.is_name_and_date(text))


def _published(above: list[Line], under: list[Line], ending: list[Line], today: date) -> Moment | None:
    """The day under the title or in the dateline, else a sign-off, else a labelled one above; never that of a masthead."""
    dated = [line for line in [*under, *ending] if line.kind is not Kind.COPYRIGHT]
    labelled = [dateline.of_label(line.text) for line in [*under, *above] if line.kind is Kind.BYLINE]
    timed = [dateline.of_label(line.text) for line in above[-1:] if line.kind is Kind.DATE and CLOCK.search(line.text)]
    found = [*labelled, *(dateline.of_line(line.text) for line in dated), *timed]
    shown = [dateline.of_line(line.text) for line in above[-OVER_TITLE:] if not dateline.is_masthead(line.text)]
    found += [moment for moment in shown if moment and abs((moment.day - today).days) > 1]
    return next((moment for moment in found if moment and moment.plausible(today)), None)
