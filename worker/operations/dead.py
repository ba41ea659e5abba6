"""List the dead letters by cause or one by one, send them again, or drop them for good."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from worker.bootstrap import Services
from worker.errors import UsageError
from worker.operations.document import Document
from worker.operations.times import rfc3339
from worker.reasons import Fate, Reason
from worker.storage.values import DeadFilter, DeadGroup, DeadItem, Entry, State

REASONS = tuple(sorted(reason.word for reason in Reason if reason.fate not in (Fate.REFUSED, Fate.NOTE)))
"""The reasons that a dead letter can have."""


STEP = 500
"""Dead letters sent again at once at most, however high the rate: other writers have their turn in between."""


@dataclass(frozen=True, slots=True)
class DeadCause(Document):
    """The dead letters of one reason."""

    reason: str
    count: int
    newest: str
    """When the last one died: RFC 3339, UTC."""

    @classmethod
    def of(cls, group: DeadGroup) -> DeadCause:
        """From the ledger's count."""
        return cls(group.reason, group.count, rfc3339(group.newest))


@dataclass(frozen=True, slots=True)
class DeadLetter(Document):
    """One item that came to nothing."""

    item_id: int
    url: str
    host: str
    """Name and port, as in `example.org:443`."""
    reason: str
    detail: str | None
    died_at: str
    """RFC 3339, UTC."""
    tries: int
    strikes: int
    http: Mapping[str, object] | None
    """The last answer; None where there was none."""

    @classmethod
    def of(cls, item: DeadItem) -> DeadLetter:
        """From the ledger's row."""
        return cls(
            *(item.item_id, item.url, item.host, item.reason, item.detail),
            *(rfc3339(item.died_at), item.tries, item.strikes, item.answer),
        )


@dataclass(frozen=True, slots=True)
class Requeued(Document):
    """How many dead letters were sent again."""

    requeued: int


@dataclass(frozen=True, slots=True)
class Dropped(Document):
    """How many dead letters were dropped."""

    dropped: int


def causes(services: Services, which: DeadFilter) -> list[DeadCause]:
    """The dead letters by reason, the most frequent first."""
    if which == DeadFilter():
        return [DeadCause.of(group) for group in services.operator_ledger.dead_groups()]
    counts: Counter[str] = Counter()
    newest: dict[str, float] = {}
    for item in services.operator_ledger.dead(which):
        counts[item.reason] += 1
        newest[item.reason] = max(newest.get(item.reason, 0.0), item.died_at)
    return [DeadCause(reason, number, rfc3339(newest[reason])) for reason, number in counts.most_common()]


def letters(services: Services, which: DeadFilter) -> Iterator[DeadLetter]:
    """The dead letters one by one, newest first; also shows what `requeue` and `drop` would change."""
    return map(DeadLetter.of, services.operator_ledger.dead(which))


def only(services: Services, entry: Entry) -> DeadFilter:
    """The filter that means the dead letter of this URL alone; raises UsageError where it is not dead."""
    found = [trace.item_id for trace in services.operator_ledger.trace(entry.key) if trace.state == State.DEAD]
    if not found:
        raise UsageError(f"expected the URL of a dead letter, got {entry.url!r}")
    return DeadFilter(item_id=found[0])


def count(services: Services, which: DeadFilter) -> int:
    """How many are meant."""
    return sum(1 for _ in services.operator_ledger.dead(which))


def requeue(services: Services, which: DeadFilter, rate: float | None = None) -> Requeued:
    """Sends the same items again with all their tries, at most `rate` a second where given."""
    if rate is None:
        return Requeued(services.operator_ledger.requeue(which))
    step = max(min(int(rate), STEP), 1)
    total = 0
    for sent in services.operator_ledger.requeue_in_steps(which, step):
        total += sent
        time.sleep(step / rate)
    return Requeued(total)


def drop(services: Services, which: DeadFilter) -> Dropped:
    """Gives them up for good, as `dropped-by-user`."""
    return Dropped(services.operator_ledger.drop(which))
