"""Authors: people, as a page names them; never the outlet, its desk or its administrator."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from worker.extract.dates import dates_in
from worker.extract.structured import Said, types_of, words_of
from worker.extract.surroundings import Surroundings

NOBODY = re.compile(
    r"^(?:the )?(?:admin(?:istrator)?\d*|super ?user|web ?master|web ?admin|editors?|editorial(?: (?:team|staff|desk|board|office))?|"
    r"news ?(?:desk|room|team|staff|editor)|staff(?: (?:writer|reporter|correspondent)s?)?|online (?:desk|team|editor)|"
    r"redaktion|redacci[oó]n|"
    r"(?:la )?r[ée]daction|redazione|guest(?: (?:author|writer|post))?|author|user|root|unknown|anonymous|contributors?|reporters?|"
    r"correspondents?|media|press(?: (?:office|release|team))?|team|agenc(?:y|ies)|wire(?: (?:reports?|services?))?|none|"
    r"null|n/?a|by|von|de|par|"
    r"developer|marketing|pr|content|writer|post(?:ed)? by|follow|read more|more|"
    r"គេហទំព័រ|អ្នកយកព័ត៌មាន|กองบรรณาธิการ|ทีมข่าว|ผู้สื่อข่าว|ban biên tập|biên tập viên)$",
    re.IGNORECASE,
)
AGENCY = re.compile(
    r"^(?:(?:the )?associated press|agence france[- ]presse|agence kampuchea presse|thomson reuters|(?:afp|ap|reuters|dpa|"
    r"apa|ansa|efe|upi|pa|"
    r"xinhua|akp|tna|bernama|vna|kyodo|yonhap|anadolu)(?: (?:news agency|news|agency))?)$",
    re.IGNORECASE,
)
"""Wire agencies: they sign instead of a person, and are never the outlet itself where it names them as author."""
DESK = re.compile(
    r"\b(?:desk|newsroom|editorial|department|ministry|office|agency|admin|newspaper|times|post|news|media|daily|herald|tribune|magazine|"
    r"redaktion|online|press|tv|radio|bureau|staff|unit|team|developer|wire|secretariat|embassy|committee|council)\b",
    re.IGNORECASE,
)
"""Words that the names of desks and outlets have and those of people lack."""
BY = re.compile(
    r"^\s*(?:(?:written|posted|reported|story|text|words|compiled|edited|report|published)\s+)?"
    r"(?:by|von|par|por|di|door|av|af|oleh|author|autor|auteur|reporter|writer|ដោយ|អ្នកនិពន្ធ|โดย|ผู้เขียน|เรื่อง|tác giả|bởi)(?:\s*[:៖：]\s*|\s+)",
    re.IGNORECASE,
)
SPLIT = re.compile(
    r"\s*(?:;|\||\n|·|•|/|、|，|,(?!\s*(?:jr|sr|md|phd|ph\.d)\b)|\s+(?:and|und|et|y|e|og|och|en|với|และ|និង)\s+|\s+&\s+|\bmit\s+)\s*",
    re.IGNORECASE,
)
AFTER = re.compile(r"\s*(?:\(.*|\[.*|<.*|(?:\bin|\baus|\bfrom|\bfor|\bà|\bat)\s+[A-Z].*|[–—-]\s.*)$")
"""What follows a name in a byline: an initialism in brackets, a place, an outlet."""
TAIL = re.compile(r"\s*(?:기자|記者)$|\s*(?:\b(?:on|at|updated|published|posted)\b\s.*|\d.*)$", re.IGNORECASE)
SLUG = re.compile(r"^[a-z]+(?:[-_.][a-z]+){1,3}$")
NAME = re.compile(
    r"^(?:[^\W\d_a-z][\w.'’\-]*|(?:de|da|di|van|von|der|den|bin|al|el|la|le|du|dos|y|ter|ten|zu|of)\b)(?:\s+(?:[^\W\d_a-z][\w.'’\-]*|"
    r"(?:de|da|di|van|von|der|den|bin|al|el|la|le|du|dos|y|ter|ten|zu)\b))+$|^[^\x00-\x1f!-\u024f]{2,30}$"
)
"""Two or more words that begin like names; or any short text in a script without capitals."""
DATED = re.compile(
    r"\s*(?:[|•·–—,(]\s*)?(?=\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\d{1,2}\D|publi|posted|updated|ថ្ងៃ|วัน)", re.IGNORECASE
)
"""Where a byline goes over into its date."""
MAX_NAME = 50  # characters; longer ones are sentences
MAX_WORDS = 6
MAX_BYLINE = 150  # characters: a line of names, not a biography
MAX_AUTHORS = 20
METAS = (
    "author", "article:author", "dc.creator", "dcterms.creator", "citation_author", "byl", "parsely-author", "sailthru.author",
    "dcsext.author", "cxenseparse:author", "article:author_name", "twitter:misc:written by", "authors", "byline",
)  # fmt: skip
APART = ("nav", "footer", "aside")
"""Where other articles' authors are listed."""
MARKUP = (
    "//*[@itemprop='author' or @rel='author' or contains(concat(' ', @rel, ' '), ' author ')]",
    "//*[contains(@class, 'byline') or contains(@class, 'Byline')]//a[contains(@href, 'auth') or contains(@href, 'profile')]",
    "//a[contains(@href, '/author/') or contains(@href, '/authors/') or contains(@href, '/autor') or contains(@href, '/auteur')]",
    "//*[contains(@class, 'author-name') or contains(@class, 'author_name') or contains(@class, 'author__name') or "
    "contains(@class, 'authorName')]",
    "//*[self::span or self::p or self::div or self::li or self::a or self::address][contains(@class, 'byline') or "
    "contains(@class, 'author')]",
)
"""Where pages show their authors, the surest first."""


def authors_of(root: Any, said: Said, sites: set[str]) -> list[str]:
    """Names in the order of the page; empty where it names nobody. `sites`: the site's own names, squeezed."""
    for source in _stated(said):
        names = people_in(source, sites)
        if names:
            return names
    for path in MARKUP:
        names = [name for name in people_in(_shown(root, path), sites) if NAME.match(name)]
        if names:
            return names
    return []


def _stated(said: Said) -> Iterator[list[str]]:
    yield [name for node in said.articles[:1] for name in _named(node.get("author") or node.get("creator"), said)]
    for name in METAS:
        yield said.metas.get(name, [])
    label, value = said.meta("twitter:label1"), said.meta("twitter:data1")
    yield [value] if value and label and "by" in label.lower() else []


def _named(value: Any, said: Said) -> list[str]:
    """The names in a JSON-LD `author`: people, also by reference and in parts; the outlet's own organisation is no author."""
    if isinstance(value, list):
        return [name for item in value[:MAX_AUTHORS] for name in _named(item, said)]
    if not isinstance(value, dict):
        return words_of(value or [])
    if "name" not in value and "@id" in value:
        value = next((node for node in said.nodes if node.get("@id") == value["@id"] and "name" in node), value)
    parts = [str(value.get(key)) for key in ("givenName", "familyName") if value.get(key)]
    names = words_of(value.get("name") or []) or ([" ".join(parts)] if parts else [])
    return [name for name in names if AGENCY.match(name)] if "Organization" in " ".join(types_of(value)) else names


def _shown(root: Any, path: str) -> list[str]:
    """The texts of the first elements at `path` that stand together: an article's authors, not those of its neighbours."""
    found = [e for e in root.xpath(path)[: 2 * MAX_AUTHORS] if not any(outer.tag in APART for outer in e.iterancestors())]
    line = found[0].getparent() if found else None
    texts = [
        " ".join(e.text_content().split())
        for e in found
        if e.getparent() is line and e.find(".//script") is None and e.find(".//style") is None
    ]
    return [text for text in texts if len(text) <= MAX_BYLINE]


def signed(around: Surroundings, sites: set[str]) -> list[str]:
    """The names in a line beside the text that begins with "by", or that gives a name and a date."""
    for line in [*around.over, *around.before, *around.under]:
        if len(line) <= MAX_BYLINE and (BY.match(line) or is_name_and_date(line)):
            names = [name for name in people_in([DATED.split(line)[0]], sites) if NAME.match(name)]
            if names:
                return names
    return []


def is_name_and_date(line: str) -> bool:
    """Whether a line is a name, a bar or a dot, and a date."""
    first, *rest = re.split(r"\s*[|•·]\s*", line)
    return bool(rest) and NAME.match(first.strip()) is not None and bool(dates_in(" ".join(rest)))


def people_in(words: list[str], sites: set[str]) -> list[str]:
    """The names in what sources call authors: parted, freed of "by", of addresses and of those who are nobody."""
    names: dict[str, str] = {}
    for word in words[:MAX_AUTHORS]:
        plain = html.unescape(word[:500]).strip()
        if "://" in plain or "www." in plain or plain.startswith(("@", "(")):
            continue
        for part in SPLIT.split(BY.sub("", plain)):
            name = _name(part, sites)
            if name:
                names.setdefault(name.casefold(), name)
    return list(names.values())[:MAX_AUTHORS]


def _name(part: str, sites: set[str]) -> str | None:
    name = TAIL.sub("", AFTER.sub("", BY.sub("", " ".join(part.split())))).strip(" .,:;|-–—@*_()")
    if SLUG.match(name):
        name = re.sub(r"[-_.]", " ", name).title()
    if AGENCY.match(name):
        return name
    if not 2 <= len(name) <= MAX_NAME or len(name.split()) > MAX_WORDS or "@" in part:
        return None
    if NOBODY.match(name) or DESK.search(name) or _is_site(name, sites):
        return None
    return name if any(map(str.isalpha, name)) else None


def _is_site(name: str, sites: set[str]) -> bool:
    """Whether the name is the outlet's: the same letters, or one within the other."""
    key = re.sub(r"\W", "", name).casefold()
    return any(key == site or (len(site) > 3 and site in key) or (len(key) > 5 and key in site) for site in sites)
