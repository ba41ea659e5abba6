"""Select the article from a plain text, such as a page that was flattened into lines: its title, text, authors and date."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from worker.extract.dates import dateline
from worker.extract.dates.parse import Moment
from worker.extract.fields import bylines, person_names
from worker.extract.fields.title import names_of_host
from worker.extract.lines.boilerplate_filter import without_boilerplate
from worker.extract.lines.line import Line, classify_line
from worker.extract.lines.mail import Mail, mail_of
from worker.extract.lines.messages import Message, longest_message
from worker.extract.lines.nearby_lines import BELOW_TEXT, NearbyLines
from worker.extract.lines.paragraphs import is_list_item, paragraphs_of
from worker.extract.lines.title_form import is_issuer
from worker.extract.select.kept_lines import is_capital_heading, kept, points
from worker.extract.select.related_links import points_elsewhere
from worker.extract.select.text_title import (
    begins_with_name,
    headline,
    is_document_head,
    is_long_title,
    letters_of,
    title_line,
    without_labels,
)
from worker.extract.words.boilerplate import Kind
from worker.extract.words.sentences import SPACELESS

MARKUP = ("!doctype", "html", "head", "body", "div", "p", "article", "section", "table", "span", "meta", "title", "br", "h1")
"""Elements that show a text to be HTML."""
EMPHASIS = "*_# \t\n\u00a0"
"""Marks of emphasis and white space, with which a bold paragraph begins and ends."""
QUOTES = "\"“”„«'‘", "\"“”»'’"
"""Quotation marks at the beginning and at the end of a paragraph."""
HEADINGS = ("# ", "## ")
"""How a heading begins in Markdown."""
TAG_LENGTH = 10  # characters of a tag's name that are read: more than the longest of MARKUP has
CLOCK = re.compile(r"\b\d{1,2}[:.h]\d{2}(?!\d)")
"""A time of day: a date with one, above the title, is the article's; mastheads show the day alone."""
BYLINE_LENGTH = 120  # characters: longer lines that begin with "by" are sentences
LEAD_WORDS = 5  # a lead has more; shorter lines are labels and names
ABOVE_TITLE = 3  # lines above the title that may date a post: a date other than today's, without a weekday, is not a masthead's
SIGNATURE = 6  # lines at the end of a mail, in which its sender signs
SALUTATION = (",", "，", "،")
"""What ends the lines with which a letter or a speech addresses its readers."""
HASHTAG = "#"
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
    start = text[:20_000]
    tags = (start[found.end() : found.end() + TAG_LENGTH].lower() for found in re.finditer("<", start))  # the first is mostly enough
    return any("".join(takewhile(_is_of_name, tag)) in MARKUP for tag in tags)


def _is_of_name(character: str) -> bool:
    return character.isalnum() or character == "!"


def is_document(text: str) -> bool:
    """Whether a text is a whole document of HTML, whatever type its server gave it."""
    return text[:200].lstrip().lower().startswith(("<!doctype html", "<html"))


def article_from_text(text: str, today: date, url: str | None = None) -> PlainArticle:
    """The article in `text`; empty where every line is boilerplate. `today`: later dates are not plausible. The host of `url` is
    the site's name. A mail's header gives its title, date and author, and an export of messages the date of the longest."""
    site = names_of_host(url)
    if mail := mail_of(text):
        return _of_mail(mail, _article(mail.body, today, site), site)
    if message := longest_message(text):
        return _of_message(message, _article("\n".join(message.lines), today, site))
    return _article(text, today, site)


def _of_mail(mail: Mail, found: PlainArticle, site: set[str]) -> PlainArticle:
    """The article of a mail: its subject, and its sender where a person signed it or wrote to a list."""
    sender = mail.sender or ""
    names = sender.split()
    closing = [line.strip(" ,.–—-").split() for line in mail.body.splitlines() if line.strip()][-SIGNATURE:]
    signed = mail.listed or any(line and not set(line).difference(names) for line in closing)
    person = signed and person_names.is_person(sender) and not person_names.ORGANISATION.search(sender)
    authors = person_names.author_names([sender], site) if person else []
    title = without_labels(mail.subject) if mail.subject else found.title
    return replace(found, title=title, authors=authors or found.authors, published=mail.sent or found.published)


def _of_message(message: Message, found: PlainArticle) -> PlainArticle:
    """The article of a message, whose head names an account and no author."""
    return replace(found, authors=[], published=message.sent)


def _article(text: str, today: date, site: set[str]) -> PlainArticle:
    """The article among the lines of a text. `site`: the site's names."""
    paragraphs = paragraphs_of(text)
    lines = [_classified(bare) for bare in map(_without_emphasis, paragraphs) if bare and not _are_hashtags(bare)]
    keep = kept(lines)
    prose = [at for at, line in enumerate(lines) if keep[at] and line.prose]
    if not prose:
        return PlainArticle(None, "", [], None)
    names = {letters_of(line.text) for line in lines[int(np.flatnonzero(keep)[-1]) + 1 :]}
    marked = {letters_of(paragraph) for paragraph in paragraphs if paragraph.startswith(HEADINGS)}
    first, title = _start(lines, keep, prose, names, marked)
    head = lines[:first]
    body = _body(lines, keep, first)
    above, below = (head[: head.index(title)], head[head.index(title) + 1 :]) if title else (head, [])
    found = "\n\n".join(without_boilerplate([line.text for line in [*_leads(below, body), *body]], headline(title, []) if title else None))
    last = max(at for at, line in enumerate(lines) if line in body)
    near = NearbyLines(
        title.text if title else None,
        [line.text for line in above[-ABOVE_TITLE:]],
        [line.text for line in [*below, *body[:1]]],
        [line.text for line in lines[last : last + 1 + BELOW_TEXT]],
    )
    near = _with_bylines_only(near) if is_document_head(head) else near
    return PlainArticle(
        title=headline(title, above) if title else None,
        text=found,
        authors=_authors([*above, *below], site) or bylines.authors_near_text(near, found, site),
        published=_published(above, [*below, *body[:1]], _ending(lines[first:], keep[first:]), today),
    )


def _with_bylines_only(near: NearbyLines) -> NearbyLines:
    """The lines near a document: above its text those with a name alone are places and offices, below it signatures."""
    above, below = (list(filter(bylines.is_byline, lines)) for lines in (near.above_heading, near.below_heading))
    return replace(near, above_heading=above, below_heading=below)


def _start(lines: list[Line], keep: NDArray[np.bool_], prose: list[int], names: set[str], marked: set[str]) -> tuple[int, Line | None]:
    """The position of the first line of the text, and the title above it. `prose`: the positions of the article's sentences."""
    first = prose[0]
    head = lines[:first]
    title = title_line([line for line in head if not begins_with_name(line, names)], _body(lines, keep, first), marked)
    long = len(prose) > 1 and is_long_title(lines[first], head, lines[first + 1], lines[prose[1]])
    if long and (title is None or SPACELESS.search(lines[first].text) is None):
        return prose[1], lines[first]
    return first, title


def _body(lines: list[Line], keep: NDArray[np.bool_], first: int) -> list[Line]:
    """The lines of the text from the position `first` on, with the salutation or the heading above."""
    body = [line for at, line in enumerate(lines[first:], first) if keep[at] or line.kind is Kind.ABOUT]
    while len(body) > 1 and not body[-1].prose and is_issuer(body[-1].text):
        body.pop()
    above = list(takewhile(lambda line: line.kind is None and line.text.endswith(SALUTATION), reversed(lines[:first])))
    if not above and first and lines[first - 1].kind is None and _is_first_heading(lines[first - 1].text, body):
        above = [lines[first - 1]]
    return [*reversed(above), *body]


def _is_first_heading(text: str, body: list[Line]) -> bool:
    """Whether the line above the text is a heading of the same form as one in the text: in capitals, or with a number."""
    capitals = is_capital_heading(text) and any(is_capital_heading(line.text) for line in body)
    return capitals or (is_list_item(text) and any(is_list_item(line.text) and not line.prose for line in body))


def _are_hashtags(text: str) -> bool:
    """Whether a line consists of hashtags."""
    tags = text.split()
    return bool(tags) and all(tag.startswith(HASHTAG) and tag.strip(HASHTAG)[:1].isalpha() for tag in tags)


def _classified(text: str) -> Line:
    """The class of a line; arrows and labels point to other articles."""
    return Line(text, Kind.RELATED, prose=False) if points(text) or points_elsewhere(text) else classify_line(text)


def _ending(lines: list[Line], keep: NDArray[np.bool_]) -> list[Line]:
    """The last lines of the article and the first after them, and the line with which wire reports end."""
    last = int(np.flatnonzero(keep)[-1])
    wire = [line for line in lines[-1:] if dateline.is_trailer(line.text)]
    return [*lines[max(0, last + 1 - SIGN_OFF) : last + 1 + SIGN_OFF], *wire]


def _without_emphasis(paragraph: str) -> str:
    """The paragraph without Markdown's marks of emphasis, and without quotation marks around all of it."""
    if ("**" not in paragraph and not paragraph.startswith(("#", "^"))) or _are_hashtags(paragraph):
        return paragraph.strip()
    bare = paragraph.lstrip(f"^{EMPHASIS}").rstrip(EMPHASIS)
    opened, closed = map(str.__contains__, QUOTES, (bare[:1], bare[-1:]))
    inner = bare.lstrip(QUOTES[0]).rstrip(QUOTES[1])
    return inner.strip() if "**" in paragraph and opened and closed and '"' not in inner else bare


def _leads(below: list[Line], body: list[Line]) -> list[Line]:
    """The lead paragraphs: lines between title and text that are neither a date, nor boilerplate, nor begin with a small letter, as
    places do below a date ("at the town hall")."""
    usable = [line for line in below if line.kind is None and line not in body[:2] and not line.text[:1].islower()]
    return [line for line in usable if not dateline.is_dateline(line.text) and len(line.text.split()) > LEAD_WORDS]


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
    shown = [dateline.date_of_line(line.text) for line in _beside_letterhead(above) if not dateline.is_masthead_date(line.text)]
    return next((moment for moment in [*found, *shown] if moment and moment.is_plausible(today)), None)


def _beside_letterhead(above: list[Line]) -> list[Line]:
    """The lines above the title that stand beside one of a letterhead, such as "Distr.: General": they date the document."""
    if not is_document_head(above):
        return []
    kinds = [None, *(line.kind for line in above), None]
    beside = zip(above, kinds, kinds[2:], strict=False)
    return [line for line, before, after in beside if Kind.LETTERHEAD in (before, after) or Kind.NOTICE in (before, after)]
