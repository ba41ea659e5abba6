"""Judge what is wrong, what needs a person and what is held back: the one judgement of pages, `status --check` and `doctor`."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from urllib.parse import quote

from worker import queues as names
from worker.bootstrap import Services
from worker.config import MIB, Settings
from worker.errors import Unavailable
from worker.operations import queues
from worker.operations.drift import DriftReport
from worker.operations.figures import DAY, LedgerFigures, asked
from worker.operations.holds import of_holds
from worker.operations.problem_types import LEVELS, Act, Problem, Verdict, shown
from worker.operations.queues import QueueReport, QueueStatus
from worker.operations.reason_words import words
from worker.operations.receivers.problems import of_webhooks
from worker.operations.source_problems import of_sources
from worker.operations.times import duration, rfc3339
from worker.operations.workers import Worker, silent
from worker.reasons import Reason
from worker.storage.database import expect_writable
from worker.storage.incidents import Burst
from worker.storage.time_series import FLOWS, HOUR

__all__ = ["Act", "Problem", "Verdict", "judged", "of_holds", "problems", "shown", "verdict", "wrong"]

TOO_OLD = 300.0
"""Seconds that a message may wait in a queue: more than twice the longest lease."""
MANY = 20
"""Dead letters of one cause within an hour from which they are an incident: a list with a few bad links gives fewer."""
SHARE = 0.05
"""Share of what ended within an hour from which dead letters of one cause are an incident, even where few items ended."""
FEWEST = 5
"""Fewer dead letters are never an incident: one bad page of ten is already ten per cent."""
QUEUE_NAMES = {
    names.FETCH: "Fetch",
    names.URGENT: "Fetch, urgent",
    names.LABEL: "Label",
    names.LABEL_BULK: "Label again",
    names.RESULTS: "Store",
}


def problems(
    services: Services,
    drift: DriftReport | None = None,
    report: Callable[[], QueueReport] | None = None,
    figures: LedgerFigures | None = None,
) -> tuple[Problem, ...]:
    """All problems, the worst first; where the database is away, that one alone. Works while Redis is away.

    Drift of the labels is judged only where a report of it is given, since making one reads a month of labels.
    `report` returns figures of the queues that somebody else asked for just now, `figures` those that cost much.
    """
    try:
        return judged(services, report() if report else queues.report(services, figures), drift, figures)
    except Unavailable as error:
        return (_database_away(error),)


def _database_away(error: Unavailable) -> Problem:
    return _wrong(
        "database-away", f"The database cannot be reached. Nothing is accepted or kept: {error}", act=Act("Settings", "/settings")
    )


def judged(
    services: Services, report: QueueReport, drift: DriftReport | None = None, figures: LedgerFigures | None = None
) -> tuple[Problem, ...]:
    """The same on figures that were read before. Raises Unavailable where the database is away."""
    found = [
        *of_database(services),
        *of_balance(report),
        *of_redis(services, report),
        *of_queues(report),
        *of_disk(services.settings),
        *of_dead_letters(services, figures=figures),
        *of_sources(services),
        *of_webhooks(services),
        *(of_drift(drift) if drift else ()),
        *of_holds(services, report),
    ]
    return tuple(sorted(found, key=lambda problem: (LEVELS.index(problem.level), -(problem.count or 0))))


def verdict(found: Sequence[Problem]) -> Verdict:
    """The first sentence that a person reads."""
    wrong = [problem for problem in found if problem.level == "wrong"]
    needs = sum(problem.level == "needs" for problem in found)
    if wrong:
        return Verdict("wrong", f"Something is wrong: {wrong[0].what}")
    if needs:
        return Verdict("needs", f"Working. {needs} thing{'s need' if needs > 1 else ' needs'} you.")
    return Verdict("well", "All is well.")


def _wrong(code: str, what: str, *, since: str | None = None, count: int | None = None, act: Act | None = None) -> Problem:
    return Problem("wrong", code, what, since, count, None, act)


# Wrong


def of_database(services: Services) -> Iterator[Problem]:
    """One where nothing can be written. A locked database, and a disk that became read-only, can still be read."""
    try:
        expect_writable(services.engine)
    except Unavailable as error:
        yield _wrong("database-refuses", f"The database takes no writes, and nothing is kept: {error}", act=Act("Settings", "/settings"))


def of_balance(report: QueueReport) -> Iterator[Problem]:
    """One where accepted URLs are not accounted for."""
    if report.balanced:
        return
    ledger = report.ledger
    missing = ledger.accepted - sum((ledger.waiting, ledger.running, ledger.stored, ledger.duplicate, ledger.refused, ledger.dead))
    much = f"{abs(missing)} {'more' if missing > 0 else 'fewer'} accepted than accounted for" if missing else "articles and items differ"
    yield _wrong("unbalanced", f"The ledger does not balance: {much}. Run `pressmark doctor`.", count=abs(missing) or None)


def of_redis(services: Services, report: QueueReport) -> Iterator[Problem]:
    """One where Redis is away, or answers and takes no writes: full, read-only, or unable to save."""
    if report.redis_is_away:
        if keys := _foreign_keys(services):
            yield from keys
            return
        what = "Redis cannot be reached. Fetching and labelling stand still. Start `pressmark up`, or look at PRESSMARK_REDIS_URL."
        yield _wrong("redis-away", what, act=Act("Settings", "/settings"))
        return
    try:
        refusal = services.control.refusal()
    except Unavailable as error:
        refusal = str(error)
    if refusal:
        full = "is full" if refusal.startswith("OOM") else "takes no writes"
        yield _wrong("redis-refuses", f"Redis {full}, and everything waits: {refusal}", act=Act("Settings", "/settings"))


def _foreign_keys(services: Services) -> list[Problem]:
    """One for each of our keys that holds another type; none where Redis does not answer."""
    try:
        wrong = services.schema.wrong()
    except Unavailable:
        return []
    return [_wrong("redis-key", f"In Redis {key}. A dispatcher moves it aside; see `pressmark doctor`.") for key in wrong]


def of_queues(report: QueueReport) -> Iterator[Problem]:
    """What waits too long in a queue, and kinds of process of which none is at work; none of it is known while Redis is away."""
    if report.redis_is_away:
        return
    for queue in report.queues:
        if queue.oldest_waiting_s and queue.oldest_waiting_s > TOO_OLD and not queue.paused:
            yield _too_old(queue, report)
    served = {name for worker in report.workers if worker.alive for name in worker.queues}
    for name, verb, stage in ((names.FETCH, "fetches", "fetch"), (names.LABEL, "labels", "label")):
        if name not in served:
            since = max((worker.last_seen for worker in report.workers if name in worker.queues), default=None)
            yield _wrong("no-worker", f"No worker {verb}. Start one: `pressmark worker {stage}`.", since=since)
    yield from of_processes(report.workers)


def _too_old(queue: QueueStatus, report: QueueReport) -> Problem:
    waited = duration(queue.oldest_waiting_s or 0.0)
    what = f"{QUEUE_NAMES.get(queue.name, queue.name)}: the oldest page has waited {waited}."
    return _wrong("queue-old", what, since=None, count=queue.waiting, act=Act("See who works", "/#workers"))


def of_processes(seen: Sequence[Worker]) -> Iterator[Problem]:
    """One for each kind of process that serves no queue and of which none makes progress."""
    for kind, last_seen in silent(seen):
        what = f"No {kind} has made progress lately" if last_seen else f"No {kind} runs"
        yield _wrong(f"no-{kind}", f"{what}. Start one: `pressmark {kind}`.", since=last_seen)


def of_disk(settings: Settings) -> Iterator[Problem]:
    """One where the disk is so full that nothing is sent."""
    free = shutil.disk_usage(settings.data_dir).free if settings.data_dir.exists() else None
    if free is not None and free < settings.disk_free_min:
        what = f"Only {free // MIB} MB free in {settings.data_dir}: fetching stopped at {settings.disk_free_min // MIB} MB."
        yield _wrong("disk-full", what, act=Act("Settings", "/settings"))


# Needs somebody


def of_dead_letters(services: Services, now: float | None = None, figures: LedgerFigures | None = None) -> Iterator[Problem]:
    """The incidents of the last day: many dead letters of one cause within an hour, or a large share of the hour."""
    at = time.time() if now is None else now
    bursts = (figures or asked(services, lambda: at)).bursts()
    if not any(burst.count >= FEWEST for burst in bursts):
        return
    ended = _ended_by_hour(services, at)
    for burst in bursts:
        if burst.reason != Reason.DROPPED.word and burst.count >= FEWEST and _is_incident(burst, ended):
            yield _incident(burst)


def _ended_by_hour(services: Services, at: float) -> Counter[int]:
    """How many items ended in each hour that was sampled."""
    hours: Counter[int] = Counter()
    for point in services.viewer_ledger.points(HOUR, int((at - DAY) // HOUR) * HOUR, int(at), FLOWS):
        hours[point.at] += round(point.value)
    return hours


def _is_incident(burst: Burst, ended: Counter[int]) -> bool:
    """By the most that died within an hour; an hour that was not sampled has no share."""
    hour = burst.worst_at // HOUR * HOUR
    around = max(ended[hour], ended[hour + HOUR])
    return burst.worst >= MANY or (burst.worst >= FEWEST and around > 0 and burst.worst >= SHARE * around)


def _incident(burst: Burst) -> Problem:
    detail = f" ({burst.detail})" if burst.detail else ""
    what = f"{burst.count} page{'s' if burst.count > 1 else ''} of {shown(burst.host)} are dead: {words(burst.reason)}{detail}."
    href = f"/dead/{quote(burst.reason, safe='')}/{quote(burst.host, safe='')}"
    return Problem("needs", "incident", what, rfc3339(burst.first), burst.count, burst.host, Act("Look at them", href))


def of_drift(drift: DriftReport) -> Iterator[Problem]:
    """One for each figure of the labels that has left its range."""
    for line in drift.warnings:
        yield Problem("needs", "drift", f"Labels drift: {line}", None, None, None, Act("Review some", "/review"))


def wrong(found: Iterable[Problem]) -> bool:
    """Whether something is wrong: what `status --check` ends with 1 for."""
    return any(problem.level == "wrong" for problem in found)
