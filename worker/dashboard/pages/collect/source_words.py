"""Say in words how a source is: its state, how often it is asked and why, and what to do where it cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from worker.dashboard.view import figures, words
from worker.dashboard.view.figures import Clock
from worker.operations.sources import Source
from worker.reasons import Reason

KINDS = {"feed": "feed", "sitemap": "sitemap"}
WHERE = {
    "itself": "the address itself",
    "named": "the page names it",
    "usual": "at a usual place",
    "robots": "robots.txt names it",
}
"""How a feed was found."""
TONES = {"failing": "bad", "changed": "warn", "paused": "warn", "new": "soft", "well": "ok"}
LOOK = frozenset({Reason.NOT_FEED, Reason.NOT_HTML, Reason.HTTP_404, Reason.HTTP_410, Reason.TOO_MANY_REDIRECTS, Reason.BAD_RESPONSE})
"""The feed has moved, or never was there: looking for it again may help."""
IS: Mapping[Reason, str] = {
    Reason.NOT_FEED: "it is a page, not a feed",
    Reason.HTTP_404: "there is nothing at this address",
    Reason.HTTP_410: "the site took it away for good",
    Reason.HTTP_4XX: "the site refuses to show it",
    Reason.ROBOTS: "the site asks not to be read (robots.txt)",
    Reason.TOO_BIG: "it is larger than any feed",
    Reason.DNS: "no site has this name",
    Reason.TOO_MANY_REDIRECTS: "it sends us in circles",
}
"""What the address really is; other reasons are shown in their own words."""
DO: Mapping[Reason, str] = {
    Reason.NOT_FEED: "Look for the feed that the page names, and follow that instead.",
    Reason.NOT_HTML: "Look for its feed on the site’s front page.",
    Reason.HTTP_404: "Look for where its feed is now.",
    Reason.HTTP_410: "Look whether the site has another feed, or remove it.",
    Reason.HTTP_4XX: "The site may refuse every program. Ask the paper, or remove it.",
    Reason.ROBOTS: "Pressmark obeys. Ask the paper, or remove it.",
    Reason.TOO_BIG: "Look for a smaller feed of one of its sections.",
    Reason.DNS: "Look at the spelling; where the site has moved, follow its new address.",
    Reason.TLS: "Nothing is needed if the site mends its certificate: it is asked again by itself.",
    Reason.TOO_MANY_REDIRECTS: "Look for where its feed is now.",
    Reason.BAD_RESPONSE: "Often over within a day; else look for its feed again.",
}
"""What to do about it; for the other reasons nothing: the source is asked again by itself, and they are often over."""
BY_ITSELF = "Nothing is needed if the site comes back: it is asked again by itself."


@dataclass(frozen=True, slots=True)
class Told:
    """What the pages say about a source at this moment."""

    at: Clock
    paused: frozenset[str] = frozenset()
    """Hosts with their ports that somebody paused."""

    def host_paused(self, source: Source) -> str:
        """Its host where that is paused, else empty. Sources of a paused host are not asked, whatever their own state."""
        parts = urlsplit(source.url)
        host = f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"
        return (parts.hostname or "") if host in self.paused else ""

    def state(self, source: Source) -> str:
        """Its state; where it cannot be read, what the address really is."""
        if source.health == "failing":
            return self._failing(source)
        if source.health == "changed":
            return f"Working, but {'; '.join(source.alarms)}"
        if source.health == "new":
            return "Being read for the first time" if source.polling else "Not read yet"
        return {"paused": "Paused", "well": "Working"}[source.health]

    def _failing(self, source: Source) -> str:
        if not source.failures:
            return f"A try failed: {what_it_is(source)}; tried again soon"
        since = f"Broken since {self.at.moment(source.last_read_at).shown}" if source.last_read_at else "Never read"
        return f"{since}: {what_it_is(source)}"

    def newest(self, source: Source) -> str:
        """When its last new article came."""
        return self.at.ago(source.last_new_at) if source.last_new_at else "none yet"

    def asked(self, source: Source) -> str:
        """How often it is asked."""
        return "paused" if source.health == "paused" else f"every {figures.span(source.interval)}"

    def next(self, source: Source) -> str:
        """When it is asked next."""
        if source.polling:
            return "now"
        return self.at.until(source.next_at) if source.next_at else "when it is resumed"


def tone(source: Source) -> str:
    """The colour class of its state: the words say it too."""
    return "warn" if source.health == "failing" and not source.failures else TONES[source.health]


def what_it_is(source: Source) -> str:
    """What the address of a source that cannot be read really is."""
    reason = _reason(source)
    told = words.reason(source.reason) or "it could not be read"
    return IS[reason] if reason is not None and reason in IS else f"{told[:1].lower()}{told[1:]}"


def what_to_do(source: Source) -> str:
    """What helps where it cannot be read."""
    reason = _reason(source)
    return DO.get(reason, BY_ITSELF) if reason else BY_ITSELF


def may_be_elsewhere(source: Source) -> bool:
    """Whether to look for its feed again may help."""
    return _reason(source) in LOOK


def _reason(source: Source) -> Reason | None:
    try:
        return Reason.of(source.reason or "")
    except KeyError:
        return None
