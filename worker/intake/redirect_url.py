"""Find the page in the address of a redirector: search alerts, mail filters and networks wrap every link in one of their own.

Their robots.txt often refuses machines, and one article gets an address for each of them. Facts from the redirections that
ClearURLs and AdGuard list, and from the mail of Google Alerts and Microsoft's Safe Links (looked at in December 2026). Wrappers
that hide the page in a code (Google News, bit.ly) are fetched like any page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, unquote, urlsplit

DEEPEST = 4
"""Redirectors within one another: a mail filter around an alert around a network's."""
_PARAMETERS: dict[str, dict[str, tuple[str, ...]]] = {
    "google.": {"/url": ("url", "q")},
    "l.facebook.com": {"/l.php": ("u",)},
    "lm.facebook.com": {"/l.php": ("u",)},
    "www.facebook.com": {"/l.php": ("u",), "/flx/warn": ("u",)},
    "l.instagram.com": {"": ("u",)},
    ".safelinks.protection.outlook.com": {"": ("url",)},
    "statics.teams.cdn.office.net": {"/evergreen-assets/safelinks": ("url",)},
    "www.bing.com": {"/news/apiclick.aspx": ("url",)},
    "duckduckgo.com": {"/l": ("uddg",)},
    "t.umblr.com": {"/redirect": ("z",)},
    "out.reddit.com": {"": ("url",)},
    "www.youtube.com": {"/redirect": ("q",)},
    "www.linkedin.com": {"/redir/redirect": ("url",), "/safety/go": ("url",)},
    "slack-redir.net": {"/link": ("url",)},
    "vk.com": {"/away.php": ("to",)},
    "away.vk.com": {"/away.php": ("to",)},
    "urldefense.proofpoint.com": {"/v1/url": ("u",)},
}
"""By host, or by its beginning or end where that has a dot: the beginning of a path, and the parameters that may hold the page."""
_AMP_CACHES = ("/amp/s/", "/c/s/", "/v/s/", "/amp/", "/c/", "/v/")
"""How the path of a page in Google's AMP viewer or AMP cache begins; `s` stands for https."""
_AMP_MARKS = ("/amp/", ".ampproject.org/")
_PROOFPOINT = re.compile(r"/v3/__(?P<page>.+?)__;(?P<replaced>[^!]*)!")
"""The third form of Proofpoint's addresses; characters that it took out stand, encoded, behind the semicolon."""


def stated_page(url: str) -> str:
    """The address of the page that a redirector's address states; any other address as it is. Raises nothing."""
    for _ in range(DEEPEST):
        page = _page(url)
        if page is None:
            break
        url = page
    return url


def _page(url: str) -> str | None:
    if url.count("http") < 2 and not any(mark in url for mark in _AMP_MARKS):  # most addresses
        return None
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").lower().rstrip(".")
        if parts.scheme.lower() not in ("http", "https") or parts.username is not None:
            return None
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        found = [*_of_amp(host, target), *_of_proofpoint(host, target), *_of_parameters(host, parts.path, parts.query)]
    except ValueError:
        return None
    return next((one for one in found if one.startswith(("http://", "https://"))), None)


def _of_parameters(host: str, path: str, query: str) -> Iterable[str]:
    names = next((paths for wrapper, paths in _PARAMETERS.items() if _is_host(host, wrapper)), {})
    wanted = next((wanted for start, wanted in names.items() if f"{path.rstrip('/')}/".startswith(f"{start}/")), ())
    held = dict(reversed(parse_qsl(query))) if wanted else {}
    return [held[name] for name in wanted if name in held]


def _is_host(host: str, wrapper: str) -> bool:
    """Whether a host is that of the table; `google.` is Google in any country, and ends where a country's part of the name does."""
    if wrapper.endswith("."):
        rest = host.removeprefix("www.").removeprefix(wrapper)
        return rest != host.removeprefix("www.") and len(rest) <= len("com.kh") and all(2 <= len(part) <= 3 for part in rest.split("."))
    return host == wrapper or (wrapper.startswith(".") and host.endswith(wrapper))


def _of_amp(host: str, target: str) -> Iterable[str]:
    """The page in Google's AMP viewer and AMP cache, whose host has nothing but letters, digits and hyphens before the cache's."""
    viewer = _is_host(host, "google.") and target.startswith("/amp/")
    if not viewer and not host.endswith(".cdn.ampproject.org"):
        return
    start = next((start for start in _AMP_CACHES if target.startswith(start)), None)
    if start is not None and "." in target.removeprefix(start).partition("/")[0]:
        yield f"http{'s' if start.endswith('s/') else ''}://{target.removeprefix(start)}"


def _of_proofpoint(host: str, target: str) -> Iterable[str]:
    """The page in an address of Proofpoint's second and third form; none where the third took characters out of it."""
    path, _, query = target.partition("?")
    if host == "urldefense.proofpoint.com" and path == "/v2/url":
        yield unquote(dict(parse_qsl(query)).get("u", "").replace("-", "%").replace("_", "/"))
    if host == "urldefense.com" and (match := _PROOFPOINT.match(target)) and not match["replaced"]:
        yield match["page"]
