"""Say in a few words why an item is in its state, for people; the words of the contract stand beside them."""

from __future__ import annotations

from collections.abc import Mapping

from worker.reasons import Reason

WORDS: Mapping[Reason, str] = {
    Reason.BAD_URL: "Not an address",
    Reason.SCHEME: "It needs http:// or https:// before it",
    Reason.PORT: "This port is not allowed here",
    Reason.CREDENTIALS: "Has a name and password in it: take them out",
    Reason.PRIVATE_ADDRESS: "Leads into a private network: not allowed",
    Reason.ROBOTS: "The site asks not to be read (robots.txt)",
    Reason.OPTED_OUT: "The site opted out",
    Reason.FORGOTTEN: "Taken down here; it stays out",
    Reason.NOT_HTML: "Not a web page",
    Reason.NOT_FEED: "Not a feed",
    Reason.TOO_BIG: "Too large",
    Reason.TOO_MANY_REDIRECTS: "Sends us in circles",
    Reason.HTTP_404: "Page not found",
    Reason.HTTP_410: "Removed by the site",
    Reason.HTTP_4XX: "Refused by the site",
    Reason.TLS: "No secure connection (certificate or protocol)",
    Reason.BAD_RESPONSE: "Answer that cannot be read",
    Reason.DECODE: "Text in an unknown encoding",
    Reason.PARSE_LIMIT: "Page too heavy to read",
    Reason.NO_TEXT: "No text on the page",
    Reason.NOT_ARTICLE: "Not an article",
    Reason.SCHEMA: "Pressmark could not keep it",
    Reason.DROPPED: "Dropped by a person",
    Reason.DNS: "Name not found",
    Reason.CONNECT: "No connection",
    Reason.TIMEOUT: "No answer in time",
    Reason.TRUNCATED: "Answer cut off",
    Reason.HTTP_429: "Too many requests, says the site",
    Reason.HTTP_5XX: "The site has a fault",
    Reason.ROBOTS_UNAVAILABLE: "robots.txt cannot be read",
    Reason.POISON: "Page stops the reader",
    Reason.DUPLICATE: "Copy of an article that is stored",
    Reason.KNOWN: "Known",
    Reason.NOT_MODIFIED: "Unchanged",
}


def words(reason: str) -> str:
    """The words of a reason; for an unknown one, the reason itself."""
    try:
        return WORDS[Reason.of(reason)]
    except KeyError:
        return reason
