"""Check a page against the robots.txt of its origin, from memory or from the site, before it is requested."""

from __future__ import annotations

from dataclasses import replace

from worker.config import Settings
from worker.errors import ItemFailed
from worker.fetch.fetch_context import FetchContext
from worker.fetch.paced_request import PacedRequests
from worker.fetch.robots import ALLOW_ALL, Robots, Rules, first_bytes, parse_rules, rules_of_status, unavailable
from worker.fetch.transport import Exchange
from worker.net import policy
from worker.net.url import Address
from worker.reasons import Reason

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_REDIRECTS = 5
"""RFC 9309 section 2.3.1.2: at least five are followed; beyond them the file counts as missing."""
TIME = 10.0
"""Seconds for a robots.txt with its redirects: two thirds of a fetch's time remain for the page."""


class RobotsCheck:
    """Checks pages; thread-safe."""

    def __init__(self, settings: Settings, requests: PacedRequests, robots: Robots) -> None:
        self._settings, self._requests, self._robots = settings, requests, robots

    def check(self, address: Address, context: FetchContext) -> None:
        """Raises ItemFailed where the page at `address` may not be fetched; sets the host's Crawl-delay in `context`.

        A host that cannot be reached or does not answer by HTTP fails as it would for the page itself.
        """
        rules = self._robots.get(address.origin)
        if rules is None:
            rules = self._fetch(address, context)
            self._robots.put(address.origin, rules)
        context.crawl_delay = rules.crawl_delay
        rules.check(address)

    def _fetch(self, page: Address, context: FetchContext) -> Rules:
        address = replace(page, target="/robots.txt")
        deadline = context.deadline.within(TIME, f"no robots.txt within {TIME:g} s")
        answered = context.answers
        try:
            for _ in range(MAX_REDIRECTS + 1):
                with self._requests.send(address, {"Accept": "text/plain,*/*;q=0.1"}, context, deadline) as exchange:
                    if exchange.head.status not in REDIRECTS:
                        rules = self._read(exchange)
                        context.crawl_delay = rules.crawl_delay
                        return rules
                address = policy.join(address, exchange.head.location(), self._settings)
        except ItemFailed as failure:
            if context.answers == answered and not (failure.reason is Reason.TIMEOUT and context.connected):
                raise
            return unavailable(str(failure))
        return ALLOW_ALL

    def _read(self, exchange: Exchange) -> Rules:
        rules = rules_of_status(exchange.head.status)
        if rules is not None:
            return rules
        limit = self._settings.robots_max_bytes
        return parse_rules(first_bytes(exchange.stream(), limit), self._settings.user_agent)
