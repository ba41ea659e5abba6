"""Find the feeds and sitemaps of a site from its front page: those that it names, usual places, and what robots.txt names."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, suppress
from urllib.parse import urljoin

from worker.config import Settings
from worker.errors import ItemFailed, Unavailable
from worker.fetch.client import Fetcher, HostBusy
from worker.fetch.pace import LocalPace
from worker.fetch.robots import Robots
from worker.intake.canonical_url import admit
from worker.messages import Page
from worker.operations.discovery.site_feeds import PATIENCE, Found, Where
from worker.reasons import Kind, Reason
from worker.sandbox.pool import ParseKilled, ParsePool

USUAL = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml")
"""Paths at which content systems serve a feed that no page names: of WordPress, Drupal, Ghost, Jekyll, Blogger and Hugo."""
MOST = 8
"""Feeds and sitemaps that are looked at: each costs a request."""


def discover(settings: Settings, url: str) -> list[Found]:
    """The feeds and sitemaps at `url` or of the site whose page it is, the likeliest first.

    Raises ItemFailed where the address may not be fetched, or the page cannot be.
    """
    address = admit(url, settings, "feed").url
    with closing(Discovery(settings)) as discovery:
        return discovery.of(address)


class Discovery:
    """Asks sites one request after the other, at the pace of each host and as robots.txt allows."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._robots = Robots(settings)
        self._fetcher = Fetcher(settings, LocalPace(settings.host_interval), self._robots)
        self._pool = ParsePool(settings)
        self._end = time.monotonic() + PATIENCE

    def close(self) -> None:
        """Ends the child processes."""
        self._pool.close(patience=0.0)

    def of(self, url: str) -> list[Found]:
        """See `discover`."""
        page = self._page(url)
        itself = [self._found(page, kind, url, "itself") for kind in _KINDS]
        if any(itself):
            return [found for found in itself if found][:1]
        found = list(self._feeds(page, url))
        return found + list(self._sitemaps(url)) if len(found) < MOST else found

    def _feeds(self, page: Page, site: str) -> Iterator[Found]:
        named = self._pool.feeds_named(page)[:MOST]
        yielded = False
        for url in named:
            found = self._looked_at(url, "feed", "named", site)
            if found:
                yielded = True
                yield found
        for path in USUAL if not yielded else ():
            found = self._looked_at(urljoin(page.final_url, path), "feed", "usual", site)
            if found:
                yield found
                return

    def _sitemaps(self, site: str) -> Iterator[Found]:
        for url in self._fetcher.sitemaps(site)[:MOST]:
            found = self._looked_at(url, "sitemap", "robots", site)
            if found:
                yield found

    def _looked_at(self, url: str, kind: Kind, where: Where, site: str) -> Found | None:
        """A feed or sitemap that a page or a file names; None where anything is wrong with it."""
        with suppress(ItemFailed, Unavailable):
            return self._found(self._page(admit(url, self._settings, kind).url), kind, url, where, site)
        return None

    def _found(self, page: Page, kind: Kind, url: str, where: Where, site: str | None = None) -> Found | None:
        try:
            links = self._pool.links(kind, page)
        except (ItemFailed, ParseKilled):
            return None
        count = len(links.urls) + len(links.sitemaps)
        address = admit(url, self._settings, kind).url
        return Found(address, kind, links.about.title, links.about.language, count, where, site)

    def _page(self, url: str) -> Page:
        """Waits for the host's pace; raises ItemFailed, and Unavailable where the time is over."""
        while time.monotonic() < self._end:
            try:
                page = self._fetcher.fetch(url, kind="feed").page
            except HostBusy as busy:
                time.sleep(min(busy.after, max(self._end - time.monotonic(), 0.0)))
                continue
            if page is None:
                raise ItemFailed(Reason.BAD_RESPONSE, "304 without a condition")
            return page
        raise Unavailable(f"{url}: not read within {PATIENCE:g} s")


_KINDS: tuple[Kind, ...] = ("feed", "sitemap")
