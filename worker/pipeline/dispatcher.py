"""Send due URLs: one leader leases what is due, within each host's pace and a bounded window, and sends it to Celery's queues."""

from __future__ import annotations

import logging
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from worker.config import Settings
from worker.errors import Unavailable
from worker.logs import fields
from worker.messages import URLRequest
from worker.net.url import written_host
from worker.pipeline.run_loop import run_until
from worker.queues import FETCH, URGENT, Control, Depths, MinuteFigures, this_process
from worker.reasons import Lane
from worker.storage.for_dispatcher import ForDispatcher
from worker.storage.leadership import LeadLost
from worker.storage.values import Leadership, Stage

log = logging.getLogger(__name__)

Send = Callable[[str, list[URLRequest]], None]
"""Puts one chunk on a Celery queue (`fetch` or `fetch.urgent`); raises Unavailable while Redis is away."""

BEAT = 0.5
"""Seconds between two heartbeats of the leader: well under LEAD_TIMEOUT."""
LEAD_TIMEOUT = 3.0
"""Seconds without a heartbeat after which another takes over; six beats. Two leaders at once would do no harm."""
TICK = 0.5
"""Seconds between two ticks, of 4 ms each: a person who enqueues one URL hardly notices, and at 40 pages a second chunks are full."""
KEYS = 5.0
"""Seconds between two looks at the types of our keys, of 0.1 ms each: commands on one of another type fail until it is moved aside."""
SWEEP = 60.0
"""Seconds between two rounds of housekeeping, which is cheap when there is nothing to do."""
MEND = 3600.0
"""Seconds between two searches for next attempts later than any rule allows; also when a leader begins. It reads every waiting item."""
POLL = 1.0
"""Seconds between two looks for sources and rechecks that are due: one row of an index, and the shortest interval is 300 times that."""
SAMPLE = 10.0
"""Seconds between two samples of metrics: fine enough for a graph of an hour."""
STEP = 5.0
"""Seconds by which the machine's clock must differ from the time that passed, to count as set by somebody."""


def passed() -> float:
    """Seconds on a clock that nobody can set; it counts those of a suspended machine, too, where the system can (Linux)."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def chunks(leased: Sequence[tuple[Lane, URLRequest]], size: int, *, paced: bool = False) -> Iterator[tuple[str, list[URLRequest]]]:
    """Queue and requests of each message: a suspect alone, the others up to `size` together, dealt out to the messages in turn.

    Where hosts are `paced`, those of one host are in one message: one worker keeps the pace between them.
    """
    for queue, urgent in ((URGENT, True), (FETCH, False)):
        requests = [request for lane, request in leased if (lane == "urgent") is urgent]
        yield from ((queue, [request]) for request in requests if request.alone)
        together = [request for request in requests if not request.alone]
        number = -(-len(together) // size)
        dealt = _by_host(together, size) if paced else [together[start::number] for start in range(number)]
        yield from ((queue, chunk) for chunk in dealt)


def _by_host(requests: Sequence[URLRequest], size: int) -> list[list[URLRequest]]:
    """As few messages as hold the requests, filled alike: hosts go to the emptiest in turn, split only where one fills a message."""
    hosts: dict[str, list[URLRequest]] = {}
    for request in requests:
        hosts.setdefault(written_host(request.url), []).append(request)
    groups = [group[at : at + size] for group in hosts.values() for at in range(0, len(group), size)]
    filled: list[list[URLRequest]] = [[] for _ in range(-(-len(requests) // size))]
    for group in sorted(groups, key=len, reverse=True):
        emptiest = min(filled, key=len)
        if len(emptiest) + len(group) > size:
            filled.append(list(group))
        else:
            emptiest += group
    return [chunk for chunk in filled if chunk]


def window(per_second: float, settings: Settings) -> int:
    """How many items may be leased at once: what `window_seconds` at this throughput finish, within the bounds of the settings."""
    return int(min(max(per_second * settings.window_seconds, settings.window_min), settings.window_max))


class Rate:
    """Throughput of a number that only grows, as an exponentially weighted average."""

    HALF_LIFE = 10.0
    """Seconds in which older throughput loses half its weight: as long as the window."""

    def __init__(self) -> None:
        self.per_second = 0.0
        self._last: tuple[float, int] | None = None

    def observe(self, at: float, total: int) -> None:
        """The number was `total` at the time `at`, in seconds."""
        if self._last is None:
            self._last = (at, total)
        elapsed = at - self._last[0]
        if elapsed < BEAT:
            return
        weight = 0.5 ** (elapsed / self.HALF_LIFE)
        self.per_second = self.per_second * weight + max(total - self._last[1], 0) / elapsed * (1 - weight)
        self._last = (at, total)


class Dispatcher:
    """Any number may run; one leads, the others wait to take over.

    `full` names the queues that have no room: nothing is sent that would have to wait for them. `mend` moves keys aside
    that hold what this program never puts there, and says what it moved.
    """

    def __init__(
        self,
        ledger: ForDispatcher,
        depths: Depths,
        control: Control,
        send: Send,
        settings: Settings,
        *,
        full: Callable[[], Sequence[str]] = list,
        mend: Callable[[], Sequence[str]] = list,
    ) -> None:
        self._ledger = ledger
        self._depths = depths
        self._control = control
        self._send = send
        self._settings = settings
        self._name = this_process()
        self._lead: Leadership | None = None
        self._seen: tuple[Leadership, float] | None = None
        self._rate = Rate()
        self._minute = MinuteFigures()
        self._done_at: dict[str, float] = {}
        self._clock_ahead = time.time() - passed()
        self._disk_full = False
        self._full = full
        self._mend = mend
        self._was_full: Sequence[str] = ()

    def run(self, stop: threading.Event, made_progress: Callable[[], None] = lambda: None) -> None:
        """Ticks until `stop` is set, and calls `made_progress` after each tick; an outage is logged once and waited out."""
        run_until(self.run_once, stop, "dispatcher", TICK, made_progress=made_progress)
        self._resign()

    def _resign(self) -> None:
        try:
            if self._lead is not None:
                self._ledger.resign(self._lead)
        except (Unavailable, LeadLost) as error:
            log.info("could not resign: %s", error)
        self._lead = None

    def run_once(self) -> int:
        """One tick: how many URLs were sent. Raises Unavailable."""
        try:
            return self._tick() if self._leads() else 0
        except LeadLost as error:
            log.warning("no longer leading: %s", error)
            self._lead = self._seen = None
            return 0

    def _leads(self) -> bool:
        """Whether this dispatcher leads; takes the lead where it is free or its holder sends no heartbeat."""
        if self._lead is not None:
            return True
        now = passed()
        current = self._ledger.leadership()
        if self._seen is None or self._seen[0] != current:
            self._seen = (current, now)
        if current.leader is not None and now - self._seen[1] < LEAD_TIMEOUT:
            return False
        self._lead = self._ledger.take_lead(current, self._name)
        if self._lead is not None:
            log.info("this dispatcher is now the leader (term %d)", self._lead.term)
            self._done_at = {}
        return self._lead is not None

    def _tick(self) -> int:
        lead = self._held()
        if self._due("keys", KEYS):
            self._mend_keys()
        self._check_epoch(lead)
        if self._due("beat", BEAT):
            lead = self._beat(lead)
        paused = self._ledger.paused_stages()
        if self._due("paused", BEAT):
            self._control.set_paused(sorted(paused))
        if self._due("mend", MEND):
            self._ledger.correct_times(lead)
        if self._due("sweep", SWEEP) and self._ledger.sweep(lead):
            del self._done_at["sweep"]  # there is more: at the next tick
        if self._due("sources", POLL):
            self._ledger.poll_sources(lead)
            self._ledger.recheck_articles(lead)
        if self._due("sample", SAMPLE):
            self._sample()
        self._sample_minute()
        return 0 if Stage.FETCH in paused or self._disk_is_full() or self._queues_are_full() else self._dispatch(lead)

    def _held(self) -> Leadership:
        if self._lead is None:
            raise LeadLost("this dispatcher does not lead")
        return self._lead

    def _due(self, what: str, every: float) -> bool:
        now = passed()
        if now - self._done_at.get(what, 0.0) < every:
            return False
        self._done_at[what] = now
        return True

    def _check_epoch(self, lead: Leadership) -> None:
        """Takes every lease back where Redis lacks our mark: it has lost all that was sent."""
        if lead.epoch is not None and self._control.epoch() == lead.epoch:
            return
        epoch = secrets.token_hex(8)
        reclaimed = self._ledger.reclaim_all(lead, epoch)
        self._control.begin_epoch(epoch)
        self._lead = replace(lead, epoch=epoch)
        level = logging.WARNING if reclaimed else logging.INFO
        log.log(level, "Redis was emptied or is new: %d leases taken back", reclaimed, extra=fields(stage="dispatch"))

    def _beat(self, lead: Leadership) -> Leadership:
        self._check_clock(lead)
        elapsed = passed() - self._done_at.get("beaten", passed())
        self._done_at["beaten"] = passed()
        self._lead = lead = self._ledger.beat(lead, elapsed, self._depths.oldest_age())
        self._rate.observe(passed(), self._ledger.finished())
        taken_back = self._ledger.reclaim(lead)
        if taken_back.free or taken_back.suspects or taken_back.strikes:
            log.warning("leases expired: %s", taken_back, extra=fields(stage="dispatch"))
        return lead

    def _check_clock(self, lead: Leadership) -> None:
        ahead = time.time() - passed()
        if abs(ahead - self._clock_ahead) > STEP:
            log.warning("the clock was set by %.0f s", ahead - self._clock_ahead)
            self._ledger.clock_was_set(lead, ahead - self._clock_ahead)
        self._clock_ahead = ahead

    def _disk_is_full(self) -> bool:
        free = shutil.disk_usage(_existing(self._settings.data_dir)).free
        full = free < self._settings.disk_free_min
        if full and not self._disk_full:
            log.error("%s: disk full, %d bytes free: nothing is sent", self._settings.data_dir, free, extra=fields(stage="dispatch"))
        self._disk_full = full
        return full

    def _mend_keys(self) -> None:
        for said in self._mend():
            log.error("moved aside: %s", said, extra=fields(stage="dispatch"))

    def _queues_are_full(self) -> bool:
        full = self._full()
        if full and not self._was_full:
            log.warning("nothing is sent until there is room in: %s", ", ".join(full), extra=fields(stage="dispatch"))
        self._was_full = full
        return bool(full)

    def _dispatch(self, lead: Leadership) -> int:
        room = window(self._rate.per_second, self._settings) - self._ledger.running()
        leased = self._ledger.lease(lead, room) if room > 0 else []
        self._send_all(list(chunks(leased, self._settings.chunk_size, paced=self._settings.host_interval > 0)))
        return len(leased)

    def _send_all(self, unsent: list[tuple[str, list[URLRequest]]]) -> None:
        try:
            while unsent:
                queue, requests = unsent[0]
                self._send(queue, requests)
                del unsent[0]
                self._depths.flowed(queue, entered=len(requests))
        except Unavailable:
            self._ledger.hand_back([request for _, requests in unsent for request in requests])
            raise

    def _sample(self) -> None:
        depths = self._depths.all()
        self._minute.observe(depths)
        waiting = {f"waiting.{depth.name}": float(depth.waiting) for depth in depths}
        self._ledger.sample(waiting | {"finished_per_s": self._rate.per_second, "running": float(self._ledger.running())})

    def _sample_minute(self) -> None:
        """Once a minute, as soon as it has ended."""
        if (gauges := self._minute.ended(time.time())) is not None:
            self._ledger.sample_minute(gauges)


def _existing(path: Path) -> Path:
    """The path, or its nearest parent that exists."""
    return next(place for place in (path, *path.parents) if place.exists())
