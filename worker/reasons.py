"""The closed list of reasons why an item is where it is, and the fate that each one means."""

from __future__ import annotations

from enum import Enum, StrEnum


class Fate(StrEnum):
    """What a reason does to an item."""

    REFUSED = "refused"
    """Forbidden by policy: ends at once, nobody is to blame."""
    DEAD = "dead"
    """Cannot succeed: a dead letter at once."""
    AGAIN = "again"
    """May pass: tried again with back-off, dead after the last try."""
    WAITS = "waits"
    """The host has to be waited for: costs no try, dead after seven days."""
    STRIKE = "strike"
    """Proof against the page itself: dead after three."""
    NOTE = "note"
    """No failure: tells what happened."""


class Reason(Enum):
    """One word a reason; `contract.md` and a test hold this list closed."""

    def __init__(self, word: str, fate: Fate) -> None:
        self.word = word
        self.fate = fate

    BAD_URL = ("bad-url", Fate.REFUSED)
    SCHEME = ("scheme", Fate.REFUSED)
    PORT = ("port", Fate.REFUSED)
    CREDENTIALS = ("credentials-in-url", Fate.REFUSED)
    PRIVATE_ADDRESS = ("private-address", Fate.REFUSED)
    ROBOTS = ("robots", Fate.REFUSED)
    OPTED_OUT = ("opted-out", Fate.REFUSED)
    FORGOTTEN = ("forgotten", Fate.REFUSED)

    NOT_HTML = ("not-html", Fate.DEAD)
    NOT_FEED = ("not-feed", Fate.DEAD)
    TOO_BIG = ("too-big", Fate.DEAD)
    TOO_MANY_REDIRECTS = ("too-many-redirects", Fate.DEAD)
    HTTP_404 = ("http-404", Fate.DEAD)
    HTTP_410 = ("http-410", Fate.DEAD)
    HTTP_4XX = ("http-4xx", Fate.DEAD)
    TLS = ("tls", Fate.DEAD)
    BAD_RESPONSE = ("bad-response", Fate.DEAD)
    DECODE = ("decode", Fate.DEAD)
    PARSE_LIMIT = ("parse-limit", Fate.DEAD)
    NO_TEXT = ("no-text", Fate.DEAD)
    NOT_ARTICLE = ("not-article", Fate.DEAD)
    SCHEMA = ("schema", Fate.DEAD)
    DROPPED = ("dropped-by-user", Fate.DEAD)

    DNS = ("dns", Fate.AGAIN)
    CONNECT = ("connect", Fate.AGAIN)
    TIMEOUT = ("timeout", Fate.AGAIN)
    TRUNCATED = ("truncated", Fate.AGAIN)
    HTTP_429 = ("http-429", Fate.AGAIN)
    HTTP_5XX = ("http-5xx", Fate.AGAIN)

    ROBOTS_UNAVAILABLE = ("robots-unavailable", Fate.WAITS)
    POISON = ("poison", Fate.STRIKE)

    DUPLICATE = ("duplicate", Fate.NOTE)
    KNOWN = ("known", Fate.NOTE)
    NOT_MODIFIED = ("not-modified", Fate.NOTE)

    @classmethod
    def of(cls, word: str) -> Reason:
        """The reason called `word`; raises KeyError for a word that is not on the list."""
        return _BY_WORD[word]

    def __str__(self) -> str:
        return self.word


_BY_WORD = {reason.word: reason for reason in Reason}


def http_reason(status: int) -> Reason | None:
    """The reason that an HTTP status gives, None for a success.

    408 and 425 ask for another try (RFC 9110, RFC 8470); the list has no word nearer than
    `http-5xx` and `timeout` for them, so 408 is `timeout` and 425 counts as `http-429`.
    """
    if 200 <= status < 300:
        return None
    named = {404: Reason.HTTP_404, 408: Reason.TIMEOUT, 410: Reason.HTTP_410, 425: Reason.HTTP_429, 429: Reason.HTTP_429}
    if status in named:
        return named[status]
    if 400 <= status < 500:
        return Reason.HTTP_4XX
    return Reason.HTTP_5XX if 500 <= status < 600 else Reason.BAD_RESPONSE
