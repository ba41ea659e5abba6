"""Read the text of headings: without labels, bylines and dates in them, without quotation marks around them, whole where a title is cut."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from lxml import etree

from worker.extract.fields.bylines import MAX_BYLINE, is_byline, is_dated
from worker.extract.fields.person_names import MARKUP
from worker.extract.lines.boilerplate_filter import THREAD_HEADING
from worker.extract.lines.nearby_lines import LABEL_MARKS
from worker.extract.lines.title_form import could_be_title
from worker.extract.lines.title_lines import DANGLING
from worker.extract.page.addresses import joined, parts_of
from worker.extract.page.characters import letters_of
from worker.extract.page.elements import Element
from worker.extract.page.shown import READ_ALOUD, effects_of
from worker.extract.words.languages import pattern

PREFIX = pattern(r"^<title_label>\s*:\s*")
QUOTES = '"“”«»'
"""Quotation marks that ministries put around the headings of their documents."""
QUOTE_MARKS = frozenset(QUOTES)
BREAKS = ("br", "p", "div", "h1", "h2", "h3", "li")
PICTURES = ("svg", "script", "style", "template")
"""Elements in headings whose texts are none of theirs: drawings and what no page shows."""
SENTENCE_ENDS = ".!?。！？"
KICKER_WORDS = 2  # before a colon in a line of its own, at most: "Live report:" is no part of the headline below it
CUTS = ("...", "…")
"""The end of a title that a system cut."""
MIN_CUT = 60  # characters: search engines and networks have titles cut at 60 to 110, and no shorter one without a mark


def heading_text(element: Element) -> str:
    """The text of a heading; a line break in it separates words. What the page hides in it is left out, unless that is all."""
    if not len(element):
        return " ".join((element.text or "").split())
    inner = list(element.iterdescendants())
    blank = " " if any(one.tag in BREAKS for one in inner) else ""
    shown = " ".join(blank.join(filter(None, _shown_texts(element))).split()) if any(map(_is_unseen, inner)) else ""
    return shown or " ".join(blank.join(element.itertext()).split())


def broken_heading(line: str, element: Element) -> str | None:
    """The text of a heading in which breaks part `line` from what goes on before or after it; None where nothing does."""
    lines: list[str] = []
    for ends, texts in groupby(_shown_texts(element), key=lambda text: text is None):
        if not ends and (text := " ".join("".join(filter(None, texts)).split())):
            lines = [*lines[:-1], f"{lines[-1]} {text}"] if lines and _continues(lines[-1], text) else [*lines, text]
    return next((whole for whole in lines if whole != line and f" {line} " in f" {whole} " and could_be_title(whole)), None)


def _continues(before: str, after: str) -> bool:
    """Whether the headline that breaks part goes on in its next line: before a small letter or after a comma, a colon behind more
    than a kicker, or a word like "the"; a byline or a date is no part of it."""
    if before[-1] in SENTENCE_ENDS or is_byline(after) or is_dated(after):
        return False
    first, last = after.split(maxsplit=1)[0], before.rsplit(maxsplit=1)[-1].casefold()
    colon = before.endswith((":", "\uff1a")) and len(before.split()) > KICKER_WORDS
    return first.islower() or colon or before.endswith((",", "、", "，")) or last in DANGLING


def _is_unseen(element: Element) -> bool:
    """Whether an element of a heading is hidden by its own attributes, or is a label to be read aloud or a picture, which may have a
    title of its own."""
    if element.tag in PICTURES or element.get("hidden") is not None:
        return True
    style, classes = element.get("style"), element.get("class")
    return (style is not None and effects_of(style).hides) or (classes is not None and not READ_ALOUD.isdisjoint(classes.lower().split()))


def _shown_texts(element: Element) -> Iterator[str | None]:
    """The texts of a heading in their order, without those in hidden elements; None where a line ends."""
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, inner in walk:
        if inner is not element and inner.tag in BREAKS:
            yield None
        if event == "end":
            yield (inner.tail or "") if inner is not element else ""
        elif inner is not element and _is_unseen(inner):
            walk.skip_subtree()
        else:
            yield inner.text or ""


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
    """The text of a heading; without the bylines, dates and numbers of comments that have elements of their own before or after a headline
    in it."""
    text = heading_text(element)
    labels = [heading_text(child) for child in element]
    for label in (*reversed(labels), *labels):
        rest = next((rest for rest in (text.removesuffix(label), text.removeprefix(label)) if rest != text), "").strip(LABEL_MARKS)
        dangling = rest.casefold().split()[-1:]
        if could_be_title(rest) and DANGLING.isdisjoint(dangling) and len(label) <= MAX_BYLINE and _is_about(label):
            text = rest
    return text


def _is_about(label: str) -> bool:
    """Whether a label in a heading is a date, a byline, or the number of comments."""
    return is_dated(label) or is_byline(label) or (label[:1].isdigit() and THREAD_HEADING.fullmatch(label) is not None)


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


def home_heading(root: Element, url: str | None) -> str | None:
    """The h1 that is nothing but a link to the site's front page: the masthead of the page, and not its headline."""
    for element in root.iter("h1"):
        links = list(element.iter("a"))
        text = heading_text(element)
        if len(links) == 1 and text and heading_text(links[0]) == text and _leads_home(links[0].get("href") or "", url):
            return text
    return None


def _leads_home(target: str, url: str | None) -> bool:
    whole, page = parts_of(joined(url, target)), parts_of(url)
    return target.strip() == "/" or (whole.path in ("", "/") and not whole.query and whole.netloc == page.netloc != "" and page.path > "/")


def plain(text: str) -> str:
    """`text` with character references decoded, twice since some systems encode them twice, without mark-up, soft hyphens and a
    prefix like "Blog:"."""
    return PREFIX.sub("", " ".join(_without_markup(html.unescape(html.unescape(text))).replace("\u00ad", "").split()))


def _without_markup(text: str) -> str:
    """`text` without its line breaks and the tags of the elements that it opens and closes around words. Other tags are named by
    the title: "How <section> differs from <div>"."""
    tags = MARKUP.findall(text) if "<" in text else []
    closed, opened = ({_tag_name(tag) for tag in tags if tag.startswith("</") is closes} for closes in (True, False))
    removed = {"br", *(name for name in closed & opened if f"<{name}></{name}>" not in text.lower())}
    for tag in tags:
        if (name := _tag_name(tag)) in removed:
            text = text.replace(tag, " " if name in BREAKS else "")
    return text


def _tag_name(tag: str) -> str:
    """The name of an element in its tag."""
    return tag.strip("</>").split()[0].lower()
