"""Results kept: batches from the stream go into the database in one transaction each, and only then are acknowledged."""

from __future__ import annotations

import logging
import re
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from pydantic_core import from_json, to_json

from worker.config import Settings
from worker.errors import Unavailable
from worker.messages import BadMessage, decode_outcome
from worker.pipeline.run_loop import run_until
from worker.queues import PublicStream, Results, this_process, urls_in
from worker.storage.articles import Articles
from worker.storage.database import Unacceptable
from worker.storage.for_keeper import ForKeeper
from worker.storage.takedowns import FORGOTTEN
from worker.storage.values import Delivered, Entry

log = logging.getLogger(__name__)

BLOCK_MS = 1000
"""Waited for the first entry of a batch: how soon a stop is noticed."""
LINGER = 0.05
"""Seconds waited for a batch to fill: fewer, larger transactions, and nobody notices the delay."""
CLAIM_EVERY = 5.0
"""Seconds between two looks for what a dead keeper left."""
IDLE_MS = 10_000
"""After which an entry counts as left: a batch takes a tenth of a second, and to keep one twice changes nothing."""
DELIVERIES = 5
"""An entry that was in hand when so many keepers died is parked; from the second on it was in hand alone."""
PUBLISH = 200
"""Results published at once: about a megabyte."""
PUBLISH_TURNS = 5
"""Times that in a row: a million dropped dead letters must not keep results waiting."""
NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")
"""As JSON escapes it. PostgreSQL's texts cannot hold it, and nobody reads it."""


class Keeper:
    """Any number may run. `to_entry` turns an address found in a feed into an Entry, or raises ItemFailed."""

    def __init__(
        self,
        ledger: ForKeeper,
        articles: Articles,
        results: Results,
        public_stream: PublicStream,
        settings: Settings,
        *,
        to_entry: Callable[[str], Entry],
    ) -> None:
        self._ledger = ledger
        self._articles = articles
        self._results = results
        self._public_stream = public_stream
        self._settings = settings
        self._to_entry = to_entry
        self._name = f"{this_process()}-{secrets.token_hex(3)}"
        self._claimed_at = 0.0
        self._in_hand: list[tuple[str, bytes]] = []
        """Held while the database is away, and not fetched anew: what is delivered often counts as deadly."""

    def run(self, stop: threading.Event) -> None:
        """Keeps until `stop`; an outage is reported once and waited out."""
        run_until(self.run_once, stop, "keeper")
        self._leave()

    def _leave(self) -> None:
        try:
            self._results.leave(self._name)
        except Unavailable as error:
            log.info("left without a word: %s", error)

    def run_once(self) -> int:
        """Reads, keeps, acknowledges and publishes one batch; how many messages it was. Raises Unavailable."""
        if "store" in self._ledger.paused_stages():
            time.sleep(BLOCK_MS / 1000)
            return 0
        self._in_hand = self._in_hand or self._left_behind() or self._batch()
        self._keep(self._in_hand)
        kept, self._in_hand = len(self._in_hand), []
        self._publish()
        return kept

    def _batch(self) -> list[tuple[str, bytes]]:
        size = self._settings.keep_batch
        entries = self._results.read(self._name, size, BLOCK_MS)
        if entries and len(entries) < size:
            time.sleep(LINGER)
            entries += self._results.read(self._name, size - len(entries), 0)
        return entries

    def _left_behind(self) -> list[tuple[str, bytes]]:
        """What a dead keeper took and did not acknowledge; what was delivered too often is parked here."""
        if time.monotonic() - self._claimed_at < CLAIM_EVERY:
            return []
        claimed = self._results.claim(self._name, self._settings.keep_batch, IDLE_MS)
        if not claimed:
            self._claimed_at = time.monotonic()
        worn = [entry for entry in claimed if entry[2] >= DELIVERIES]
        for entry_id, body, times in worn:
            self._park(entry_id, body, f"delivered {times} times and never kept")
        return [(entry_id, body) for entry_id, body, times in claimed if times < DELIVERIES]

    def _keep(self, entries: Sequence[tuple[str, bytes]]) -> None:
        batch = [delivered for delivered in map(self._read, entries) if delivered is not None]
        bodies = dict(entries)
        try:
            self._settle(batch)
        except Unacceptable:
            for delivered in batch:
                self._keep_alone(delivered, bodies[delivered.message_id])

    def _keep_alone(self, delivered: Delivered, body: bytes) -> None:
        try:
            self._settle([delivered])
        except Unacceptable as error:
            self._park(delivered.message_id, body, str(error))

    def _settle(self, batch: Sequence[Delivered]) -> None:
        """Acknowledged only after the commit: a crash in between delivers the batch again, and the ledger is not moved twice."""
        if batch:
            self._ledger.keep(batch, self._to_entry)
            self._results.ack([delivered.message_id for delivered in batch], sum(urls_in(delivered.outcome) for delivered in batch))

    def _read(self, entry: tuple[str, bytes]) -> Delivered | None:
        entry_id, body = entry
        try:
            return Delivered(entry_id, decode_outcome(without_nul(body)))
        except BadMessage as error:
            self._park(entry_id, body, str(error))
            return None

    def _park(self, entry_id: str, body: bytes, error: str) -> None:
        log.error("a message is parked: %s", error)
        self._ledger.park(item_in(body), body.decode("utf-8", "replace"), error)
        self._results.ack([entry_id], 1)

    def _publish(self) -> None:
        """From the outbox to the public stream, at least once; what was forgotten goes from there, and this is told."""
        for _ in range(PUBLISH_TURNS):
            waiting = self._ledger.unpublished(PUBLISH)
            if not waiting:
                return
            found = self._articles.of([item_id for _, item_id in waiting])
            self._public_stream.unpublish({result.stored_id for result in found if (result.url or "").startswith(FORGOTTEN)})
            self._public_stream.publish([to_json(result.to_dict()).decode() for result in found], self._settings.publish_max)
            self._ledger.published([number for number, _ in waiting])


def without_nul(body: bytes) -> bytes:
    """The message with U+FFFD for every NUL, which keeps all offsets."""
    return NUL.sub(rb"\1\\ufffd", body) if b"\\u0000" in body else body


def item_in(body: bytes) -> int | None:
    """The item that a message speaks of, as far as it can be told from one that nobody understands."""
    try:
        message: Any = from_json(body)
    except ValueError:
        return None
    if isinstance(message, dict) and isinstance(message.get("extracted"), dict):
        message = message["extracted"]
    number = message.get("item_id") if isinstance(message, dict) else None
    return number if isinstance(number, int) and 0 < number < 1 << 63 else None
