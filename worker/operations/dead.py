"""List the dead letters by cause or one by one, send them again, or drop them for good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

from worker.bootstrap import Services
from worker.errors import NotFound, UsageError
from worker.operations.audit import record
from worker.operations.document import Document
from worker.operations.due import held_because
from worker.operations.previews import Blocked, Intent, Preview, check
from worker.operations.previews import token as sign
from worker.operations.times import rfc3339
from worker.operations.trace import ItemTrace
from worker.reasons import Fate, Reason
from worker.storage.incidents import EXAMPLES, IncidentRow, SetMark
from worker.storage.item_rules import SPREAD_LONGEST
from worker.storage.values import OPEN, DeadFilter, DeadGroup, DeadItem, Entry, State

REASONS = tuple(sorted(reason.word for reason in Reason if reason.fate not in (Fate.REFUSED, Fate.NOTE)))
"""The reasons that a dead letter can have."""
Advice = Literal["send", "drop", "follow", "report"]
ADVICE: Mapping[Reason, Advice | None] = {
    **dict.fromkeys((Reason.NOT_HTML, Reason.TOO_BIG, Reason.HTTP_404, Reason.HTTP_410, Reason.NOT_ARTICLE), "drop"),
    **dict.fromkeys((Reason.DECODE, Reason.PARSE_LIMIT, Reason.POISON, Reason.SCHEMA), "report"),
    Reason.NOT_FEED: "follow",
    Reason.DROPPED: None,
}
"""What to do about each reason; for all others: send again. What a person dropped needs nothing."""
INCIDENTS = 50
"""Incidents in a list, the largest first; a list of one host or reason shows more of them."""
LETTERS = 10
"""Dead letters of one incident that are shown with their traces."""
SMALL = 20
"""Up to so many are sent again at once. Of more, a few are sent first (CANARY), to see whether the cause is gone."""
CANARY = 5
SHOWN = 50
"""Items of a canary whose numbers are in the answer, so that one can see how they end."""


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
class Incident(Document):
    """The dead letters of one cause: a reason, a host and what was said."""

    reason: str
    host: str
    detail: str | None
    count: int
    first: str
    """When the first and the newest died: RFC 3339, UTC."""
    newest: str
    examples: tuple[DeadLetter, ...]
    """Up to five, the newest first."""
    advice: Advice | None
    """send: send them again; drop: they are gone for good; follow: the page names its feed; report: tell the developers."""


@dataclass(frozen=True, slots=True)
class HourCount(Document):
    """How many died in one hour."""

    at: str
    """Its beginning: RFC 3339, UTC."""
    count: int


@dataclass(frozen=True, slots=True)
class IncidentDetail(Document):
    """One incident, hour by hour, with ten of its letters and their traces."""

    incident: Incident
    by_hour: tuple[HourCount, ...]
    letters: tuple[DeadLetter, ...]
    traces: tuple[ItemTrace, ...]
    """Of the same letters, in the same order."""


@dataclass(frozen=True, slots=True)
class Requeued(Document):
    """How many dead letters were sent again."""

    requeued: int
    item_ids: tuple[int, ...] = ()
    """Numbers of the first SHOWN, for `ends_of`; only where a preview was acted on, or where only some were sent."""
    left: int = 0
    """How many of the chosen letters are still dead: all but the canary."""

    def to_dict(self) -> dict[str, object]:
        """Without the fields that are only known where a preview was acted on."""
        return {"requeued": self.requeued} | ({"item_ids": list(self.item_ids), "left": self.left} if self.item_ids else {})


@dataclass(frozen=True, slots=True)
class Dropped(Document):
    """How many dead letters were dropped."""

    dropped: int


@dataclass(frozen=True, slots=True)
class End(Document):
    """How many of some items are in one state, for one reason."""

    state: str
    reason: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Ends(Document):
    """What became of items that were sent again: `done` once none of them is under way."""

    done: bool
    ends: tuple[End, ...]


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
    """The filter that chooses only the dead letter of this URL; raises UsageError where it is not dead."""
    found = [trace.item_id for trace in services.operator_ledger.trace(*entry.keys) if trace.state == State.DEAD]
    if not found:
        raise UsageError(f"expected the URL of a dead letter, got {entry.url!r}")
    return DeadFilter(item_id=found[0])


def count(services: Services, which: DeadFilter) -> int:
    """How many the filter chooses."""
    return sum(1 for _ in services.operator_ledger.dead(which))


def incidents(services: Services, which: DeadFilter = DeadFilter(), limit: int = INCIDENTS) -> list[Incident]:  # noqa: B008 - frozen
    """The dead letters by cause, the largest incident first, what people dropped last. Raises Unavailable."""
    rows = services.viewer_ledger.incidents(which, limit)
    newest = services.viewer_ledger.newest_dead([(row.reason, row.host, row.detail) for row in rows], EXAMPLES)
    return [_incident(row, tuple(map(DeadLetter.of, examples))) for row, examples in zip(rows, newest, strict=True)]


def _incident(row: IncidentRow, found: tuple[DeadLetter, ...]) -> Incident:
    advice = ADVICE.get(Reason.of(row.reason), "send") if row.reason in REASONS else "report"
    return Incident(row.reason, row.host, row.detail, row.count, rfc3339(row.first), rfc3339(row.newest), found, advice)


def _cause(reason: str, host: str, detail: str | None) -> DeadFilter:
    return DeadFilter(reason=reason, host=host, detail=detail or "")


def incident(services: Services, reason: str, host: str, detail: str | None = None) -> IncidentDetail:
    """One incident; `detail` None: the largest of this reason and host. Raises NotFound where there is none (any more), Unavailable."""
    which = DeadFilter(reason=reason, host=host) if detail is None else _cause(reason, host, detail)
    row = next(iter(services.viewer_ledger.incidents(which, 1)), None)
    if row is None:
        raise NotFound(f"expected dead letters of {host[:200]!r} with the reason {reason[:60]!r}, got none")
    cause = _cause(row.reason, row.host, row.detail)
    shown = tuple(map(DeadLetter.of, services.operator_ledger.dead(replace(cause, limit=LETTERS))))
    traces = [services.viewer_ledger.trace_of(letter.item_id) for letter in shown]
    hours = tuple(HourCount(rfc3339(at), count) for at, count in services.viewer_ledger.incidents_by_hour(cause))
    return IncidentDetail(_incident(row, shown[:EXAMPLES]), hours, shown, tuple(ItemTrace.of(found) for found in traces if found))


def preview(services: Services, act: Literal["requeue", "drop"], which: DeadFilter, who: str, rate: float | None = None) -> Preview:
    """What sending again or dropping would reach, with the token that the act demands. Raises Unavailable."""
    mark = _mark(services, which)
    examples = tuple(letters(services, replace(which, limit=min(which.limit or EXAMPLES, EXAMPLES))))
    blocked = tuple(_blocked(services, which)) if act == "requeue" else ()
    signed = sign(services, Intent(act, who, which, mark))
    return Preview(mark.count, examples, blocked, signed, mark.count / rate if rate else None)


def _mark(services: Services, which: DeadFilter) -> SetMark:
    """The mark of exactly those letters that an act reaches; with a limit, they are the newest ones."""
    if which.limit is None:
        return services.viewer_ledger.dead_mark(which)
    found = [(item.item_id, item.died_at) for item in services.operator_ledger.dead(which)]
    return SetMark(len(found), sum(item_id for item_id, _ in found), max((at for _, at in found), default=0.0))


def _blocked(services: Services, which: DeadFilter) -> Iterator[Blocked]:
    """What would not be fetched at once although it is sent again."""
    counts = services.viewer_ledger.dead_by_host(which)
    if (pause := next((pause for pause in services.viewer_ledger.stage_pauses() if pause.what == "fetch"), None)) is not None:
        yield Blocked(f"Fetching is paused{_by(pause.who)}", sum(counts.values()))
        return
    for wait in services.viewer_ledger.waits().values():
        if wait.host in counts:
            why = f"{wait.host} is paused{_by(wait.paused_by)}" if wait.paused else f"{wait.host}: {held_because(wait)}"
            yield Blocked(why, counts[wait.host])


def _by(who: str | None) -> str:
    return f" by {who}" if who else ""


def requeue(
    services: Services,
    which: DeadFilter,
    rate: float | None = None,
    *,
    first: int | None = None,
    token: str | None = None,
    who: str | None = None,
) -> Requeued:
    """Sends the same items again with all their tries; at most `rate` a second go out, and this returns at once.

    `first`: only so many of them, the newest. With the `token` of a preview the set must still be the one that was seen, else
    Conflict is raised and nothing is done. `who` goes into the log. Raises UsageError for a rate that would take longer than a day.
    """
    if token is not None:
        check(services, token, Intent("requeue", who or "", which, _mark(services, which)))
    meant = which if first is None else replace(which, limit=min(first, which.limit or first))
    total = count(services, which) if first is not None or rate else 0
    if rate and min(total, first or total) / rate > SPREAD_LONGEST:
        raise UsageError(f"expected a rate at which {total} pages go out within a day, got {rate:g} a second")
    ids = services.operator_ledger.requeue_at(meant, rate)
    record(services, who, "dead requeue", count=len(ids), which=_told(meant, rate=rate))
    seen = token is not None or first is not None
    return Requeued(len(ids), tuple(ids[:SHOWN]) if seen else (), max(total - len(ids), 0) if first is not None else 0)


def drop(services: Services, which: DeadFilter, *, reason: str | None = None, token: str | None = None, who: str | None = None) -> Dropped:
    """Gives them up for good, as `dropped-by-user`, with a person's `reason`; token and who as in `requeue`."""
    if token is not None:
        check(services, token, Intent("drop", who or "", which, _mark(services, which)))
    detail = f"dropped{_by(who)}{f': {reason}' if reason else ''}" if reason or token else None
    dropped = services.operator_ledger.drop(which, detail)
    record(services, who, "dead drop", count=dropped, reason=reason, which=_told(which))
    return Dropped(dropped)


def _told(which: DeadFilter, **more: object) -> dict[str, object]:
    """A filter as the log keeps it: what was set, and at most SHOWN numbers."""
    told = asdict(which) | more
    return told | ({"item_ids": list(which.item_ids[:SHOWN])} if which.item_ids else {})


def ends_of(services: Services, item_ids: Sequence[int]) -> Ends:
    """What became of items that were sent again, such as a canary. Raises Unavailable."""
    ends = tuple(End(*row) for row in services.viewer_ledger.outcomes_of(item_ids))
    return Ends(not any(end.state in OPEN for end in ends), ends)
