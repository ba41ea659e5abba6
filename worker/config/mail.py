"""Read the settings of mail: a server, and addresses that no header can be broken out of."""

from __future__ import annotations

from urllib.parse import urlsplit

from worker.config.value_types import url_of

SPECIAL = set('()<>[]:;\\," ')
"""Characters with a meaning in headers (RFC 5322 section 3.2.3): plain addresses have none of them."""
LONGEST = 254
"""Characters of an address (RFC 5321)."""
ADDRESSES = "plain addresses such as desk@example.org, comma-separated"


def parse_mail_url(value: str) -> str:
    """`smtps://` (TLS at once), `smtp+starttls://` or, without a user, `smtp://`, with `user:password@` before the host."""
    found = url_of("smtp", "smtps", "smtp+starttls")(value)
    parts = urlsplit(found)
    if not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("smtps://user:password@host:port, or smtp+starttls:, or smtp: without a user")
    if parts.scheme == "smtp" and parts.username is not None:
        raise ValueError("smtps: or smtp+starttls: where there is a password, since smtp: sends it in the clear")
    return found


def parse_addresses(value: str) -> tuple[str, ...]:
    """Plain addresses."""
    found = tuple(entry.strip() for entry in value.split(",") if entry.strip())
    if not found or not all(map(_is_address, found)):
        raise ValueError(ADDRESSES)
    return found


def _is_address(text: str) -> bool:
    name, _, host = text.rpartition("@")
    plain = text.isascii() and text.isprintable() and not SPECIAL & set(text)
    return plain and bool(name) and bool(host) and "@" not in name and len(text) <= LONGEST
