"""Keep the answer to a question for a moment, so that many who ask at once cost as much as one."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from worker.errors import PressmarkError

K = TypeVar("K")
T = TypeVar("T")


class Fresh(Generic[T]):
    """The answer of a function, asked again only when it is older than `seconds`; an error is an answer too."""

    def __init__(self, ask: Callable[[], T], seconds: float) -> None:
        self._ask = ask
        self._seconds = seconds
        self._lock = threading.Lock()
        self._asked_at = -seconds
        self._answer: T | PressmarkError | None = None

    def __call__(self) -> T:
        """The answer; raises what the function raised."""
        with self._lock:
            if time.monotonic() - self._asked_at >= self._seconds:
                self._answer, self._asked_at = self._asked(), time.monotonic()
            answer = self._answer
        if isinstance(answer, PressmarkError):
            raise answer
        assert answer is not None  # noqa: S101 - asked just now or before
        return answer

    def or_none(self) -> T | None:
        """The answer, None where there is none to be had now."""
        try:
            return self()
        except PressmarkError:
            return None

    def last(self) -> T | None:
        """The answer that was given last, however old; never waits, and asks nobody. None where there was none."""
        answer = self._answer
        return None if isinstance(answer, PressmarkError) else answer

    def forget(self) -> None:
        """Asks anew the next time: something was changed."""
        with self._lock:
            self._asked_at = -self._seconds

    def _asked(self) -> T | PressmarkError:
        try:
            return self._ask()
        except PressmarkError as error:
            return error


class Drawn(Generic[K, T]):
    """What is made of something, made again only when that has changed; one for each name."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[K, T]] = {}

    def of(self, name: str, key: K, make: Callable[[], T]) -> T:
        """What `make` makes of `key`."""
        kept = self._kept.get(name)
        if kept is None or kept[0] != key:
            kept = self._kept[name] = (key, make())
        return kept[1]


class Outcomes(Generic[T]):
    """The outcomes of the last acts, each for the page that follows it; many of them push the oldest out."""

    MOST = 64
    """A few megabytes, where each is of 10,000 lines."""

    def __init__(self) -> None:
        self._kept: dict[str, T] = {}
        self._lock = threading.Lock()

    def keep(self, outcome: T) -> str:
        """A word that no one guesses, under which it is found."""
        word = secrets.token_urlsafe(12)
        with self._lock:
            self._kept[word] = outcome
            while len(self._kept) > self.MOST:
                del self._kept[next(iter(self._kept))]
        return word

    def get(self, word: str) -> T | None:
        """The outcome, None once it is gone."""
        return self._kept.get(word)
