"""Store results: write batches from the stream to the database in one transaction each, then acknowledge and publish them."""

from __future__ import annotations

import logging
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from pydantic_core import from_json, to_json

from worker.config import Settings
from worker.errors import BadMessage, Unavailable
from worker.logs import fields
from worker.messages import Labelled, Outcome, Relabelled, Returned, Taken, decode_outcome
from worker.pipeline.run_loop import run_until
from worker.queues import Durations, PublicStream, Results, this_process, urls_in
from worker.reasons import Reason
from worker.storage.articles import Articles
from worker.storage.database import Unacceptable
from worker.storage.for_keeper import ForKeeper
from worker.storage.removal.takedowns import FORGOTTEN
from worker.storage.values import Delivered, Entry, Stage

log = logging.getLogger(__name__)

BLOCK_MS = 1000
"""Milliseconds to wait for the first entry of a batch: how soon a stop is noticed."""
LINGER = 0.05
"""Seconds to wait for a batch to fill: fewer, larger transactions, and nobody notices the delay."""
CLAIM_EVERY = 5.0
"""Seconds between two searches for entries that a dead keeper left unacknowledged."""
IDLE_MS = 10_000
"""Milliseconds after which an entry counts as left: a batch takes a tenth of a second, and to store an entry twice changes nothing."""
DELIVERIES = 5
"""Keepers that may die while they process an entry before it is parked; from the second on they processed it alone."""
INDEX_EVERY = 1.0
"""Seconds between two steps of filling the index of words after an upgrade; each takes a fifth of a second."""
PUBLISH = 200
"""Results published in one round trip: about a megabyte."""
PUBLISH_TURNS = 5
"""Round trips in a row: a million dropped dead letters must not keep new results waiting."""
NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")
"""A NUL as JSON escapes it. PostgreSQL's texts cannot hold one."""


class Keeper:
    """Any number may run. `to_entry` turns an address that a feed lists into an Entry, or raises ItemFailed."""

    def __init__(
        self,
        ledger: ForKeeper,
        articles: Articles,
        results: Results,
        public_stream: PublicStream,
        settings: Settings,
        *,
        to_entry: Callable[[str], Entry],
        durations: Durations,
    ) -> None:
        self._ledger = ledger
        self._articles = articles
        self._results = results
        self._public_stream = public_stream
        self._settings = settings
        self._to_entry = to_entry
        self._durations = durations
        self._name = f"{this_process()}-{secrets.token_hex(3)}"
        self._claimed_at = 0.0
        self._index_at: float | None = 0.0
        """When to fill the index of words on; None once it is full."""
        self._publishing = False
        """Whether the outbox holds more than was published last: then no time is spent waiting for new results."""
        self._unsettled: list[tuple[str, bytes]] = []
        """Entries yet to be stored. An outage does not make them be read again: what is delivered often counts as deadly."""

    def run(self, stop: threading.Event, made_progress: Callable[[], None] = lambda: None) -> None:
        """Stores until `stop` is set, and calls `made_progress` after each batch; an outage is logged once and waited out."""
        run_until(self.run_once, stop, "keeper", made_progress=made_progress)
        self._leave()

    def _leave(self) -> None:
        try:
            self._results.leave(self._name)
        except Unavailable as error:
            log.info("could not leave the consumer group: %s", error)

    def run_once(self) -> int:
        """Reads, stores, acknowledges and publishes one batch; returns its number of messages. Raises Unavailable."""
        if Stage.STORE in self._ledger.paused_stages():
            time.sleep(BLOCK_MS / 1000)
            return 0
        self._unsettled = self._unsettled or self._left_behind() or self._batch()
        self._keep(self._unsettled)
        kept, self._unsettled = len(self._unsettled), []
        self._publish()
        self._index()
        return kept

    def _index(self) -> None:
        if self._index_at is not None and time.monotonic() >= self._index_at:
            self._index_at = time.monotonic() + INDEX_EVERY if self._ledger.index_some() else None

    def _batch(self) -> list[tuple[str, bytes]]:
        size = self._settings.keep_batch
        entries = self._results.read(self._name, size, 0 if self._publishing else BLOCK_MS)
        if entries and len(entries) < size:
            time.sleep(LINGER)
            entries += self._results.read(self._name, size - len(entries), 0)
        return entries

    def _left_behind(self) -> list[tuple[str, bytes]]:
        """What a dead keeper read and did not acknowledge; what was delivered too often is parked here."""
        if time.monotonic() - self._claimed_at < CLAIM_EVERY:
            return []
        claimed = self._results.claim(self._name, self._settings.keep_batch, IDLE_MS)
        if not claimed:
            self._claimed_at = time.monotonic()
        deadly = [entry for entry in claimed if entry[2] >= DELIVERIES]
        for entry_id, body, times in deadly:
            self._park(entry_id, body, f"delivered {times} times and never stored")
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
        """Acknowledges only after the commit: a crash in between delivers the batch again, which the ledger ignores."""
        if batch:
            begun = time.monotonic()
            self._ledger.keep(batch, self._to_entry)
            took = time.monotonic() - begun
            self._results.ack([delivered.message_id for delivered in batch], sum(urls_in(delivered.outcome) for delivered in batch))
            self._note([delivered.outcome for delivered in batch], took)

    def _note(self, outcomes: Sequence[Outcome], stored_in: float) -> None:
        """Counts how long the stages took, for `metrics`; each article of a batch was stored in `stored_in` seconds."""
        for stage, seconds in stage_seconds(outcomes, stored_in):
            self._durations.observe(stage, seconds)
        self._durations.flush()

    def _read(self, entry: tuple[str, bytes]) -> Delivered | None:
        entry_id, body = entry
        try:
            return Delivered(entry_id, decode_outcome(without_nul(body)))
        except BadMessage as error:
            self._park(entry_id, body, str(error))
            return None

    def _park(self, entry_id: str, body: bytes, error: str) -> None:
        item = item_in(body)
        log.error("message parked: %s", error, extra=fields(item=item, stage="store", reason=Reason.SCHEMA.word))
        self._ledger.park(item, body.decode("utf-8", "replace"), error)
        self._results.ack([entry_id], 1)

    def _publish(self) -> None:
        """Moves Results from the outbox to the public stream, each at least once; Results of forgotten articles are removed from it."""
        for _ in range(PUBLISH_TURNS):
            waiting = self._ledger.unpublished(PUBLISH)
            self._publishing = bool(waiting)
            if not waiting:
                return
            found = self._articles.of([item_id for _, item_id in waiting])
            self._public_stream.unpublish({result.stored_id for result in found if (result.url or "").startswith(FORGOTTEN)})
            self._public_stream.publish([to_json(result.to_dict()).decode() for result in found])
            self._ledger.published([number for number, _ in waiting])


def stage_seconds(outcomes: Sequence[Outcome], stored_in: float) -> Iterator[tuple[str, float]]:
    """Pairs of stage and seconds, from what the outcomes tell of their fetch and their labels."""
    for outcome in outcomes:
        if isinstance(outcome, (Taken, Returned, Relabelled)):
            continue
        fetched = outcome.extracted if isinstance(outcome, Labelled) else outcome
        if fetched.host is not None:
            yield "fetch", fetched.host.ms / 1000
        if isinstance(outcome, Labelled):
            yield "label", outcome.label_ms / 1000
            yield "store", stored_in


def without_nul(body: bytes) -> bytes:
    """The message with U+FFFD in place of every NUL, which changes no offset."""
    return NUL.sub(rb"\1\\ufffd", body) if b"\\u0000" in body else body


def item_in(body: bytes) -> int | None:
    """The id of the item that a message is about, where a message that does not follow the schema still shows it."""
    try:
        message: object = from_json(body)
    except ValueError:
        return None
    if isinstance(message, dict) and isinstance(message.get("extracted"), dict):
        message = message["extracted"]
    number = message.get("item_id") if isinstance(message, dict) else None
    return number if isinstance(number, int) and 0 < number < 1 << 63 else None
