"""The title: what the page calls its article, without the site's name."""

from __future__ import annotations

import re
from typing import Any

from worker.extract.structured import Said, words_of

MAX_TITLE = 1000  # characters; the longest honest headline has a few hundred
SEPARATORS = re.compile(r"\s+[|\-–—•·»«:/~]+\s+|\s*\|\s*")
NO_TITLE = re.compile(
    r"^(?:press release|news release|media release|press statement|statement|news|home|untitled|document|article|blog|communiqué|"
    r"សេចក្តីប្រកាសព័ត៌មាន|ข่าวประชาสัมพันธ์|latest news|[\w\-]+\.(?:pdf|docx?|jpe?g|png)|(?:scan|img|doc|dsc)[\W_]*\d+)\W*$",
    re.IGNORECASE,
)
"""Words over an article that are no headline: a form's name, a section, a scan's file name."""


def title_of(root: Any, said: Said) -> str | None:
    """The headline: the first statement that is one, in the order in which they proved right."""
    site = said.meta("og:site_name")
    for candidate in _candidates(root, said):
        title = without_site(" ".join(candidate.split()), site)
        if title and not NO_TITLE.match(title):
            return title[:MAX_TITLE]
    return None


def _candidates(root: Any, said: Said) -> list[str]:
    headings = [" ".join(h.text_content().split()) for h in root.iter("h1")]
    stated = [word for node in said.articles for word in words_of(node.get("headline") or node.get("name"))[:1]]
    metas = [said.meta("og:title"), said.meta("twitter:title"), said.meta("headline", "dc.title", "title")]
    page = said.title or ""
    # A single heading that the page's own title repeats is the headline as readers see it.
    shown = [h for h in headings if h and _same_start(h, page)]
    return [c for c in [*shown[:1], *stated[:1], *metas, *headings[:1], page] if c]


def _same_start(heading: str, title: str) -> bool:
    one, other = (re.sub(r"\W+", "", text).casefold() for text in (heading, title))
    return len(one) > 8 and one in other


def without_site(title: str, site: str | None) -> str:
    """`title` without a last (or first) part that names the site."""
    parts = SEPARATORS.split(title)
    if len(parts) < 2:
        return title
    key = _key(site or "")
    if key and _key(parts[-1]) == key:
        return title[: title.rindex(parts[-1])].rstrip(" |-–—•·»«:/~")
    if key and _key(parts[0]) == key:
        return title[len(parts[0]) :].lstrip(" |-–—•·»«:/~")
    return title


def _key(name: str) -> str:
    return re.sub(r"\W+|^the\b", "", name.casefold())
