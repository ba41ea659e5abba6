"""List every reason why an item is in its state and what each one does to it, and the kinds and lanes of items.

All are closed lists that tables and commands name without loading the messages, whose import builds pydantic's models.
"""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import Literal

Kind = Literal["article", "feed", "sitemap"]
Lane = Literal["urgent", "normal", "bulk"]


class Fate(StrEnum):
    """What a reason does to an item."""

    REFUSED = "refused"
    """Forbidden by a rule: ends at once, and no failure is counted."""
    DEAD = "dead"
    """Cannot succeed: a dead letter at once."""
    AGAIN = "again"
    """May succeed later: tried again with back-off, dead after the last try."""
    WAITS = "waits"
    """Waits for its host: costs no try, dead after seven days."""
    STRIKE = "strike"
    """Counts against the page itself: dead after three."""
    NOTE = "note"
    """No failure: says what happened."""


class Reason(Enum):
    """A reason with its word and its fate; a test compares the list with the contract, which closes it."""

    def __init__(self, word: str, fate: Fate) -> None:
        self.word = word
        self.fate = fate

    BAD_URL = ("bad-url", Fate.REFUSED)
    """Not a URL that a request could be sent to."""
    SCHEME = ("scheme", Fate.REFUSED)
    """Neither http nor https."""
    PORT = ("port", Fate.REFUSED)
    """A port that PRESSMARK_ALLOW_PORTS does not list."""
    CREDENTIALS = ("credentials-in-url", Fate.REFUSED)
    """A user name or password in the URL."""
    PRIVATE_ADDRESS = ("private-address", Fate.REFUSED)
    """An address inside this network, which PRESSMARK_ALLOW_PRIVATE does not list."""
    ROBOTS = ("robots", Fate.REFUSED)
    """Forbidden by the site's robots.txt."""
    OPTED_OUT = ("opted-out", Fate.REFUSED)
    """The page reserves its use by machines, and the settings say to obey."""
    FORGOTTEN = ("forgotten", Fate.REFUSED)
    """Taken out at somebody's request; nothing sends it again."""

    NOT_HTML = ("not-html", Fate.DEAD)
    """A page that is neither HTML, XHTML nor plain text."""
    NOT_FEED = ("not-feed", Fate.DEAD)
    """Asked for as a feed or a sitemap, and cannot be read as one."""
    TOO_BIG = ("too-big", Fate.DEAD)
    """Larger than the limits, in its headers, its body or once decompressed."""
    TOO_MANY_REDIRECTS = ("too-many-redirects", Fate.DEAD)
    """More redirects than the settings allow, or a circle of them."""
    HTTP_404 = ("http-404", Fate.DEAD)
    """Not found."""
    HTTP_410 = ("http-410", Fate.DEAD)
    """Gone."""
    HTTP_4XX = ("http-4xx", Fate.DEAD)
    """Any other refusal by the server."""
    TLS = ("tls", Fate.DEAD)
    """A certificate or protocol that cannot be trusted."""
    BAD_RESPONSE = ("bad-response", Fate.DEAD)
    """No valid HTTP, content coding or redirect."""
    DECODE = ("decode", Fate.DEAD)
    """Bytes that no charset turns into text."""
    PARSE_LIMIT = ("parse-limit", Fate.DEAD)
    """More elements, depth or entities than a page may have."""
    NO_TEXT = ("no-text", Fate.DEAD)
    """A page without text."""
    NOT_ARTICLE = ("not-article", Fate.DEAD)
    """A page with text that is no article: a list, an error, a consent wall."""
    SCHEMA = ("schema", Fate.DEAD)
    """A message about the item that could not be read."""
    DROPPED = ("dropped-by-user", Fate.DEAD)
    """Given up by a person."""

    DNS = ("dns", Fate.AGAIN)
    """The name of the host was not resolved."""
    CONNECT = ("connect", Fate.AGAIN)
    """No connection, or one that was reset or cut during the handshake."""
    TIMEOUT = ("timeout", Fate.AGAIN)
    """Slower than the limits."""
    TRUNCATED = ("truncated", Fate.AGAIN)
    """The body ended before its stated length."""
    HTTP_429 = ("http-429", Fate.AGAIN)
    """The server asks for fewer requests."""
    HTTP_5XX = ("http-5xx", Fate.AGAIN)
    """The server failed."""

    ROBOTS_UNAVAILABLE = ("robots-unavailable", Fate.WAITS)
    """robots.txt could not be read, so nothing may be fetched yet."""
    POISON = ("poison", Fate.STRIKE)
    """The page kills the process that reads it."""

    DUPLICATE = ("duplicate", Fate.NOTE)
    """Its text is stored already under another address."""
    KNOWN = ("known", Fate.NOTE)
    """Was enqueued before."""
    NOT_MODIFIED = ("not-modified", Fate.NOTE)
    """Fetched again, and the server says that it has not changed."""

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
