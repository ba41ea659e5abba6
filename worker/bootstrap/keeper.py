"""Build what a keeper works with."""

from __future__ import annotations

from worker.bootstrap.stores import Stores
from worker.config import Settings
from worker.intake.canonical_url import admit
from worker.queues import Control, Durations, PublicStream, Results, StreamLimits
from worker.storage.articles import Articles
from worker.storage.for_keeper import ForKeeper
from worker.storage.values import Entry


class KeeperServices(Stores):
    """The ledger's side that writes outcomes; the articles; the stream `results` and the public one; the control values."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._settings = settings
        self.ledger = ForKeeper(self.engine, settings)
        self.articles = Articles(self.engine)
        self.control = Control(self.redis, settings.namespace)
        self.results = Results(self.redis, settings.namespace)
        self.durations = Durations(self.redis, settings.namespace)
        self.public_stream = PublicStream(self.redis, settings.namespace, StreamLimits.of(settings))

    def to_entry(self, url: str) -> Entry:
        """An address that a feed or sitemap lists, ready to be accepted; raises ItemFailed where it may not be fetched."""
        return admit(url, self._settings)
