"""A world of outlets through virtual time: each publishes at its own hours, in its own dialect, and is followed as a source.

The ledger, the rules of sources and the readers of feeds are the real ones; the network is not, so that a day takes seconds.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime

from tests.integration.parts.samples import delivered, digest, labelled
from tests.integration.parts.steps import Clock
from worker.intake import feeds, sitemaps
from worker.intake.links import Links
from worker.messages import Failed, HostReport, Http, Listed, Unchanged, URLRequest
from worker.reasons import Kind
from worker.storage.for_sources import ForSources
from worker.storage.ledger import Ledger
from worker.storage.sources import About
from worker.storage.values import Entry, Leadership

DAY = 86_400.0
STEP = 240.0
"""Virtual seconds between two ticks: less than the shortest interval."""
BEFORE = 7
"""Days for which outlets have published when they are first asked."""
AGAIN = 900.0
"""Seconds after which a busy outlet is asked again, whether it has failed or not: nobody who is polite sees what is shown between only."""
SHOWN = 30
"""Articles that a feed shows."""
DIALECTS = ("rss", "atom", "rdf", "json", "broken rss", "cut rss", "news sitemap")


@dataclass
class Outlet:
    """One outlet: when it publishes, in which dialect, and what it was asked."""

    number: int
    dialect: str
    times: list[float]
    """When each of its articles appears, in order."""
    away: tuple[float, float] = (0.0, 0.0)
    """When its server fails."""
    requests: int = 0
    unchanged: int = 0
    seen_at: dict[str, float] = field(default_factory=dict)
    """By address of an article, when it was found."""

    @property
    def host(self) -> str:
        return f"outlet{self.number}.test"

    @property
    def kind(self) -> Kind:
        return "sitemap" if self.dialect == "news sitemap" else "feed"

    @property
    def feed(self) -> str:
        return f"https://{self.host}/list"

    def article(self, number: int) -> str:
        return f"https://{self.host}/story/{number}?a=1&b=2"

    @property
    def unseen(self) -> range:
        """Articles that came while the server failed, or after the last poll before, and left the list before it is asked again."""
        return range(bisect_right(self.times, self.away[0] - AGAIN), bisect_right(self.times, self.away[1] + AGAIN) - SHOWN)

    def shown(self, now: float) -> list[int]:
        """The newest articles first."""
        last = bisect_right(self.times, now)
        return list(range(max(last - SHOWN, 0), last))[::-1]

    def body(self, now: float) -> bytes:
        entries = [(self.article(n).replace("&", "&amp;"), datetime.fromtimestamp(self.times[n], UTC), n) for n in self.shown(now)]
        return _BODIES[self.dialect](entries).encode()


def _rss(entries, title="Fish and rice") -> str:
    items = "".join(
        f"<item><title>{title}</title><link>{url}</link><pubDate>{format_datetime(at)}</pubDate></item>" for url, at, _ in entries
    )
    return f"<rss version='2.0'><channel><title>Paper</title>{items}</channel></rss>"


def _atom(entries) -> str:
    inside = "".join(f"<entry><link href='{url}'/><published>{at.isoformat()}</published></entry>" for url, at, _ in entries)
    return f"<feed xmlns='http://www.w3.org/2005/Atom'>{inside}</feed>"


def _rdf(entries) -> str:
    items = "".join(f"<item><link>{url}</link><dc:date>{at.isoformat()}</dc:date></item>" for url, at, _ in entries)
    return f"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>{items}</rdf:RDF>"


def _json(entries) -> str:
    items = ",".join(f'{{"url":"{url.replace("&amp;", "&")}","date_published":"{at.isoformat()}"}}' for url, at, _ in entries)
    return f'{{"version":"https://jsonfeed.org/version/1.1","items":[{items}]}}'


def _news(entries) -> str:
    inside = "".join(f"<url><loc>{url}</loc><lastmod>{at.isoformat()}</lastmod></url>" for url, at, _ in entries)
    return f"<urlset>{inside}</urlset>"


_BODIES = {
    "rss": _rss,
    "atom": _atom,
    "rdf": _rdf,
    "json": _json,
    "broken rss": lambda entries: _rss(entries, "Fish & rice&nbsp;<br>"),
    "cut rss": lambda entries: _rss(entries).removesuffix("</channel></rss>") + "<item><link>https://x.test/ha",
    "news sitemap": _news,
}


def outlets(count: int, days: float, start: float, busiest: float = 200.0, seed: int = 7) -> list[Outlet]:
    """From a wire with `busiest` articles a day to one with a five-hundredth of them, busier by day; some are away for some hours.

    All have published for a week before they are followed.
    """
    chance = random.Random(seed)
    made = []
    for number in range(count):
        per_day = busiest * 0.5 ** (number * 9 / count)
        times = sorted(
            start + DAY * (day + chance.betavariate(2.5, 2.5))
            for day in range(-BEFORE, int(days))
            for _ in range(_poisson(per_day, chance))
        )
        begun = start + chance.uniform(0, days * DAY)
        away = (begun, begun + 4 * 3600.0) if number % 10 == 9 else (0.0, 0.0)
        made.append(Outlet(number, DIALECTS[number % len(DIALECTS)], times, away))
    return made


def _poisson(mean: float, chance: random.Random) -> int:
    return max(0, round(chance.gauss(mean, mean**0.5)))


class World:
    """Outlets that are followed, and a clock that is moved on."""

    def __init__(self, ledger: Ledger, lead: Leadership, sources: ForSources, clock: Clock, found: list[Outlet]) -> None:
        self._ledger, self._lead, self._clock = ledger, lead, clock
        self._since = clock.at
        self.outlets = {outlet.host: outlet for outlet in found}
        list(sources.add((Entry(one.feed, digest(one.feed), f"{one.host}:443", one.kind), About()) for one in found))

    def run(self, seconds: float) -> None:
        """Lets so much time pass."""
        end = self._clock.at + seconds
        while self._clock.at < end:
            self._tick()
            self._clock.at += STEP

    def _tick(self) -> None:
        self._ledger.poll_sources(self._lead)
        while requests := [request for _, request in self._ledger.lease(self._lead, 5000)]:
            self._ledger.keep(delivered(*map(self._answer, requests)), _admit)

    def _answer(self, request: URLRequest):
        outlet = self.outlets[request.url.split("/")[2]]
        if request.kind == "article":
            assert request.url not in outlet.seen_at, "an article was fetched twice"
            outlet.seen_at[request.url] = self._clock.at
            return labelled(request, request.url)
        outlet.requests += 1
        report = HostReport(f"{outlet.host}:443", ok=True)
        if outlet.away[0] <= self._clock.at < outlet.away[1]:
            return Failed(request.item_id, request.token, "http-5xx", http=Http(500), host=replace(report, ok=False))
        shown = outlet.shown(self._clock.at)
        etag = f'"{shown[0] if shown else None}"'
        if request.etag == etag:
            outlet.unchanged += 1
            return Unchanged(request.item_id, request.token, Http(304), report)
        return _listed(request, _links(outlet, self._clock.at), Http(200, etag=etag), report)

    def delays(self, since: float, until: float) -> list[float]:
        """Seconds from the publication to the finding of every article published then."""
        return sorted(
            outlet.seen_at[outlet.article(number)] - at
            for outlet in self.outlets.values()
            for number, at in enumerate(outlet.times)
            if since <= at < until and outlet.article(number) in outlet.seen_at
        )

    def missed(self, until: float) -> list[str]:
        """Articles published up to then that were not found, although their outlet's list showed them at some time to who asked."""
        return [
            outlet.article(number)
            for outlet in self.outlets.values()
            for number, at in enumerate(outlet.times)
            if self._since <= at <= until and outlet.article(number) not in outlet.seen_at and number not in outlet.unseen
        ]


def _links(outlet: Outlet, now: float) -> Links:
    return (sitemaps.links if outlet.kind == "sitemap" else feeds.links)(outlet.body(now), outlet.feed)


def _listed(request: URLRequest, links: Links, http: Http, report: HostReport) -> Listed:
    about = links.about
    return Listed(
        *(request.item_id, request.token, links.urls, links.sitemaps, http, report, "", links.warnings, links.published),
        title=about.title,
        language=about.language,
        ttl=about.ttl,
        update_period=about.update_period,
    )


def _admit(url: str) -> Entry:
    return Entry(url, digest(url), url.split("/")[2] + ":443")


def fixed(world: World, since: float, until: float, every: float = 600.0) -> tuple[list[float], int]:
    """Delays and requests of polling each outlet every ten minutes."""
    delays = [every - (at - since) % every for one in world.outlets.values() for at in one.times if since <= at <= until]
    return sorted(delays), int((until - since) / every) * len(world.outlets)
