"""Is it an article? Home pages, listings, walls, errors and empty shells are refused, real articles never."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from worker.errors import ItemFailed
from worker.extract.sieve import is_prose
from worker.extract.structured import Said
from worker.reasons import Reason

ERROR = re.compile(
    r"\b(?:404|403|500|503)\b|(?:page|file|article|story|content) (?:was |is |has been |could )?(?:not (?:be )?found|"
    r"removed|no longer|unavailable|missing)|not found|"
    r"access denied|forbidden|(?:service|site) unavailable|under (?:construction|maintenance)|coming soon|(?:introuvable|"
    r"nicht gefunden|no encontrada)|"
    r"ไม่พบ|រកមិនឃើញ|không tìm thấy|页面不存在",
    re.IGNORECASE,
)
GUARD = re.compile(
    r"just a moment|checking your browser|are you (?:a )?(?:human|robot)|verify(?:ing)? (?:that )?you are|captcha|"
    r"enable javascript|javascript is (?:required|disabled)|"
    r"attention required|ddos protection|please wait while",
    re.IGNORECASE,
)
WALL = re.compile(
    r"(?:log|sign) ?in|subscribe|subscription|register|members? only|create (?:an )?account|cookies?|consent|partners|privacy|password|"
    r"se connecter|anmelden|เข้าสู่ระบบ|đăng nhập",
    re.IGNORECASE,
)
LISTING_PATH = re.compile(
    r"/(?:category|categories|tag|tags|topic|topics|section|search|archive|archives|author|authors|page/\d+|label)(?:/|$|\?)", re.IGNORECASE
)
OTHER_PATH = re.compile(
    r"/(?:contact|contacts|contact-us|about|about-us|privacy|terms|login|signin|register|subscribe|sitemap)/?$", re.IGNORECASE
)
SHORT = 600  # characters: errors and walls say less; the shortest real article of the three sets has 200, and no such words
BRIEF = 250  # characters: less is no article where the address already speaks against one


def check(text: str, title: str | None, url: str | None, said: Said, root: Any) -> None:
    """Raise ItemFailed(NO_TEXT | NOT_ARTICLE) where `text`, the page's main text, is no article's."""
    if not text:
        raise ItemFailed(Reason.NO_TEXT, "expected an article, came a page without a main text")
    shown = f"{title or ''} {said.title or ''}"
    if len(text) < SHORT and GUARD.search(f"{shown} {text}"):
        raise ItemFailed(Reason.NOT_ARTICLE, "expected an article, came a check of the browser")
    if len(text) < SHORT and ERROR.search(f"{shown} {text[:200]}") and not says_article(said):
        raise ItemFailed(Reason.NOT_ARTICLE, "expected an article, came an error page")
    if _is_wall(text, root) and not says_article(said):
        raise ItemFailed(Reason.NOT_ARTICLE, "expected an article, came a login or consent wall")
    if _is_index(text, url) and not says_article(said):
        raise ItemFailed(Reason.NOT_ARTICLE, "expected an article, came a home page or a listing")


def says_article(said: Said) -> bool:
    """Whether the page itself claims to be an article."""
    kinds = (said.meta("og:type") or "").lower()
    dated = said.meta("article:published_time") or any(node.get("datePublished") and node.get("headline") for node in said.nodes)
    return kinds == "article" or bool(dated)


def _is_wall(text: str, root: Any) -> bool:
    """Little text, half of its lines about logging in or agreeing, on a page that asks for a password or a choice."""
    if len(text) >= 2 * SHORT:
        return False
    lines = text.split("\n\n")
    about = sum(bool(WALL.search(line)) for line in lines)
    return about * 2 >= len(lines) and bool(root.xpath("boolean(//input[@type='password'] | //form | //button)"))


def _is_index(text: str, url: str | None) -> bool:
    """A site's front page, or an address of a listing, whose text is not sentences in a row."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return False
    lines = [line for line in text.split("\n") if line.strip()]
    cut = sum(line.rstrip("]) ").endswith(("…", "...")) for line in lines)
    if cut >= 3 and cut * 2 >= len(lines):
        return True  # the beginnings of other texts
    prose = sum(map(is_prose, lines))
    front = bool(url) and parts.path in ("", "/", "/index.html", "/index.php", "/home", "/en", "/en/", "/kh", "/th") and not parts.query
    if front or LISTING_PATH.search(parts.path):
        return prose * 2 < len(lines) or prose < 2
    return bool(OTHER_PATH.search(parts.path)) and (prose * 2 < len(lines) or len(text) < BRIEF)
