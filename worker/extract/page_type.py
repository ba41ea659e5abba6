"""Refuse pages that are not articles: home pages, listings, consent walls and paywalls, error pages and empty pages."""

from __future__ import annotations

import unicodedata
from collections import Counter
from itertools import dropwhile, islice, pairwise, takewhile

from lxml import html

from worker.errors import ItemFailed
from worker.extract.page.addresses import parts_of
from worker.extract.page.elements import Element
from worker.extract.page.structured_data import StructuredData
from worker.extract.words.languages import pattern
from worker.extract.words.sentences import is_prose
from worker.reasons import Reason

_GONE = (
    r"\b(?:page|file|article|story|content|url|post|link|resource)\b (?:you .{3,40} )?(?:was |is |has been |could |can|does |doesn['’]t )?"
    r"(?:(?:not )?(?:be )?found|['’]t be found|not exist|exist|removed|no longer|unavailable|missing)|"
    r"\b(?:service|(?:web)?site|server|portal)\b.{0,30}\b(?:unavailable|under (?:construction|maintenance)|undergoing .{0,20}maintenance)|"
    r"(?:not |un)available in your (?:country|region)|access this (?:web)?site from a country|nothing was found at this|"
    r"<missing>"
)
ERROR = pattern(_GONE)
"""The text of error pages."""
ERROR_TITLE = pattern(
    rf"{_GONE}|(?:^|[|–—:-] ?)\W*(?:error\W{{0,3}})?(?:404|403|451|500|503)"
    r"(?=\W*(?:$|error|not|page|file|forbidden|access|internal|service|unavailable|oops))|\b404\W{{0,3}}(?:error|not found)|"
    r"(?:^|[|–—-] )(?:not found|nothing found|access denied|forbidden|coming soon|under (?:construction|maintenance)|maintenance|oops)\b|"
    r"^(?:410 )?gone$|^welcome to nginx|^apache2? .{0,20}default page|^it works!|^test page for the|\baccount suspended$|"
    r"we['’]ll be (?:right )?back|<missing_title>"
)
"""The titles of error pages."""
BROWSER_CHECK = pattern("<browser_check>")
WALL = pattern("<wall>")
LOGIN = pattern("^<login>")
"""The titles of login pages."""
MORE = pattern("^<more>")
"""Links below the beginning of another article."""
PAGES = pattern(r"<pages>|^\d+ ?/ ?\d+$")
LISTINGS = frozenset({
    "category", "categories", "tag", "tags", "topic", "topics", "section", "search", "author", "authors", "label",
})  # fmt: skip
"""Parts of the addresses of listings."""
ARCHIVES = ("archive", "archives")
"""Parts of the addresses of listings, where nothing but numbers and IN_ARCHIVES follows."""
IN_ARCHIVES = ("page", "date", "index")
YEAR_LENGTH = 4  # digits
OTHER_PAGES = frozenset({
    "contact", "contacts", "contact-us", "about", "about-us", "privacy", "terms", "login", "signin", "register", "subscribe", "sitemap",
})  # fmt: skip
"""Last parts of the addresses of pages about the site."""
FRONTS = ("", "/index.html", "/index.php", "/home", "/en", "/kh", "/km", "/th", "/vi", "/lo")
SHORT = 600  # characters: error pages and walls have less; the shortest article of the three sets has 200, and no such words
ARTICLE_SENTENCES = 3  # paragraphs of a short article that tells of such words: walls and error pages have one or two
SOME = 3  # items of a list, at least
MANY = 5  # summaries below linked headlines, from which a page with the address of a section and nothing else is a listing
SECTION_WORDS, NUMBER = 2, 3  # words of each part of a section's address, and digits of the number of a page, at most
FEW_SENTENCES = 20  # lines: a listing shows no more summaries than that, and long round-ups are articles
MAX_HEADINGS = 500  # headings or links: a front page shows its first summaries among these
REACH = 4  # elements after an item's heading: a date and a picture may come between it and its summary
MENU_LINKS, MENU_SHARE = 20, 0.9
"""So many links hold such a share of a menu's text; two of 1,697 pages with an article are like that, and both say what they are."""
MENU_REACH = 20_000  # characters and 2,000 links: enough to know a menu by, and 10 ms to look for them
SAME_SHARE, SAME_REACH = 0.5, 20_000
"""Share of one character beyond ASCII among a text's first ones: in prose of any script the most frequent has a fifth at most."""
BRIEF = 250  # characters: less is not an article where the address indicates another type of page


def require_article(text: str, title: str | None, url: str | None, data: StructuredData, root: Element | None) -> None:
    """Raise ItemFailed(NO_TEXT | DECODE | NOT_ARTICLE) where `text`, the page's main text, is not an article's. `root`: None for a flat
    text, which is judged by its words and its address alone."""
    if not text:
        raise ItemFailed(Reason.NO_TEXT, "expected an article, got a page without a main text")
    _require_characters(text)
    root = html.Element("html") if root is None else root
    titles = f"{title or ''} {data.title or ''}"
    brief = len(text) < SHORT and sum(map(is_prose, text.split("\n"))) < ARTICLE_SENTENCES
    if brief and BROWSER_CHECK.search(f"{titles} {text}"):
        raise ItemFailed(Reason.NOT_ARTICLE, "expected an article, got a check of the browser")
    if claims_article(data):
        if _is_front(url) and not _is_stated_date(data) and _is_listing(text, url, root):  # which inherits the type of its articles
            raise ItemFailed(Reason.NOT_ARTICLE, "expected an article, got a home page")
        return
    if brief and (any(map(ERROR_TITLE.search, filter(None, (title, data.title)))) or ERROR.search(text[:200])):
        raise ItemFailed(Reason.NOT_ARTICLE, "expected an article, got an error page")
    if _is_wall(text, root) or _is_login(text, title or "", root):
        raise ItemFailed(Reason.NOT_ARTICLE, "expected an article, got a login page or consent wall")
    if len(text) < BRIEF and not any(map(is_prose, text.split("\n"))):
        raise ItemFailed(Reason.NO_TEXT, "expected an article, got words without a sentence")
    if _is_index(text, url) or _is_listing(text, url, root):
        raise ItemFailed(Reason.NOT_ARTICLE, "expected an article, got a home page or a listing")
    if _is_menu(text, title or "", root):
        raise ItemFailed(Reason.NOT_ARTICLE, "expected an article, got a menu: nearly all of its text is in links")


def _require_characters(text: str) -> None:
    """Raise ItemFailed(NO_TEXT | DECODE) for one character again and again, among which a few others may stand: bytes that are no text.

    Marks upon letters do not count: whatever stands on a letter of a headline, the article below it is one.
    """
    shown = "".join(text[:SAME_REACH].split())
    plain = shown.encode("ascii", "ignore")
    if len(shown) - len(plain) < SAME_SHARE * len(plain) and plain.strip(plain[:1]):
        return  # most texts: two characters of ASCII at least, and no other can have its share
    counts = Counter(shown)
    letters = Counter({character: count for character, count in counts.items() if unicodedata.category(character)[0] != "M"}) or counts
    character, count = letters.most_common(1)[0]
    if len(letters) > 1 and (character.isascii() or count < SAME_SHARE * letters.total()):
        return
    if character == "\ufffd":
        raise ItemFailed(Reason.DECODE, "expected text, got bytes that no charset turns into text")
    raise ItemFailed(Reason.NO_TEXT, "expected an article, got one character again and again")


def claims_article(data: StructuredData) -> bool:
    """Whether the page states that it is an article: in its Open Graph type, or with a date of publication."""
    return (data.meta("og:type") or "").lower() == "article" or _is_stated_date(data)


def _is_stated_date(data: StructuredData) -> bool:
    """Whether the page states a date of publication."""
    return bool(data.meta("article:published_time")) or any(node.get("datePublished") and node.get("headline") for node in data.nodes)


def _is_wall(text: str, root: Element) -> bool:
    """Whether a short text is a wall: half of its lines are about login or consent, and the page has a form or a button."""
    if len(text) >= 2 * SHORT:
        return False
    lines = text.split("\n\n")
    sentences = list(filter(is_prose, lines)) or lines
    halves = [2 * sum(bool(WALL.search(line)) for line in some) >= len(some) for some in (lines, sentences)]
    if len(text) < SHORT and all(map(WALL.search, lines)):
        return True  # it has nothing else
    controls = "//input[@type='password']" if not halves[0] else "//input[@type='password'] | //form | //button"
    return any(halves) and bool(root.xpath(f"boolean({controls})"))


def _is_login(text: str, title: str, root: Element) -> bool:
    """Whether a short text has the title of a login page, and the page has a field for a password or an e-mail address."""
    return (
        len(text) < 2 * SHORT
        and LOGIN.search(title) is not None
        and bool(root.xpath("boolean(//input[@type='password' or @type='email'])"))
    )


def _is_listing(text: str, url: str | None, root: Element) -> bool:
    """Whether the sentences are summaries under linked headings: half of them on a front page; all of them on other pages, which
    also have "Read more" links or page numbers, or many summaries and the address of a section."""
    kept = {line for line in text.split("\n") if line.strip()}
    prose = sum(map(is_prose, kept))
    if prose > FEW_SENTENCES:
        return False
    front = _is_front(url) or _is_listing_path(parts_of(url).path)
    heads = root.iter(*(("a",) if front else ("h1", "h2", "h3", "h4")))
    summarised = sum(_summary(head, kept) is not None for head in islice(heads, MAX_HEADINGS))
    if summarised >= SOME and summarised * (2 if front else 1) >= prose and (front or _has_more(root)):
        return True
    if front or prose < MANY or not _is_section_path(parts_of(url).path):
        return False
    summaries = {_summary(link, kept) or "" for link in islice(root.iter("a"), MAX_HEADINGS)}
    return sum(map(is_prose, summaries)) >= prose


def _is_section_path(path: str) -> bool:
    """Whether an address's path may be that of a section: a few words without a digit, where articles have their title or a number."""
    parts = path.strip("/").split("/")
    words = [part.replace("_", "-").split("-") for part in parts]
    return parts != [""] and not any(map(str.isdigit, path)) and max(map(len, words)) <= SECTION_WORDS


def _is_dated(part: str) -> bool:
    """Whether a part of an address is a year, a month or a day; longer numbers are those of articles."""
    return part.isdecimal() and len(part) <= YEAR_LENGTH


def _is_listing_path(path: str) -> bool:
    """Whether an address's path is that of a listing: of a section, a tag, a writer, an archive or a further page."""
    parts = path.lower().strip("/").split("/")
    after = list(dropwhile(lambda part: part not in ARCHIVES, parts))
    numbered = any(part == "page" and number.isdecimal() for part, number in pairwise(parts))
    archive = bool(after) and all(_is_dated(part) or part in IN_ARCHIVES for part in after[1:])
    return numbered or archive or not LISTINGS.isdisjoint(parts)


def _summary(head: Element, kept: set[str]) -> str | None:
    """The summary among the lines `kept` that a heading or link to another page has: inside the link, after it, or after an element that
    holds only the heading."""
    link = next((one for one in (head, head.getparent(), head.find(".//a")) if one is not None and one.tag == "a"), None)
    if link is None or (link.get("href") or "").startswith("#"):
        return None
    alone = [head, *takewhile(lambda outer: len(outer) == 1, islice(head.iterancestors(), 2))]
    after = [other for outer in alone for other in islice(outer.itersiblings(), REACH)]
    texts = (" ".join(other.text_content().split()) for other in [*islice(link.iterdescendants(), 2 * REACH), *after])
    return next(filter(kept.__contains__, texts), None)


def _is_menu(text: str, title: str, root: Element) -> bool:
    """Whether nearly all of the text stands in links that lead elsewhere; the first of them may have been taken for the title."""
    start = f"{title}\n{text[:MENU_REACH]}"
    links = (link for link in islice(root.iter("a"), MENU_REACH // 10) if not (link.get("href") or "").startswith("#"))
    shown = {" ".join((link.text_content() if len(link) else link.text or "").split()) for link in links} - {""}
    least = MENU_SHARE * _size(start)
    if len(shown) < MENU_LINKS or sum(map(_size, shown)) < least:
        return False  # most articles are longer than all links together, which need not be looked for
    linked = [words for words in shown if words in start]
    return len(linked) >= MENU_LINKS and sum(map(_size, linked)) >= least


def _size(text: str) -> int:
    """Characters but for white space."""
    return len("".join(text.split()))


def _has_more(root: Element) -> bool:
    """Whether at least two links say "Read more" or are the numbers of pages, or the page is one of several numbered ones."""
    links = [link.text_content().strip() for link in root.iter("a")]
    more = sum(MORE.match(words) is not None for words in links)
    numbers = {words for words in links if len(words) <= NUMBER and words.isdecimal()}
    return max(more, len(numbers)) >= SOME - 1 or any(PAGES.search(element.text or "") for element in root.iter("p", "span", "li", "div"))


def _is_front(url: str | None) -> bool:
    """Whether an address is that of a site's front page."""
    parts = parts_of(url)
    return any(parts) and parts.path.rstrip("/") in FRONTS and not parts.query


def _is_index(text: str, url: str | None) -> bool:
    """Whether a text consists of beginnings of others, or has few sentences and the address of a front page or a listing."""
    lines = [line for line in text.split("\n") if line.strip()]
    cut = sum(line.rstrip("]) ").endswith(("…", "...")) for line in lines)
    if cut >= 3 and cut * 2 >= len(lines):
        return True  # the beginnings of other articles
    path, prose = parts_of(url).path, sum(map(is_prose, lines))
    if _is_front(url) or _is_listing_path(path):
        return prose * 2 < len(lines) or prose < 2
    return path.lower().removesuffix("/").rpartition("/")[2] in OTHER_PAGES and (prose * 2 < len(lines) or len(text) < BRIEF)
