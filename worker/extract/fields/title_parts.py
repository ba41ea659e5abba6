"""Read the text of headings: without labels, bylines and dates in them, without quotation marks around them, whole where a title is cut."""

from __future__ import annotations

import re
from collections.abc import Iterable

from worker.extract.fields.bylines import MAX_BYLINE, is_byline, is_dated
from worker.extract.lines.title_form import could_be_title
from worker.extract.lines.title_lines import DANGLING
from worker.extract.page.characters import letters_of
from worker.extract.page.elements import Element

QUOTES = '"“”«»'
"""Quotation marks that ministries put around the headings of their documents."""
LABEL_MARKS = " |:/·•–—-»›"
"""What may part a kicker from the headline."""
BREAKS = ("br", "p", "div", "h1", "h2", "h3", "li")
CUTS = ("...", "…")
"""The end of a title that a system cut."""
MIN_CUT = 60  # characters: search engines and networks have titles cut at 60 to 110, and no shorter one without a mark


def heading_text(element: Element) -> str:
    """The text of a heading; a line break in it separates words."""
    broken = any(inner.tag in BREAKS for inner in element.iterdescendants())
    return " ".join((" " if broken else "").join(element.itertext()).split())


def without_label(element: Element, stated: set[str]) -> str:
    """The text of a heading; without the kicker or the subtitle that has an element of its own in it, where the rest is one of the
    `stated` titles and all of it is none."""
    whole = heading_text(element)
    if not len(element) or key_of(whole) in stated:
        return whole
    labels = [heading_text(child) for child in element]
    rests = [rest.strip(LABEL_MARKS) for label in labels for rest in (whole.removeprefix(label), whole.removesuffix(label))]
    return next((rest for rest in [*rests, *labels] if len(words_of(rest)) > 1 and key_of(rest) in stated), without_byline(element))


def without_byline(element: Element) -> str:
    """The text of a heading; without the bylines and dates that have elements of their own before or after a headline in it."""
    text = heading_text(element)
    labels = [heading_text(child) for child in element]
    for label in (*reversed(labels), *labels):
        rest = next((rest for rest in (text.removesuffix(label), text.removeprefix(label)) if rest != text), "").strip(LABEL_MARKS)
        dangling = rest.casefold().split()[-1:]
        if could_be_title(rest) and DANGLING.isdisjoint(dangling) and len(label) <= MAX_BYLINE and (is_dated(label) or is_byline(label)):
            text = rest
    return text


def without_quotes(heading: str, page_title: str) -> str:
    """A heading without the quotation marks around all of it; with them where the page's title has them too, or where they belong to
    a part of it."""
    inner = heading.strip(f"{QUOTES} ")
    return inner if QUOTE_MARKS.isdisjoint(inner) and heading not in page_title else heading


def whole_title(title: str, shown: Iterable[str]) -> str:
    """The first of the lines that the page shows which goes on where `title` is cut; else `title`."""
    key = letters_of(title) if title.endswith(CUTS) else ""
    if not key and len(title) < MIN_CUT:
        return title
    for line in shown:
        if line.endswith(CUTS) or len(line) <= len(title.rstrip(".…")):
            continue
        if (key and letters_of(line).startswith(key)) or _goes_on(title, line):
            return line
    return title


def _goes_on(title: str, line: str) -> bool:
    """Whether a line begins with `title` and goes on within its last word, or with a small letter: no subtitle does."""
    rest = line.removeprefix(title)
    return rest != line and (rest[:1].isalnum() or (rest[:1] == " " and rest[1:2].islower()))


def words_of(text: str) -> set[str]:
    """The words of a title, without case; those of one letter are left out."""
    return set(re.findall(r"\w{2,}", text.casefold()))


def key_of(name: str) -> str:
    """The letters and digits of a name, without case and a leading "the": the form in which names and titles are compared."""
    return "".join(re.findall(r"\w+", name.casefold())).removeprefix("the")


QUOTE_MARKS = frozenset(QUOTES)
