"""Keep the cookies of one fetch, for the redirects that need the cookie they have just set."""

from __future__ import annotations

import re

from worker.net.url import Address

MOST = 20
"""Cookies that are sent to one host."""
_PAIR = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,256})=([ -:<-~]{0,4000})(?:;|$)")
"""A token, and printable ASCII without the semicolon (browsers take this much), so that nothing else can come into our own header."""
_GONE = re.compile(r";\s*max-age\s*=\s*(?:0\b|-)", re.IGNORECASE)
_SECURE = re.compile(r";\s*secure\b", re.IGNORECASE)


class Cookies:
    """The cookies of one fetch by host and port; each goes back only to where it came from, whatever its Domain says."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, str]] = {}

    def take(self, address: Address, fields: tuple[str, ...]) -> None:
        """Keeps what an answer of `address` sets; a `Secure` one over http is not kept."""
        for field in fields:
            found = _PAIR.match(field)
            if found is None or (_SECURE.search(field) and address.scheme != "https"):
                continue
            jar = self._kept.setdefault(address.origin, {})
            jar.pop(found[1], None)
            if not _GONE.search(field) and len(jar) < MOST:
                jar[found[1]] = found[2].strip()

    def header(self, address: Address) -> dict[str, str]:
        """The field of a request to `address`; none where nothing is kept for it."""
        jar = self._kept.get(address.origin)
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in jar.items())} if jar else {}
