"""The title: what the page calls its article, without the site's name."""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit

from worker.extract.dates.parse import SPACELESS
from worker.extract.lines.title_form import NO_TITLE
from worker.extract.page.elements import Element
from worker.extract.page.structured_data import Said, types_of, words_of

MAX_TITLE = 1000  # characters; the longest honest headline has a few hundred
SEPARATOR = re.compile(r"\s+[|\-–—•·»«:/~]+\s+|\s*[|｜ㅣ]\s*")
PREFIX = re.compile(r"^(?:title|blog|news|article)\s*:\s*", re.IGNORECASE)
OFFICE = re.compile(r"(?:ministry|department|embassy|office|government|directorate|commission|council)\b", re.IGNORECASE)
"""How the name of a state body begins."""
NEWS = re.compile(r"NewsArticle|LiveBlog")
LONGEST_NAME = 40  # characters of a site's name: some pages put the headline into its place
BREAKS = ("br", "p", "div", "h1", "h2", "h3", "li")
WEAK_WORDS, WEAK_LENGTH = 3, 30  # words and characters of names; Khmer and Thai names are one "word"
PART = re.compile(rf"{SEPARATOR.pattern}|:\s+")
"""What parts a page's title from its site: also a colon behind the first of them."""
FILE = re.compile(
    r"^(?:[\w\-. ()]+\.(?:pdf|docx?|jpe?g|png|tiff?)|(?:scan|scanned|img|doc|dsc|page|file)[\W_]*\d[\w\W]{0,30})$", re.IGNORECASE
)
"""The name of a scan's file."""
FIRST = 3000  # characters of a text in which its subject is named
REPEATED = 0.34  # of a title's words: fewer of them in its text and heading are the site's
AGREEMENT = 0.3  # of a heading's words, also in the page's own titles: below it the heading is the site's or a box's


COVERAGE, LONG = 0.2, 12  # of the titles' words, the first twelve of them: "Discord" is not "How we found a hole in Discord"


def title_of(root: Element, said: Said, names: set[str]) -> str | None:
    """The headline: the first statement that is one.

    News sites put theirs into JSON-LD and show variants; everywhere else the heading on the page is the best (shares
    of exact titles on Fundus and WCXB: benchmarks/extraction). `names`: the site's own, as `site_keys` gives them.
    """
    for candidate in _candidates(root, said, names):
        title = without_site(_plain(candidate), names)
        if title and not is_label(title):
            return title[:MAX_TITLE]
    return None


def is_label(title: str) -> bool:
    """Whether a title only says what kind of paper this is, and perhaps whose: "PRESS RELEASE", "Press Release | Ministry"."""
    parts = SEPARATOR.split(title)
    if any(map(FILE.match, parts)):
        return True
    others = [part for part in parts if not NO_TITLE.match(part)]
    return len(others) < len(parts) and all(OFFICE.match(part) or len(part.split()) <= 1 for part in others)


def is_weak(title: str | None, said: Said, root: Element) -> bool:
    """Whether a title is likelier the site's or a section's name: few words, neither stated as headline nor shown as such."""
    if title is None:
        return True
    short = len(_words(title)) <= WEAK_WORDS and len(title) <= WEAK_LENGTH
    stated = any(node.get("headline") for node in said.articles)
    return short and not stated and not any(_key(h.text_content()) == _key(title) for h in root.iter("h1"))


def is_foreign(title: str, heading: str, text: str, said: Said, root: Element) -> bool:
    """Whether hardly a word of a title that the page never states or shows as headline recurs in its text, and the heading's words do."""
    words, others = _words(title), _words(heading)
    stated = said.meta("og:title") or any(node.get("headline") for node in said.articles)
    if stated or not words or not others or SPACELESS.search(title):
        return False
    if any(_key(_shown(element)) == _key(title) for element in root.iter("h1", "h2", "h3")):
        return False
    known = _words(text[:FIRST])
    return len(words & (known | others)) < REPEATED * len(words) and len(others & known) >= REPEATED * len(others)


def _plain(text: str) -> str:
    """`text` without the entities that some systems write twice, soft hyphens and a word like "Blog:" before it."""
    return PREFIX.sub("", " ".join(html.unescape(html.unescape(text)).replace("\u00ad", "").split()))


def _candidates(root: Element, said: Said, names: set[str]) -> list[str]:
    articles = sorted(said.articles, key=lambda node: not any(map(NEWS.search, types_of(node))))  # not a recipe's or a video's within
    stated = [word for node in articles for word in words_of(node.get("headline") or node.get("name"))[:1]][:1]
    shared = said.meta("og:title", "twitter:title", "headline", "dc.title", "dcterms.title", "title")
    page = said.title or ""
    heading = _heading(root, [*stated, shared or "", page], names)
    news = any(NEWS.search(kind) for node in said.nodes for kind in types_of(node))
    shown = [shared] if shared and any(_key(_plain(one)) == _key(_plain(shared)) for one in stated) else []  # as readers see it
    order = [*shown, *stated, shared, heading, page] if news else [heading, *stated, shared, page]
    return [candidate for candidate in order if candidate]


def _heading(root: Element, titles: list[str], names: set[str]) -> str | None:
    """The main heading that says most of what the page's own titles say; a lesser one only where it is a part of the page's title."""
    reference = {word for title in titles for word in _words(title)}
    for tag in ("h1", "h2", "h3"):
        shown = list(dict.fromkeys(map(_shown, root.iter(tag))))
        if tag == "h3":
            parts = {_key(part) for part in PART.split(titles[-1]) if part}
            shown = [text for text in shown if _key(text) in parts]
        able = [text for text in shown if not NO_TITLE.match(text) and _key(text) not in names and not _is_part(text, titles[-1])]
        found = [(score, text) for text in able if (score := _agreement(_words(text), reference))]
        if found:
            return max(found, key=lambda pair: pair[0])[1]
    return None


def _agreement(words: set[str], reference: set[str]) -> float:
    """How much of the page's titles a heading says; 0 where most of it says something else, or it says next to nothing of them."""
    common = len(words & reference)
    if common < AGREEMENT * len(words) or common < COVERAGE * min(len(reference), LONG):
        return 0.0
    return common / len(words) ** 0.5 if words else 0.0


def _shown(element: Element) -> str:
    """The text of a heading; a line break in it parts words."""
    broken = any(inner.tag in BREAKS for inner in element.iterdescendants())
    return " ".join((" " if broken else "").join(element.itertext()).split())


def _is_part(heading: str, page_title: str) -> bool:
    """Whether `heading` is the lesser part of the page's title: a section or the site, beside the headline."""
    parts = [part for part in PART.split(page_title) if part]
    key = _key(heading)
    if SEPARATOR.search(heading) and page_title.endswith(heading) and page_title != heading:
        return True  # the site's name has parts of its own
    return len(parts) > 1 and any(_key(part) == key for part in parts) and any(len(part) > 1.5 * len(heading) for part in parts)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w{2,}", text.casefold()))


def site_keys(said: Said, url: str | None) -> set[str]:
    """The site's names, squeezed: as it calls itself, and its host with and without the ending."""
    try:
        host = (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:
        host = ""
    publishers = [word for node in said.articles for word in words_of(node.get("publisher"))[:1]]
    found = [said.meta("og:site_name"), said.meta("application-name"), host, host.rpartition(".")[0], *publishers]
    return {_key(name) for name in found if name and len(name) <= LONGEST_NAME} - {""}


def without_site(title: str, names: set[str]) -> str:
    """`title` without a last or first part that names the site."""
    for _ in range(2):  # "Headline | Section | Site" has two
        parts = list(SEPARATOR.finditer(title))
        if not parts:
            break
        if _names_site(title[parts[-1].end() :], names):
            title = title[: parts[-1].start()]
        elif _names_site(title[: parts[0].start()], names):
            title = title[parts[0].end() :]
        else:
            break
    return title


def _names_site(part: str, names: set[str]) -> bool:
    """Whether a part of a title is the site's name, or shares most of it: "Example News" for "The Example"."""
    key = _key(part)
    if len(key) < 4:
        return key in names
    return any(key == name or (key in name) or (len(name) > 3 and name in key and len(key) < len(name) + 15) for name in names)


def _key(name: str) -> str:
    return re.sub(r"^the", "", re.sub(r"\W+", "", name.casefold()))
