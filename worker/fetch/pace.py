"""Keep the pace of every host: one request at a time, and a pause after each answer, across all workers.

`RedisPace` keeps it for every worker on every machine and `LocalPace` for one process; the first uses
the second as well, so that a process keeps the pace also after Redis was emptied.
docs/decisions/pace.md has the protocol, and why it needs no script.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from typing import Protocol

import redis

from worker.errors import PressmarkError

HOLD_MARGIN = 10.0
"""Seconds that a place (host and port) stays taken beyond the longest answer; then that of a killed worker is free again."""
AWAY = 5.0
"""Seconds until another attempt where Redis does not answer: no host is requested at an unknown pace."""
YEAR_MS = 365 * 86_400_000
"""Milliseconds that the epoch key lives; what remains of them shows since when Redis has kept its memory."""
GRAIN_MS = 5
"""Milliseconds added to every pause: Redis counts whole ones from a clock that it reads once a command, and could end one early."""
LOCAL_MAX = 100_000
"""Places kept before the expired ones are removed: about 20 MB."""


class HostBusy(PressmarkError):
    """The host may not be requested yet: nothing was sent, and no attempt of the item is counted."""

    def __init__(self, place: str, after: float) -> None:
        super().__init__(f"{place} may be requested again in {after:.1f} s")
        self.place = place
        self.after = after


class Slot(Protocol):
    """The right to send one request to a place."""

    def release(self, interval: float) -> None:
        """The answer has ended: the next request may come `interval` seconds from now."""


class Pace(Protocol):
    """Decides when a place may be requested."""

    def take(self, place: str) -> Slot:
        """The right to send a request to `place` (host and port) now; raises HostBusy."""


class _NoSlot:
    def release(self, interval: float) -> None:
        """Does nothing: nothing was taken."""


class LocalPace:
    """The pace within one process; thread-safe. An interval of 0 means no pace at all."""

    def __init__(self, interval: float, hold: float = 30.0 + HOLD_MARGIN) -> None:
        self.interval = interval
        self._hold = hold + interval
        self._free_at: dict[str, float] = {}
        self._lock = threading.Lock()

    def take(self, place: str) -> Slot:
        """See Pace."""
        if self.interval == 0:
            return _NoSlot()
        now = time.monotonic()
        with self._lock:
            free_at = self._free_at.get(place, 0.0)
            if free_at > now:
                raise HostBusy(place, min(free_at - now, self.interval))
            self._sweep(now)
            self._free_at[place] = now + self._hold
        return _LocalSlot(self, place)

    def free(self, place: str, at: float) -> None:
        """Sets when `place` is free again, on the monotonic clock."""
        with self._lock:
            self._free_at[place] = at

    def _sweep(self, now: float) -> None:
        if len(self._free_at) > LOCAL_MAX:
            self._free_at = {place: at for place, at in self._free_at.items() if at > now}


class _LocalSlot:
    def __init__(self, pace: LocalPace, place: str) -> None:
        self._pace, self._place = pace, place

    def release(self, interval: float) -> None:
        self._pace.free(self._place, time.monotonic() + max(interval, self._pace.interval))


class RedisPace:
    """The pace of all workers: one key a place, which exists while the place may not be requested.

    `redis` is a connected client, `namespace` the prefix of its keys, `interval` seconds,
    `hold` the longest that one answer can take.
    """

    def __init__(self, client: redis.Redis, namespace: str, interval: float, hold: float = 30.0) -> None:
        self.interval = interval
        self._redis, self._prefix = client, f"{namespace}:pace:"
        self._epoch = f"{namespace}:pace-epoch"
        self._hold = hold + HOLD_MARGIN + interval
        self._local = LocalPace(interval, hold + HOLD_MARGIN)

    def take(self, place: str) -> Slot:
        """See Pace; while Redis does not answer, every host is busy."""
        local = self._local.take(place)
        if self.interval == 0:
            return local
        started = time.monotonic()
        try:
            wait = self._ask(place)
        except redis.RedisError as error:
            self._local.free(place, 0.0)
            raise HostBusy(place, AWAY) from error
        if wait > 0:
            self._local.free(place, 0.0)
            raise HostBusy(place, wait)
        return _RedisSlot(self, place, local, started + self._hold - HOLD_MARGIN / 2)

    def _ask(self, place: str) -> float:
        """Takes the place in one round trip; returns 0, or the seconds to wait where it is taken."""
        key, whole = self._prefix + place, YEAR_MS
        pipe = self._redis.pipeline(transaction=True)
        pipe.set(key, secrets.token_hex(4), nx=True, px=int(self._hold * 1000))
        pipe.set(self._epoch, "1", nx=True, px=whole)
        pipe.pttl(self._epoch)
        pipe.pttl(key)
        taken, _, epoch_left, key_left = pipe.execute()
        age = (whole - epoch_left) / 1000
        if age < self.interval:  # Redis was empty a moment ago: when this host was last requested is lost, so it gets one pause
            if taken:
                self._redis.pexpire(key, int((self.interval - age) * 1000) + GRAIN_MS)
            return float(self.interval - age)
        return 0.0 if taken else min(max(int(key_left), 1) / 1000, max(self.interval, AWAY))

    def pause(self, place: str, seconds: float) -> None:
        """Frees the place `seconds` from now, also where Redis was emptied meanwhile.

        While Redis is away, the key expires by itself.
        """
        key, rest = self._prefix + place, int(seconds * 1000) + GRAIN_MS
        with contextlib.suppress(redis.RedisError):
            if not self._redis.pexpire(key, rest):
                self._redis.set(key, "rest", nx=True, px=rest)


class _RedisSlot:
    """`until`: after that moment the key may be another worker's, where this one was suspended, and is left as it is."""

    def __init__(self, pace: RedisPace, place: str, local: Slot, until: float) -> None:
        self._pace, self._place, self._local, self._until = pace, place, local, until

    def release(self, interval: float) -> None:
        self._local.release(interval)
        if time.monotonic() < self._until:
            self._pace.pause(self._place, max(interval, self._pace.interval))
