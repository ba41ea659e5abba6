"""Find the title of a page's article, and remove the site's name from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from worker.extract.fields.shown_title import STRANGE, better_heading, familiarity, is_known, shown_part, without_section
from worker.extract.fields.title_parts import (
    broken_heading,
    heading_text,
    home_heading,
    key_of,
    plain,
    whole_title,
    without_byline,
    without_label,
    without_quotes,
    words_of,
)
from worker.extract.lines.nearby_lines import NearbyLines
from worker.extract.lines.title_form import NO_TITLE, could_be_title, stems_of
from worker.extract.page.addresses import parts_of
from worker.extract.page.elements import Element
from worker.extract.page.structured_data import Node, StructuredData
from worker.extract.words.languages import pattern
from worker.extract.words.sentences import SPACELESS

MAX_TITLE = 1000  # characters; the longest real headline has a few hundred
SEPARATOR = re.compile(r"\s+[|\-–—•·»«:/~]+\s+|\s*[|｜\u3163]\s*")
OFFICE = pattern(r"<office>\b")
"""How the name of a public authority begins."""
FILE_NAME = re.compile(
    r"^(?:[\w\-. ()]+\.(?:pdf|docx?|jpe?g|png|tiff?)|(?:scan|scanned|img|doc|dsc|page|file)[\W_]*\d[\w\W]{0,30})$", re.IGNORECASE
)
"""The file name of a scan."""
LONGEST_CASE = 3  # characters that one becomes without its case, at most
NEWS = ("NewsArticle", "LiveBlog")
"""Words in the types of schema.org of news."""
MAX_SITE_NAME = 40  # characters: longer ones are headlines in the wrong field
NAME_WORDS, NAME_LENGTH = 3, 30  # words and characters of names, at most; Khmer and Thai names are one "word"
TEXT_START = 3000  # characters of a text, in which its subject is named
REPEATED = 0.34  # of a title's words: where fewer occur in text and heading, the title is the site's
LONG = 4  # letters
OTHERS = 3  # words of a title that the heading lacks: whether the text has one or two of them is chance
OWN = 0.5  # of a heading's long words: where so many occur in the text, it is in the text's language
AGREEMENT = 0.3  # of a heading's words: where fewer occur in the page's titles, the heading is the site's or a box's
COVERAGE, TITLE_START = 0.2, 12  # of the titles' words, twelve at most: "Discord" is not "How we found a hole in Discord"


def title_of(root: Element, data: StructuredData, site_names: set[str]) -> str | None:
    """The headline: the first candidate that is one; None where there is none.

    News sites give theirs in JSON-LD and show variants; on other sites the heading on the page is the best source (shares
    of exact titles on Fundus and WCXB: benchmarks/extraction). `site_names`: as `site_names_of` gives them.
    """
    named = None
    for candidate in _candidates(root, data, site_names):
        title = without_site_name(plain(candidate), site_names)
        if key_of(title) in site_names:
            named = named or title[:MAX_TITLE]  # what stands on all pages of the site
        elif title and not is_document_type(title):
            return whole_title(title, _whole(data.title or "", root, site_names))[:MAX_TITLE]
    only = _only_heading(root, site_names)
    return only if only and could_be_title(only) else named


def _whole(page_title: str, root: Element, site_names: set[str]) -> Iterator[str]:
    """What may show all of a headline that is cut: the headings, then the page's title without the site's name."""
    yield from (without_byline(element) for element in root.iter("h1", "h2"))
    yield SEPARATOR.split(plain(page_title))[0]
    yield without_site_name(plain(page_title), site_names)


def _only_heading(root: Element, site_names: set[str]) -> str | None:
    """The only h1 of a page, in its lines, where it does not name the site; it may be as short as "Ferry off"."""
    shown = list(dict.fromkeys(map(without_byline, root.iter("h1"))))
    return shown[0][:MAX_TITLE] if len(shown) == 1 and not _names_site(shown[0], site_names) else None


def choose(stated: str | None, data: StructuredData, near: NearbyLines, text: str, *, root: Element, site_names: set[str]) -> str | None:
    """The headline that the page shows, where it is a better title than `stated`; None where that stays."""
    page_title = plain(data.title or "")
    titles = [plain(one) for one in (data.title, stated) if one]
    shown = None if _is_stated(data) else shown_part(titles, near, text, site_names) or better_heading(stated, near, text, site_names)
    whole = shown != near.heading and key_of(shown or "") in key_of(stated or "") and _is_heading(stated or "", root)
    if shown and not whole and not _is_in_parts(stated or "", shown, root):
        return without_quotes(_as_heading(shown, root, page_title), page_title)
    only = None if near.heading else _only_heading(root, site_names)
    usable = only is not None and len(only.split()) > 1 and only in near.above_text and not NO_TITLE.match(only)  # one word is a section
    heading = only if usable else near.heading
    if heading and (
        may_be_site_name(stated, data, root)
        or differs_from_text(stated or "", heading, text, data, root)
        or (key_of(stated or "") in site_names and is_known(heading, text))
        or _is_other_wording(stated or "", heading, text, data, root)
        or (is_known(heading, text) and _is_slogan(stated or "", heading, text, data, root=root, site_names=site_names))
    ):
        return without_quotes(_as_heading(heading, root, page_title), page_title)
    is_shown = _is_among(stated or "", near.above_text)
    return without_section(stated, data.title or "", text) if stated and not is_shown and not _is_stated(data) else None


def _as_heading(line: str, root: Element, page_title: str) -> str:
    """A line without the byline or date that has an element of its own in it, where it is a heading; with the lines of the headline
    that breaks part from it, unless the page's title has it alone."""
    headings = [element for element in root.iter("h1", "h2", "h3") if len(element)]
    same = next((without_byline(element) for element in headings if heading_text(element) == line), None)
    alone = same is not None or key_of(line) in map(key_of, SEPARATOR.split(page_title))
    return same or next((whole for element in headings if not alone and (whole := broken_heading(line, element))), line)


def _is_other_wording(title: str, heading: str, text: str, data: StructuredData, root: Element) -> bool:
    """Whether a title that only networks' elements state, and that no line shows, has beside the words of the page's h1 hardly one of
    the text, as the site's name or a headline in another language has, while the h1 has most of its words from it."""
    if any(node.get("headline") for node in data.articles) or _is_heading(title, root):
        return False
    others = stems_of(title) - stems_of(heading)
    better = len(others) >= OTHERS and familiarity(" ".join(others), text) < STRANGE and familiarity(heading, text) >= OWN
    return better and _is_among(heading, map(heading_text, root.iter("h1")))


def _is_slogan(title: str, heading: str, text: str, data: StructuredData, *, root: Element, site_names: set[str]) -> bool:
    """Whether a title is what stands behind the site's name on all of its pages, beside the page's only h1, which shares no word with
    it: the title element has the site's name alone, or the same slogan, of which the text has no word."""
    if any(node.get("headline") for node in data.articles) or stems_of(title) & stems_of(heading) or _is_heading(title, root):
        return False
    page, shared = plain(data.title or ""), plain(data.meta("og:title", "twitter:title") or "")
    before = next((one.removesuffix(title) for one in (shared, page) if one.endswith(title) and one != title), "")
    if not _names_site(before, site_names):
        return False
    generic = key_of(page) in site_names or (page in ("", shared) and not familiarity(title, text))
    own = {key for element in root.iter("h1") if (key := key_of(heading_text(element)))} - site_names
    return generic and own == {key_of(heading)}


def _is_heading(title: str, root: Element) -> bool:
    """Whether a heading of the page shows all of a title."""
    return _is_among(title, (heading_text(element) for element in root.iter("h1", "h2", "h3")))


def _is_among(title: str, lines: Iterable[str]) -> bool:
    """Whether one of `lines` shows `title`. Most are too short for it, and are not compared."""
    key = key_of(title)
    return any(key_of(line) == key for line in lines if len(line) * (1 if line.isascii() else LONGEST_CASE) >= len(key))


def _is_in_parts(title: str, shown: str, root: Element) -> bool:
    """Whether the heading that holds the line `shown` is `title` over several lines, or with a label."""
    headings = (element for element in root.iter("h1", "h2", "h3") if len(element) and key_of(shown) in key_of(heading_text(element)))
    return any(key_of(title) == key_of(without_label(element, {key_of(title)})) for element in headings)


def _is_stated(data: StructuredData) -> bool:
    """Whether the page states a headline for machines, beside its title element."""
    return bool(data.meta("og:title", "twitter:title") or any(node.get("headline") for node in data.articles))


def is_document_type(title: str) -> bool:
    """Whether a title only names the type of a document, and perhaps its issuer: "PRESS RELEASE", "Press Release | Ministry"."""
    parts = SEPARATOR.split(title)
    if any(map(FILE_NAME.match, parts)):
        return True
    others = [part for part in parts if not NO_TITLE.match(part)]
    return len(others) < len(parts) and all(OFFICE.match(part) or len(part.split()) <= 1 for part in others)


def may_be_site_name(title: str | None, data: StructuredData, root: Element) -> bool:
    """Whether a title may be the name of the site or a section: few words, and neither the page's stated headline nor its h1.

    True for None as well: any heading near the text is then better.
    """
    if title is None:
        return True
    short = len(words_of(title)) <= NAME_WORDS and len(title) <= NAME_LENGTH
    stated = any(node.get("headline") for node in data.articles)
    public = key_of(plain(data.meta("og:title") or "")) == key_of(title) and _is_heading(title, root)
    return short and not stated and not public and not _is_among(title, map(heading_text, root.iter("h1")))


def differs_from_text(title: str, heading: str, text: str, data: StructuredData, root: Element) -> bool:
    """Whether the text repeats hardly a long word of the title, but those of `heading`, the heading near it. False for a title that
    the page states or shows as headline."""
    words, others = words_of(title), words_of(heading)
    words = {word for word in words if len(word) >= LONG} or words  # every text has "the" and "and"
    stated = data.meta("og:title") or any(node.get("headline") for node in data.articles)
    if stated or not words or not others or SPACELESS.search(title):
        return False
    if _is_heading(title, root):
        return False
    known = words_of(text[:TEXT_START])
    return len(words & (known | others)) < REPEATED * len(words) and len(others & known) >= REPEATED * len(others)


def _candidates(root: Element, data: StructuredData, site_names: set[str]) -> list[str]:
    """What may be the title, the most reliable first."""
    articles = sorted(data.articles, key=lambda node: not _is_news(node))  # before a recipe's or a video's
    stated = [word for node in articles for word in _headline(node, root)[:1]][:1]
    shared = data.meta("og:title", "twitter:title", "headline", "dc.title", "dcterms.title", "title")
    page = data.title or ""
    heading = _heading(root, [*stated, shared or "", page], site_names)
    news = any(map(_is_news, data.nodes))
    part = key_of(plain(shared or "")) != key_of(heading or "")  # a quotation, of which the heading and the page's title say whose it is
    part = part and key_of(heading or "").startswith(key_of(plain(shared or ""))) and key_of(heading or "") in key_of(page)
    if shared and heading and not part and not stated and _is_heading(plain(shared), root):
        heading = plain(shared)  # as the page shows it, below the site's name
    shown = [shared] if shared and any(key_of(plain(one)) == key_of(plain(shared)) for one in stated) else []  # in its public form
    order = [*shown, *stated, shared, heading, page] if news else [heading, *stated, shared, page]
    return [candidate for candidate in order if candidate]


def _headline(node: Node, root: Element) -> list[str]:
    """The headlines that an object states; its name where the page shows that as heading and not the headline, which is a summary then."""
    headline, name = node.get("headline"), node.get("name")
    if isinstance(headline, str) and isinstance(name, str) and headline != name:
        return [name if _is_heading(plain(name), root) and not _is_heading(plain(headline), root) else headline]
    return node.strings("headline", "name")


def _is_news(node: Node) -> bool:
    """Whether an object describes news."""
    return any(word in kind for kind in node.types for word in NEWS)


def _heading(root: Element, titles: list[str], site_names: set[str]) -> str | None:
    """The heading of the highest level that shares most words with the page's titles; an h3 only where it is a part of the
    last of them, the page's title element."""
    reference = {word for title in titles for word in words_of(title)}
    stated = {key_of(part) for title in titles for part in (plain(title), *SEPARATOR.split(plain(title)))}
    for tag in ("h1", "h2", "h3"):
        shown = list(dict.fromkeys(without_label(element, stated) for element in root.iter(tag)))
        if tag == "h3":
            parts = {key_of(part) for part in _parts(titles[-1])}
            shown = [text for text in shown if key_of(text) in parts]
        usable = [text for text in shown if not NO_TITLE.match(text) and key_of(text) not in site_names and not _is_part(text, titles[-1])]
        found = [(score, text) for text in usable if (score := _agreement(words_of(text), reference))]
        if found:
            return max(found, key=lambda pair: pair[0])[1]
    return None


def _agreement(words: set[str], reference: set[str]) -> float:
    """How many of the titles' words (`reference`) a heading has; 0 where most of its words are others, or it has hardly any of
    the titles'."""
    common = len(words & reference)
    if common < AGREEMENT * len(words) or common < COVERAGE * min(len(reference), TITLE_START):
        return 0.0
    return common / len(words) ** 0.5 if words else 0.0


def _parts(title: str) -> list[str]:
    """The parts of a page's title: headline, section, site; a colon separates them too."""
    return [part for whole in SEPARATOR.split(title) for part in whole.split(": ") if part]


def _is_part(heading: str, page_title: str) -> bool:
    """Whether `heading` is the section or the site in the page's title, beside the headline."""
    parts = _parts(page_title)
    key = key_of(heading)
    if SEPARATOR.search(heading) and page_title.endswith(heading) and page_title != heading:
        return True  # the site's name has parts of its own
    return len(parts) > 1 and any(key_of(part) == key for part in parts) and any(len(part) > 1.5 * len(heading) for part in parts)


def site_names_of(data: StructuredData, root: Element, url: str | None) -> set[str]:
    """The letters of the site's names: those that it states, a masthead that links its front page, and its host with and without the
    top-level domain."""
    publishers = [name for node in data.articles for name in node.strings("publisher")[:1]]
    found = [data.meta("og:site_name"), data.meta("application-name"), home_heading(root, url), *publishers]
    return {key_of(name) for name in found if name and len(name) <= MAX_SITE_NAME} - {""} | names_of_host(url)


def names_of_host(url: str | None) -> set[str]:
    """The letters of an address's host, with and without the top-level domain."""
    host = (parts_of(url).hostname or "").removeprefix("www.")
    return {key_of(name) for name in (host, host.rpartition(".")[0]) if len(name) <= MAX_SITE_NAME} - {""}


def without_site_name(title: str, site_names: set[str]) -> str:
    """`title` without a last or first part that names the site."""
    for _ in range(2):  # "Headline | Section | Site" has two
        parts = list(SEPARATOR.finditer(title))
        if not parts:
            break
        if _names_site(title[parts[-1].end() :], site_names):
            title = title[: parts[-1].start()]
        elif _names_site(title[: parts[0].start()], site_names):
            title = title[parts[0].end() :]
        else:
            break
    return title


def _names_site(part: str, site_names: set[str]) -> bool:
    """Whether a part of a title is the site's name, or shares most of it: "Example News" for "The Example"."""
    key = key_of(part)
    if len(key) < 4:
        return key in site_names
    return any(key == name or (key in name) or (len(name) > 3 and name in key and len(key) < len(name) + 15) for name in site_names)
