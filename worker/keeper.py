"""Results kept: batches from the stream go into the database in one transaction each, and only then are acknowledged."""

from __future__ import annotations

import threading
from collections.abc import Callable

from worker.config import Settings
from worker.queues import Queues, Results
from worker.storage.articles import Articles
from worker.storage.ledger import Ledger
from worker.storage.values import Entry


class Keeper:
    """Any number may run. `judge` turns an address found in a feed into an Entry, or raises ItemFailed."""

    def __init__(
        self, ledger: Ledger, articles: Articles, results: Results, queues: Queues, settings: Settings, *, judge: Callable[[str], Entry]
    ) -> None:
        raise NotImplementedError

    def run_once(self) -> int:
        """Reads, keeps, acknowledges and publishes one batch; how many messages it was. Raises Unavailable."""
        raise NotImplementedError

    def run(self, stop: threading.Event) -> None:
        """The same until `stop`; an outage is reported once and waited out."""
        raise NotImplementedError
