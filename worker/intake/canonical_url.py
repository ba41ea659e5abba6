"""Check a URL, bring it to its one spelling, and give it the key by which the ledger knows it again."""

from __future__ import annotations

import contextlib
import hashlib
import re
import unicodedata
from dataclasses import replace
from urllib.parse import unquote_to_bytes

from worker.config import Settings
from worker.messages import Kind
from worker.net import policy
from worker.storage.values import Entry

# fmt: off
TRACKING = frozenset({
     "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "ttclid", "igshid", "igsh",
     "li_fat_id", "mc_cid", "mc_eid", "mkt_tok", "_ga", "_gl", "_hsenc", "_hsmi", "oly_enc_id", "oly_anon_id", "vero_id",
     "wickedid", "s_cid", "epik", "srsltid"
})
# fmt: on
"""Parameters that name a click and never a page: of Google, Meta, Microsoft, Yandex, X, TikTok, LinkedIn,
Mailchimp, Marketo, HubSpot, Omeda, Vero, Adobe and Pinterest; `utm_*` goes by its prefix."""


_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
"""RFC 3986 section 2.3."""
_ESCAPES = re.compile(r"[A-Za-z]?(?:%[0-9A-Fa-f]{2})+")
"""With the letter before: an accent may follow it as an escape of its own."""


def admit(url: str, settings: Settings, kind: Kind = "article") -> Entry:
    """The ledger's entry for `url`; raises ItemFailed for a URL that is malformed or may not be fetched.

    Its address is the URL's one spelling: without fragment, tracking parameters, default port and dot segments,
    with escapes normalised (RFC 3986 section 6.2.2) and text in NFC. The order of parameters stays: to some
    servers it matters.
    """
    address = policy.parse(url, settings)
    path, _, query = address.target.partition("?")
    query = _without_tracking(query)
    spelled = replace(address, target=_normal(path) + ("?" + _normal(query) if query else ""))
    return Entry(spelled.url, url_key(spelled.url), spelled.place, kind)


def canonical(url: str, settings: Settings) -> str:
    """The one spelling of `url`; raises ItemFailed."""
    return admit(url, settings).url


def url_key(canonical_url: str) -> str:
    """The key of a canonical URL: 128 bits of its SHA-256 as 32 hexadecimal digits; equal keys are one item.

    Half of SHA-256 halves the index, and chance needs 10^19 URLs for two alike.
    """
    return hashlib.sha256(canonical_url.encode("ascii")).hexdigest()[:32]


def _without_tracking(query: str) -> str:
    return "&".join(part for part in query.split("&") if part and not _tracks(part.partition("=")[0].lower()))


def _tracks(name: str) -> bool:
    return name.startswith("utm_") or name in TRACKING


def _normal(text: str) -> str:
    """Runs of escapes that spell UTF-8 in NFC, unreserved characters bare, the rest in capitals."""
    return _ESCAPES.sub(_normal_run, text) if "%" in text else text


def _normal_run(match: re.Match[str]) -> str:
    raw = unquote_to_bytes(match.group())
    with contextlib.suppress(UnicodeDecodeError):  # another encoding (windows-874, say) keeps its bytes: the server knows them
        raw = unicodedata.normalize("NFC", raw.decode("utf-8")).encode("utf-8")
    return "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in raw)
