"""Select the article from a plain text, such as a page that was flattened into lines: its title, text, authors and date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise, takewhile

import numpy as np
from numpy.typing import NDArray

from worker.extract.dates import dateline
from worker.extract.dates.parse import SPACELESS, Moment
from worker.extract.fields import bylines, person_names
from worker.extract.fields.title import names_of_host
from worker.extract.lines.boilerplate_filter import without_boilerplate
from worker.extract.lines.line import SHORT_SENTENCE, Line, classify_line, ends_sentence
from worker.extract.lines.nearby_lines import BELOW_TEXT, FULL_STOPS, NearbyLines
from worker.extract.lines.paragraphs import is_list_item, paragraphs_of
from worker.extract.lines.title_form import could_be_title
from worker.extract.model.line_features import line_probabilities
from worker.extract.words.boilerplate import Kind
from worker.extract.words.languages import pattern

MARKUP = ("!doctype", "html", "head", "body", "div", "p", "article", "section", "table", "span", "meta", "title", "br", "h1")
"""Elements that show a text to be HTML."""
EMPHASIS = "*_# \t\n\u00a0"
"""Marks of emphasis and white space, with which a bold paragraph begins and ends."""
QUOTES = "\"“”„«'‘", "\"“”»'’"
"""Quotation marks at the beginning and at the end of a paragraph."""
HEADINGS = ("# ", "## ")
"""How a heading begins in Markdown."""
TAG_LENGTH = 10  # characters of a tag's name that are read: more than the longest of MARKUP has
COLONS = (":", "：", "៖")
"""What ends a salutation, and no headline."""
ARROWS = (">>", *"►▶➤→»☞")
"""What points to another article, at the beginning of a line."""
ENDS = frozenset({Kind.RELATED, Kind.COMMENTS, Kind.CONTACT, Kind.ABOUT})
"""Kinds after which a doubtful sentence does not belong to the article."""
LABEL = pattern(r"^[\[【(][^\]】)\n]{2,20}[\]】)]\s*(?=\S)|^(?:<subject>\s*[:：៖]\s*)+(?:<document>\s*[:：–—-]\s*)?(?=\S)")
"""`[NOTICE] Water will be cut`, `Subject: FW: Press release: Water will be cut`."""
CONTINUATION = pattern(r"<goes_on>\s")
"""How the second line of a heading in capitals begins."""
NAME_LENGTH = 8  # letters: shorter lines below a text, such as "Share", may be the first word of a headline too
NEARER = 0.25  # added to a headline's score for each candidate above it
CLOCK = re.compile(r"\b\d{1,2}[:.h]\d{2}(?!\d)")
"""A time of day: a date with one, above the title, is the article's; mastheads show the day alone."""
BYLINE_LENGTH = 120  # characters: longer lines that begin with "by" are sentences
LEAD_WORDS = 5  # a lead has more; shorter lines are labels and names
CRUMB_MARKS = "»›>/|→"
KEEP = 0.5  # probability: a line is likelier the article's than not
DOUBTFUL = 0.05  # below it a sentence beside the article's is boilerplate after all, as in HTML
DIRECTLY_BELOW = 0.01  # the same for the line after one of the article's ("I thank you."), and in scripts with few training pages
ABOVE_TITLE = 3  # lines above the title that may date a post: a date other than today's, without a weekday, is not a masthead's
SIGN_OFF = 3  # lines before and after the end of the text that may give its date


@dataclass(frozen=True)
class PlainArticle:
    """The article in a plain text."""

    title: str | None
    text: str
    """Paragraphs separated by one blank line; "" where there is no article."""
    authors: list[str]
    published: Moment | None


def looks_like_markup(text: str) -> bool:
    """Whether a text of unknown type is HTML."""
    names = ("".join(takewhile(_is_of_name, tag[:TAG_LENGTH])) for tag in text[:20_000].lower().split("<")[1:])
    return any(name in MARKUP for name in names)


def _is_of_name(character: str) -> bool:
    return character.isalnum() or character == "!"


def is_document(text: str) -> bool:
    """Whether a text is a whole document of HTML, whatever type its server gave it."""
    return text[:200].lstrip().lower().startswith(("<!doctype html", "<html"))


def article_from_text(text: str, today: date, url: str | None = None) -> PlainArticle:
    """The article in `text`; empty where every line is boilerplate. `today`: later dates are not plausible. The host of `url` is
    the site's name."""
    paragraphs = paragraphs_of(text)
    lines = [_classified(bare) for bare in map(_without_emphasis, paragraphs) if bare]
    keep = _kept(lines)
    first = next((at for at, line in enumerate(lines) if keep[at] and line.prose), None)
    if first is None:
        return PlainArticle(None, "", [], None)
    head = lines[:first]
    body = [line for at, line in enumerate(lines[first:], first) if keep[at] or line.kind is Kind.ABOUT]
    names = {_letters(line.text) for line in lines[int(np.flatnonzero(keep)[-1]) + 1 :]}
    marked = {_letters(paragraph) for paragraph in paragraphs if paragraph.startswith(HEADINGS)}
    title = _title([line for line in head if not _begins_with_name(line, names)], body, marked)
    above, below = (head[: head.index(title)], head[head.index(title) + 1 :]) if title else (head, [])
    found = "\n\n".join(without_boilerplate([line.text for line in [*_leads(below), *body]], title.text if title else None))
    last = max(at for at, line in enumerate(lines) if line in body)
    near = NearbyLines(
        title.text if title else None,
        [line.text for line in above[-ABOVE_TITLE:]],
        [line.text for line in [*below, *body[:1]]],
        [line.text for line in lines[last : last + 1 + BELOW_TEXT]],
    )
    site = names_of_host(url)
    return PlainArticle(
        title=_headline(title, above) if title else None,
        text=found,
        authors=_authors([*above, *below], site) or bylines.authors_near_text(near, found, site),
        published=_published(above, [*below, *body[:1]], _ending(lines[first:], keep[first:]), today),
    )


def _classified(text: str) -> Line:
    """The class of a line; arrows point to other articles."""
    return Line(text, Kind.RELATED, prose=False) if _points(text) else classify_line(text)


def _points(text: str) -> bool:
    """Whether a line is an arrow and what it points to."""
    return text.startswith(ARROWS) and any(map(str.isalnum, text))


def _is_inline_pointer(text: str) -> bool:
    """Whether a line is an arrow or a word like "Related" with a headline: it may occur within an article and does not end it."""
    return _points(text) or any(text.partition(colon)[2].strip() for colon in COLONS)


def _kept(lines: list[Line]) -> NDArray[np.bool_]:
    """Which lines belong to the article: those with a high probability, and lines beside them that continue it."""
    found = np.where([line.kind is None for line in lines], line_probabilities(lines), 0.0) if lines else np.zeros(0)
    sentences = [probability for line, probability in zip(lines, found, strict=True) if line.prose]
    keep: NDArray[np.bool_] = found >= min(KEEP, max(sentences, default=KEEP))  # a short text keeps its likeliest sentence at least
    for passage in _passages(lines):
        for before, at, after in zip([None, *passage], passage, [*passage[1:], None], strict=False):
            beside = any(keep[other] for other in (before, after) if other is not None)
            least = DIRECTLY_BELOW if at and keep[at - 1] else DOUBTFUL
            keep[at] = keep[at] or (beside and _continues(lines[at], found[at], least, ended=not keep[at:].any()))
    return keep


def _passages(lines: list[Line]) -> list[list[int]]:
    """The positions of lines that are not boilerplate, in groups; a line that ends an article begins a new group."""
    result: list[list[int]] = [[]]
    for at, line in enumerate(lines):
        if line.kind in ENDS and not _is_inline_pointer(line.text):
            result.append([])
        elif line.kind is None:
            result[-1].append(at)
    return result


def _ending(lines: list[Line], keep: NDArray[np.bool_]) -> list[Line]:
    """The last lines of the article and the first after them, and the line with which wire reports end."""
    last = int(np.flatnonzero(keep)[-1])
    wire = [line for line in lines[-1:] if dateline.is_trailer(line.text)]
    return [*lines[max(0, last + 1 - SIGN_OFF) : last + 1 + SIGN_OFF], *wire]


def _continues(line: Line, probability: float, least: float, *, ended: bool) -> bool:
    """Whether a line beside the article's continues it: a sentence or a list item that is not clearly boilerplate, or a sign-off
    with place and date where the article has `ended`."""
    if ended and dateline.is_dateline(line.text):
        return True
    if SPACELESS.search(line.text):
        return probability >= DIRECTLY_BELOW and len(line.text) >= SHORT_SENTENCE
    return probability >= least and (ends_sentence(line.text) or is_list_item(line.text))


def _without_emphasis(paragraph: str) -> str:
    """The paragraph without Markdown's marks of emphasis, and without quotation marks around all of it."""
    if "**" not in paragraph and not paragraph.startswith(("#", "^")):
        return paragraph.strip()
    bare = paragraph.lstrip(f"^{EMPHASIS}").rstrip(EMPHASIS)
    opened, closed = map(str.__contains__, QUOTES, (bare[:1], bare[-1:]))
    inner = bare.lstrip(QUOTES[0]).rstrip(QUOTES[1])
    return inner.strip() if "**" in paragraph and opened and closed and '"' not in inner else bare


def _title(head: list[Line], body: list[Line], marked: set[str]) -> Line | None:
    """The line above the text that Markdown marks as heading, that the breadcrumbs end with, or that scores best as headline."""
    breadcrumbs = {_letters(_last_crumb(line.text)) for line in head if line.kind is Kind.BREADCRUMBS} - {""}
    others = [line for line in head if line.kind is None]
    usable = [line for line in others if could_be_title(LABEL.sub("", line.text)) and not person_names.BY.match(line.text)]
    usable = [line for line in usable if not line.text.endswith(COLONS)]
    named = [line for line in others if _letters(line.text) in marked] + [line for line in usable if _letters(line.text) in breadcrumbs]
    usable = [line for line in usable if not line.text.endswith(FULL_STOPS)] or usable
    if named or not usable:
        return named[0] if named else None
    lead = set(_words(" ".join(line.text for line in body[:3])))
    following = {id(line): after for line, after in pairwise(head)}  # by identity: a line may occur twice
    scores = [_score(line, following.get(id(line)), lead) + NEARER * at for at, line in enumerate(usable)]
    return usable[scores.index(max(scores))]


def _last_crumb(text: str) -> str:
    """The last of a line of breadcrumbs."""
    return text[1 + max(map(text.rfind, CRUMB_MARKS)) :]


def _begins_with_name(line: Line, names: set[str]) -> bool:
    """Whether a line begins with a line from below the text, as the names of sites and pages do."""
    return any(_letters(line.text).startswith(name) for name in names if len(name) >= NAME_LENGTH)


def _headline(title: Line, above: list[Line]) -> str:
    """The title without a label before it, and with the line above where that is its first part: "JOINT STATEMENT" / "ON …"."""
    text = LABEL.sub("", title.text)
    if above and text.isupper() and above[-1].text.isupper() and CONTINUATION.match(text):
        return f"{above[-1].text} {text}"
    return text


def _score(line: Line, after: Line | None, lead: set[str]) -> float:
    """A headline's score: the share of its words that the first paragraphs (`lead`) repeat, where those of other headlines are
    rare, and whether a byline or a date follows directly."""
    words = _words(LABEL.sub("", line.text))
    shared = sum(word in lead for word in words) / len(words) if words else 0.0
    signed = after is not None and (after.kind in (Kind.BYLINE, Kind.DATE) or dateline.is_dateline(after.text))
    return 2 * shared + 0.5 * signed


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]{3,}", text.casefold())


def _letters(text: str) -> str:
    """The letters and digits of a text, without case."""
    return re.sub(r"\W+", "", text).casefold()


def _leads(below: list[Line]) -> list[Line]:
    """The lead paragraphs: lines between title and text that are neither a date nor boilerplate."""
    return [line for line in below if line.kind is None and not dateline.is_dateline(line.text) and len(line.text.split()) > LEAD_WORDS]


def _authors(head: list[Line], site_names: set[str]) -> list[str]:
    signed = [line.text for line in head if line.kind in (None, Kind.BYLINE) and _is_byline(line.text)]
    names = person_names.author_names([bylines.name_part(line.partition(" / ")[0]) for line in signed[-1:]], site_names)
    return [name for name in names if not (name.isascii() and name.isupper() and " " not in name) or person_names.AGENCY.match(name)]


def _is_byline(text: str) -> bool:
    """Whether a line gives a name after "by", with a date, or with the outlet: `Name / Daily`."""
    name, _, outlet = text.partition(" / ")
    with_outlet = outlet and " " in name and person_names.is_name(name) and dateline.date_of_line(outlet) is None
    return len(text) <= BYLINE_LENGTH and (with_outlet or person_names.BY.match(text) is not None or bylines.is_name_and_date(text))


def _published(above: list[Line], below: list[Line], ending: list[Line], today: date) -> Moment | None:
    """The first plausible date: in a byline, below the title or in the dateline, in a sign-off, above the title; never the
    masthead's."""
    dated = [line for line in [*below, *ending] if line.kind is not Kind.COPYRIGHT]
    labelled = [dateline.first_date(line.text) for line in [*below, *above] if line.kind is Kind.BYLINE]
    timed = [dateline.first_date(line.text) for line in above[-1:] if line.kind is Kind.DATE and CLOCK.search(line.text)]
    found = [*labelled, *(dateline.date_of_line(line.text) for line in dated), *timed]
    shown = [dateline.date_of_line(line.text) for line in above[-ABOVE_TITLE:] if not dateline.is_masthead_date(line.text)]
    found += [moment for moment in shown if moment and abs((moment.day - today).days) > 1]
    return next((moment for moment in found if moment and moment.is_plausible(today)), None)
