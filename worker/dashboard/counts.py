"""Have the counts of searches made beside the requests, and keep them for some seconds: no page waits long for them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from worker.bootstrap import Services
from worker.errors import PressmarkError
from worker.operations import articles
from worker.operations.articles import Matches
from worker.operations.figures import Kept
from worker.storage.search import SearchFilter

log = logging.getLogger(__name__)

K = TypeVar("K")
T = TypeVar("T")

WAIT = 0.1
"""Seconds that a page waits for what is made just then: with its articles, which take 20 to 50 ms, it stays under 200 ms."""
SHARE = 20.0
"""Counts that took t seconds are kept for 20 t, so that one search that is looked at all day takes a twentieth of a core."""
OLDEST = 300.0
"""Seconds after which they are counted anew, whatever it costs: of each text once among a million that takes seconds."""
MOST = 64
"""Answers that are kept; each is of up to 5,000 days and 5,000 outlets, a megabyte."""
AT_ONCE = 2
"""Counts that are made at once: further ones wait, and leave the database's connections to the pages."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What was counted, and how many seconds ago."""

    value: T
    age: float = 0.0


class Counted(Generic[T]):
    """One figure that threads of their own make."""

    def __init__(self, kept: Kept[T]) -> None:
        self._kept = kept
        self._lock = threading.Lock()
        self._made = threading.Event()
        self._made.set()

    def begin(self, turns: threading.Semaphore) -> threading.Event:
        """Has it made where it is due and nobody makes it; the event is set where nobody does."""
        with self._lock:
            if self._made.is_set() and self._kept.due:
                self._made = threading.Event()
                threading.Thread(target=self._make, args=(turns, self._made), name="counts", daemon=True).start()
            return self._made

    def _make(self, turns: threading.Semaphore, made: threading.Event) -> None:
        try:
            with turns:
                self._kept.get()
        except PressmarkError as error:
            log.warning("counts of a search could not be made: %s", error)
        except Exception:
            log.exception("unexpected error while counts of a search were made")
        finally:
            made.set()

    @property
    def answer(self) -> Answer[T] | None:
        """What was made last, None where nothing was."""
        last, age = self._kept.last, self._kept.age
        return None if last is None else Answer(last, age)


class Counting(Generic[K, T]):
    """The answers to questions that take long, by question; those asked longest ago are forgotten."""

    def __init__(self, cost: Callable[[], float]) -> None:
        """`cost` is the clock of what an answer costs."""
        self._cost = cost
        self._counted: dict[K, Counted[T]] = {}
        self._lock = threading.Lock()
        self._turns = threading.Semaphore(AT_ONCE)

    def answers(self, questions: Mapping[K, Callable[[], T]]) -> dict[K, Answer[T] | None]:
        """Answers that are there within WAIT seconds: new ones, else old ones; None for those that are not there yet."""
        asked = {key: self._of(key, make) for key, make in questions.items()}
        begun, until = [one.begin(self._turns) for one in asked.values()], time.monotonic() + WAIT
        for made in begun:
            made.wait(max(until - time.monotonic(), 0))
        return {key: one.answer for key, one in asked.items()}

    def forget(self) -> None:
        """Asks anew the next time: something was changed."""
        with self._lock:
            self._counted.clear()

    def _of(self, key: K, make: Callable[[], T]) -> Counted[T]:
        with self._lock:
            found = self._counted.pop(key, None) or Counted(Kept(make, share=SHARE, oldest=OLDEST, cost=self._cost))
            self._counted[key] = found
            while len(self._counted) > MOST:
                del self._counted[next(iter(self._counted))]
            return found


Question = tuple[SearchFilter, bool, bool]
"""A search, whether near copies count once, and whether by everything that a list can be narrowed by or its total alone."""


class ListCounts:
    """What lists of articles show of counts: made at once where that is quick, else beside the requests."""

    def __init__(self, services: Services) -> None:
        self._services = services
        # SQLite works in the thread that asks; PostgreSQL beside it, and only the time that it takes is known here
        cost = time.thread_time if services.engine.dialect.name == "sqlite" else time.monotonic
        self._counting: Counting[Question, Matches] = Counting(cost)
        self.forget = self._counting.forget

    def of(self, wanted: SearchFilter, *, once: bool) -> Answer[Matches] | None:
        """What matches, counted by everything that a list can be narrowed by; None while it is being made, or cannot be."""
        return self._answers([(wanted, once, True)])[0]

    def totals(self, searches: list[SearchFilter], *, once: bool) -> list[Answer[Matches] | None]:
        """The same of several searches, of each its total alone."""
        return self._answers([(wanted, once, False) for wanted in searches])

    def _answers(self, questions: list[Question]) -> list[Answer[Matches] | None]:
        if not articles.slow_to_count(self._services):
            return [self._at_once(question) for question in questions]
        found = self._counting.answers({question: partial(self._made, question) for question in questions})
        return [found[question] for question in questions]

    def _at_once(self, question: Question) -> Answer[Matches] | None:
        try:
            return Answer(self._made(question))
        except PressmarkError as error:
            log.warning("counts of a search could not be made: %s", error)
            return None

    def _made(self, question: Question) -> Matches:
        wanted, once, whole = question
        matches = Matches(self._services, wanted, once=once, several=whole)
        return matches.whole() if whole else matches.totalled()
