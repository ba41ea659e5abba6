"""Find the title of a plain text among the lines above its first sentence, below letterheads, labels and an assembly's agenda."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise, takewhile

from worker.extract.dates import dateline
from worker.extract.fields import person_names
from worker.extract.lines.line import Line
from worker.extract.lines.nearby_lines import FULL_STOPS
from worker.extract.lines.paragraphs import is_list_item
from worker.extract.lines.title_form import NO_TITLE, could_be_title
from worker.extract.lines.title_lines import ADDRESSES
from worker.extract.select.kept_lines import COLONS
from worker.extract.words.boilerplate import Kind
from worker.extract.words.languages import pattern, words
from worker.extract.words.sentences import SPACELESS, ends_sentence

LABEL = pattern(r"^[\[【(][^\]】)\n]{2,20}[\]】)]\s*(?=\S)|^(?:<subject>\s*[:：៖]\s*)+(?:<document>\s*[:：–—-]\s*)?(?=\S)")
"""`[NOTICE] Water will be cut`, `Subject: FW: Press release: Water will be cut`."""
DOCUMENT = pattern(r"^<document>\W*$")
"""A type of document and nothing else."""
CONTINUATION = pattern(r"<goes_on>\s")
"""How the second line of a heading in capitals begins."""
DIPLOMATIC_NOTES, AGENDA = frozenset(words("diplomatic_note")), tuple(words("agenda"))
"""Notes between states that have no other title; words in the line with the item of an assembly's agenda."""
NAME_LENGTH = 8  # letters: shorter lines below a text, such as "Share", may be the first word of a headline too
NEARER = 0.25  # added to a headline's score for each candidate above it
BELOW_TYPE = 1.0, 1.5  # added below a line such as "Press release", and below one in capitals, as letters have it: the title follows
CRUMB_MARKS = "»›>/|→"
AGENDA_LENGTH = 60  # characters of the line that gives an item of an agenda
LONG_TITLE = 400  # characters: the longest titles are those of letters to the United Nations
LONG_SPACELESS = 140  # characters in a script without spaces, in which a title may be as long as a short paragraph
SHORTER = 1.5  # times: where no letterhead precedes, so much longer is the first paragraph than such a title
OFFICIAL = 2  # lines of a letterhead and their like: one alone may be a section of a newspaper ("Announcements")
LABELS = 3  # labels before a subject: "[List] Re: [List] Title"


def title_line(head: list[Line], body: list[Line], marked: set[str]) -> Line | None:
    """The line above the text that Markdown marks as heading, that the breadcrumbs end with, or that scores best as headline; where
    there is none, the name of a diplomatic note."""
    breadcrumbs = {letters_of(_last_crumb(line.text)) for line in head if line.kind is Kind.BREADCRUMBS} - {""}
    others = [line for line in head if line.kind is None]
    usable = [line for line in others if could_be_title(LABEL.sub("", line.text)) and not person_names.BY.match(line.text)]
    usable = [line for line in usable if not line.text.endswith(COLONS) and not _is_aside(line.text)]
    usable = [line for line in usable if not is_list_item(line.text)] or usable  # headings of sections
    note = max((at for at, line in enumerate(head) if _is_diplomatic_note(line.text)), default=None)
    if note is not None:  # above it are the names and addresses of an embassy
        usable = [line for line in usable if any(line is other for other in head[note + 1 :])] or [head[note]]
    named = [line for line in others if letters_of(line.text) in marked] + [line for line in usable if letters_of(line.text) in breadcrumbs]
    usable = [line for line in usable if not line.text.endswith(FULL_STOPS)] or usable
    if named or not usable:
        return named[0] if named else None
    usable = _without_agenda(head, usable)
    lead = set(_words(" ".join(line.text for line in body[:3])))
    following = {id(line): after for line, after in pairwise(head)}  # by identity: a line may occur twice
    below = _below_type(head)
    scores = [_score(line, following.get(id(line)), lead) + NEARER * at + below.get(id(line), 0.0) for at, line in enumerate(usable)]
    return usable[scores.index(max(scores))]


def is_long_title(line: Line, head: list[Line], after: Line, following: Line) -> bool:
    """Whether the first line of running text is a title as long as a paragraph: it does not end as a sentence does, and a letterhead
    precedes or, in a script without spaces, a date or a much longer paragraph follows. `after`: the line after it; `following`: the
    next sentence."""
    text = line.text
    spaceless = SPACELESS.search(text) is not None
    if ends_sentence(text) or len(text) > (LONG_SPACELESS if spaceless else LONG_TITLE) or dateline.date_of_line(text):
        return False
    return is_document_head(head) or (spaceless and (dateline.is_dateline(after.text) or SHORTER * len(text) < len(following.text)))


def is_document_head(head: list[Line]) -> bool:
    """Whether the lines above a text are an office's: several lines of a letterhead, or a type of document."""
    return sum(line.kind is Kind.LETTERHEAD or _is_type(line) for line in head) >= OFFICIAL


def headline(title: Line, above: list[Line]) -> str:
    """The title without a label or pictures before it, and with the line above where that is its first part: "JOINT STATEMENT" /
    "ON …"."""
    text = LABEL.sub("", _without_pictures(title.text))
    if above and text.isupper() and above[-1].text.isupper() and CONTINUATION.match(text):
        return f"{above[-1].text} {text}"
    return text


def without_labels(subject: str) -> str:
    """A mail's subject without the labels of lists and answers."""
    for _ in range(LABELS):
        subject = LABEL.sub("", subject)
    return subject


def begins_with_name(line: Line, names: set[str]) -> bool:
    """Whether a line begins with a line from below the text, as the names of sites and pages do."""
    return any(letters_of(line.text).startswith(name) for name in names if len(name) >= NAME_LENGTH)


def letters_of(text: str) -> str:
    """The letters and digits of a text, without case."""
    return re.sub(r"\W+", "", text).casefold()


def _without_pictures(text: str) -> str:
    """A line without the pictures and marks with which posts begin."""
    pictures = takewhile(lambda letter: letter.isspace() or unicodedata.category(letter) in ("So", "Cf", "Mn", "Sk"), text)
    return text[len(list(pictures)) :] or text


def _is_aside(text: str) -> bool:
    """Whether a line holds an address, or two names alone, or is all in brackets: "(Unofficial translation)"."""
    return (
        bool(person_names.joined_persons(text)) or any(map(text.__contains__, ADDRESSES)) or (text.startswith("(") and text.endswith(")"))
    )


def _last_crumb(text: str) -> str:
    """The last of a line of breadcrumbs."""
    return text[1 + max(map(text.rfind, CRUMB_MARKS)) :]


def _is_diplomatic_note(text: str) -> bool:
    """Whether a line names a diplomatic note and nothing else."""
    return text.strip(" .:*_-").casefold() in DIPLOMATIC_NOTES


def _without_agenda(head: list[Line], usable: list[Line]) -> list[Line]:
    """The candidates without the subject of an agenda's item, which stands below its number and above the document's title."""
    agenda = [id(after) for line, after in pairwise(head) if _is_agenda(line.text)]
    return [line for line in usable if id(line) not in agenda] or usable


def _is_agenda(text: str) -> bool:
    """Whether a line gives the item of an agenda: "Agenda item 34", "Point 51 de l'ordre du jour provisoire"."""
    short = len(text) <= AGENDA_LENGTH and any(map(str.isdigit, text))
    return short and any(word in text.casefold() for word in AGENDA)


def _below_type(head: list[Line]) -> dict[int, float]:
    """What is added to the score of each line below the last that gives the type of a document."""
    last = max((at for at, line in enumerate(head) if _is_type(line)), default=None)
    if last is None:
        return {}
    return {id(line): BELOW_TYPE[head[last].text.isupper()] for line in head[last + 1 :]}


def _is_type(line: Line) -> bool:
    """Whether a line gives the type of a document, perhaps with a number: "VERBATIM", "Pressemitteilung Nr. 41/2026"."""
    name = " ".join(takewhile(lambda word: not any(map(str.isdigit, word)) and not word.endswith("."), line.text.split()))
    return DOCUMENT.match(name) is not None or (line.kind is Kind.LETTERHEAD and NO_TITLE.match(name) is not None)


def _score(line: Line, after: Line | None, lead: set[str]) -> float:
    """A headline's score: the share of its words that the first paragraphs (`lead`) repeat, where those of other headlines are
    rare, and whether a byline or a date follows directly."""
    found = _words(LABEL.sub("", line.text))
    shared = sum(word in lead for word in found) / len(found) if found else 0.0
    signed = after is not None and (after.kind in (Kind.BYLINE, Kind.DATE) or dateline.is_dateline(after.text))
    return 2 * shared + 0.5 * signed


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]{3,}", text.casefold())
