"""Check a URL, bring it to its one spelling, and give it the key by which the ledger knows it again."""

from __future__ import annotations

import contextlib
import hashlib
import re
import unicodedata
from dataclasses import replace
from urllib.parse import unquote_to_bytes

from worker.config import Settings
from worker.errors import ItemFailed
from worker.intake.redirect_url import stated_page
from worker.intake.tracking import without_amp, without_clicks, without_session
from worker.net import policy
from worker.reasons import Kind, Reason
from worker.storage.values import Entry

_TWINS = re.compile(r"(?:www\d?|m|mobile|amp|wap)\.(?=[^.]+\.[^.])")
"""First labels of a host under which sites serve the same pages; two labels at least stay."""
_AMP_PATH = re.compile(r"(?<=.)/(?:amp|amp\.html?)/?$|\.amp(?=\.html?$|$)|^/amp(?=/.)", re.IGNORECASE)
"""Where the address of an article's AMP page differs from its own."""
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
"""RFC 3986 section 2.3."""
_ESCAPES = re.compile(r"[A-Za-z]?(?:%[0-9A-Fa-f]{2})+")
"""With the letter before: an accent may follow it as an escape of its own."""


def admit(url: str, settings: Settings, kind: Kind = "article") -> Entry:
    """The ledger's entry for `url`; raises ItemFailed for a URL that is malformed or may not be fetched.

    Its address is the one spelling of the URL, or of the page that a redirector's URL states: without fragment, parameters
    that name a click or a session, default port and dot segments, with escapes normalised (RFC 3986 section 6.2.2) and text in
    NFC. The order of parameters stays: to some servers it matters. Its key is the same for its twins as well (see `identity`);
    `known_as` are the keys that versions before gave the same address.
    """
    page = stated_page(url)
    entry = _entry(page, settings, kind)
    with contextlib.suppress(ItemFailed):  # as a redirector's it was known before December 2026
        wrapped = _entry(url, settings, kind) if page != url else entry
        entry = replace(entry, known_as=tuple(sorted({*entry.known_as, *wrapped.known_as, wrapped.key} - {entry.key})))
    return entry


def _entry(url: str, settings: Settings, kind: Kind) -> Entry:
    address = policy.parse(url, settings)
    _check_fragment(url)
    path, _, query = address.target.partition("?")
    spelled = replace(address, target=_with(_normal(without_session(path)), _normal(without_clicks(query))))
    before = replace(address, target=_with(_normal(path), _normal(_without_old_tracking(query))))
    key = url_key(spelled.url) if kind == "article" else _digest(spelled.url)
    known_as = tuple(sorted({_digest(spelled.url), _digest(before.url)} - {key}))
    return Entry(spelled.url, key, spelled.place, kind, known_as)


def canonical(url: str, settings: Settings) -> str:
    """The one spelling of `url`; raises ItemFailed."""
    return admit(url, settings).url


def url_key(canonical_url: str) -> str:
    """The key of a canonical URL of an article; equal keys are one item."""
    return _digest(identity(canonical_url))


def identity(canonical_url: str) -> str:
    """What a canonical URL shares with its twins: http and https, `www.`, `m.` and none, the article and its AMP page.

    Only the key is made of it: what is fetched is the address that was given. A host on a port of its own has no twins.
    """
    rest = canonical_url.partition("://")[2]
    host, slash, target = rest.partition("/")
    if ":" in host or not slash:
        return canonical_url
    path, _, query = (slash + target).partition("?")
    path = _AMP_PATH.sub("", path) or "/"
    host = host if host[-1:].isdigit() else _TWINS.sub("", host, count=1) if _TWINS.match(host) else host
    return f"https://{host}" + _with(path, without_amp(query))


def _digest(text: str) -> str:
    """128 bits of SHA-256 as 32 hexadecimal digits: half of it halves the index, and chance needs 10^19 URLs for two alike."""
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:32]


def _with(path: str, query: str) -> str:
    return path + ("?" + query if query else "")


def _check_fragment(url: str) -> None:
    """Raises ItemFailed(BAD_URL) for a page that a site's scripts choose by what follows `#!`: no server is told of it."""
    fragment = url.partition("#")[2]
    if fragment.startswith("!") and len(fragment) > 1:
        raise ItemFailed(Reason.BAD_URL, "expected an address that a server is told, got one that is told apart after #! by scripts alone")


# fmt: off
_OLD_TRACKING = frozenset({
     "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "ttclid", "igshid", "igsh",
     "li_fat_id", "mc_cid", "mc_eid", "mkt_tok", "_ga", "_gl", "_hsenc", "_hsmi", "oly_enc_id", "oly_anon_id", "vero_id",
     "wickedid", "s_cid", "epik", "srsltid"
})
# fmt: on
"""What keys were made without until December 2026: items of that time are found by them. Never changed."""


def _without_old_tracking(query: str) -> str:
    names = ((part, part.partition("=")[0].lower()) for part in query.split("&") if part)
    return "&".join(part for part, name in names if not name.startswith("utm_") and name not in _OLD_TRACKING)


def _normal(text: str) -> str:
    """Runs of escapes that spell UTF-8 in NFC, unreserved characters bare, the rest in capitals."""
    return _ESCAPES.sub(_normal_run, text) if "%" in text else text


def _normal_run(match: re.Match[str]) -> str:
    raw = unquote_to_bytes(match.group())
    with contextlib.suppress(UnicodeDecodeError):  # another encoding (windows-874, say) keeps its bytes: the server knows them
        raw = unicodedata.normalize("NFC", raw.decode("utf-8")).encode("utf-8")
    return "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in raw)
