"""Keep the cookies of one fetch, for the redirects that need the cookie they have just set."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from worker.net.url import Address

MOST = 20
"""Cookies that are sent to one host."""
_PAIR = re.compile(r"[ \t]*([!-:<>-~]{1,256})[ \t]*=([ -:<-~]{0,4000})(?:;|$)")
"""A name and a value of printable ASCII without the semicolon, so that nothing else can come into our own header."""
_ATTRIBUTE = re.compile(r";[ \t]*([A-Za-z-]+)[ \t]*(?:=([^;]*))?")
_ENDED = re.compile(r"0+|-[0-9]+")


@dataclass(frozen=True, slots=True)
class Cookie:
    """What is sent back, and to which paths."""

    value: str
    path: str
    secure: bool

    def suits(self, address: Address) -> bool:
        """Whether a request to `address` carries it (RFC 6265 section 5.1.4)."""
        path = address.target.partition("?")[0]
        inside = path == self.path or path.startswith(self.path.removesuffix("/") + "/")
        return inside and (not self.secure or address.scheme == "https")


class Cookies:
    """The cookies of one fetch; each goes back only to the host that set it, whatever its Domain says, and to no other port.

    The usual ports of http and https count as one, since sites that change to https set their cookie before.
    """

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, Cookie]] = {}

    def take(self, address: Address, fields: tuple[str, ...]) -> None:
        """Keeps what an answer of `address` sets; not a `Secure` one over http, nor one for another domain or that has ended."""
        for field in fields:
            found = _PAIR.match(field)
            if found is None:
                continue
            stated = {name.lower(): value.strip() for name, value in _ATTRIBUTE.findall(field, found.end(2))}
            secure = "secure" in stated
            if (secure and address.scheme != "https") or not _is_own(stated.get("domain", ""), address.host):
                continue
            jar = self._kept.setdefault(_site(address), {})
            jar.pop(found[1], None)
            if not _has_ended(stated) and len(jar) < MOST:
                path = stated.get("path", "")
                jar[found[1]] = Cookie(found[2].strip(), path if path.startswith("/") else "/", secure)

    def header(self, address: Address) -> dict[str, str]:
        """The field of a request to `address`; none where nothing is kept for it."""
        jar = self._kept.get(_site(address), {})
        pairs = [f"{name}={cookie.value}" for name, cookie in jar.items() if cookie.suits(address)]
        return {"Cookie": "; ".join(pairs)} if pairs else {}


def _site(address: Address) -> str:
    return address.host if address.netloc.strip("[]") == address.host else address.netloc


def _is_own(domain: str, host: str) -> bool:
    """Whether a host may set a cookie for this domain: for itself, or for one that it belongs to."""
    domain = domain.removeprefix(".").lower()
    return not domain or host == domain or host.endswith("." + domain)


def _has_ended(stated: dict[str, str]) -> bool:
    """Whether the cookie is taken back: by `Max-Age`, which counts first, or by a date in the past."""
    if "max-age" in stated:
        return _ENDED.fullmatch(stated["max-age"]) is not None
    try:
        expires = parsedate_to_datetime(stated.get("expires", "")[:64])
    except (ValueError, TypeError, OverflowError, IndexError):
        return False
    return expires.replace(tzinfo=expires.tzinfo or UTC) <= datetime.now(UTC)
