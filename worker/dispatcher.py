"""Due URLs sent: one leader leases what is due, within each host's pace and a bounded window, and hands it to Celery."""

from __future__ import annotations

import threading
from collections.abc import Callable

from worker.config import Settings
from worker.queues import Queues
from worker.records import URLRequest
from worker.storage.ledger import Ledger

Send = Callable[[str, list[URLRequest]], None]
"""Puts one chunk on a Celery queue (`fetch` or `fetch.urgent`); raises Unavailable where Redis is away."""


class Dispatcher:
    """Any number may run; one leads, the others stand by."""

    def __init__(self, ledger: Ledger, queues: Queues, send: Send, settings: Settings) -> None:
        raise NotImplementedError

    def run_once(self) -> int:
        """One tick: how many URLs were sent. Raises Unavailable."""
        raise NotImplementedError

    def run(self, stop: threading.Event) -> None:
        """Ticks until `stop`; an outage is reported once and waited out."""
        raise NotImplementedError
