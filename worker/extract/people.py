"""Authors: people, as a page names them; never the outlet, its desk or its administrator."""

from __future__ import annotations

import re
from typing import Any

from worker.extract.structured import Said, words_of

NOBODY = re.compile(
    r"^(?:admin(?:istrator)?\d*|super ?user|web ?master|editor(?:s|ial)?(?: team| desk| board)?|news ?(?:desk|room)|"
    r"staff(?: (?:writer|reporter)s?)?|"
    r"redaktion|redacción|rédaction|la rédaction|guest|author|user|root|unknown|anonymous|contributors?|reporters?|media|press|"
    r"team|agencies|agency|none|null|n/a|by|von|de|par)$",
    re.IGNORECASE,
)
BY = re.compile(
    r"^\s*(?:(?:written |posted |reported |story |text |words )?by|von|par|por|di|door|av|af|author|autor|auteur|ដោយ|โดย)\s*:?\s+",
    re.IGNORECASE,
)
SPLIT = re.compile(r"\s*(?:;|\||\n|,(?!\s*(?:jr|sr|md|phd|ph\.d)\b)|\s+(?:and|und|et|y|e|og|och)\s+|\s+&\s+)\s*", re.IGNORECASE)
MAX_NAME = 60  # characters; longer ones are sentences
MAX_AUTHORS = 20


def authors_of(root: Any, said: Said, site: str | None) -> list[str]:
    """Names in the order of the page; empty where it names nobody."""
    for source in (_from_nodes(said), _from_metas(said), _from_markup(root)):
        names = people_in(source, site)
        if names:
            return names
    return []


def _from_nodes(said: Said) -> list[str]:
    for node in said.articles:
        words = words_of(node.get("author") or node.get("creator") or [])
        if words:
            return words
    return []


def _from_metas(said: Said) -> list[str]:
    for name in (
        "author",
        "article:author",
        "dc.creator",
        "parsely-author",
        "sailthru.author",
        "byl",
        "cxenseparse:author",
        "twitter:data1",
    ):
        if name in said.metas and name != "twitter:data1":
            return said.metas[name]
    return []


def _from_markup(root: Any) -> list[str]:
    found = root.xpath(
        "//*[@itemprop='author'] | //a[contains(concat(' ', @rel, ' '), ' author ')] | //*[contains(@class, 'byline')]"
        " | //*[contains(@class, 'author-name')] | //*[contains(@class, 'author_name')]"
    )
    return [" ".join(e.text_content().split()) for e in found[:3]][:1]


def people_in(words: list[str], site: str | None) -> list[str]:
    """The names in what sources call authors: parted, freed of "by", of addresses and of those who are nobody."""
    names: dict[str, str] = {}
    for word in words:
        for part in SPLIT.split(BY.sub("", word.strip())):
            name = _name(part, site)
            if name:
                names.setdefault(name.casefold(), name)
    return list(names.values())[:MAX_AUTHORS]


def _name(part: str, site: str | None) -> str | None:
    name = BY.sub("", " ".join(part.split())).strip(" .,:;|-–—@")
    if not 2 <= len(name) <= MAX_NAME or "://" in name or "@" in name or NOBODY.match(name):
        return None
    if site and re.sub(r"\W", "", name).casefold() == re.sub(r"\W", "", site).casefold():
        return None
    return name if any(map(str.isalpha, name)) and not re.search(r"\d{2}", name) else None
