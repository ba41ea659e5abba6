"""Look for the feeds of sites in threads of their own: no request waits for a slow site, and few sites are asked at once."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from worker.dashboard.fresh import Outcomes
from worker.dashboard.security.answers import Refused
from worker.errors import PressmarkError
from worker.operations.discovery import Found

log = logging.getLogger(__name__)

AT_ONCE = 3
"""Sites that are looked at: each costs a thread, and a parse process of some 150 MB."""
WITHIN = 180.0
"""Seconds after which a search is given up: the 120 of discovery, the slowest request begun within them, and the start of a process."""
AGAIN = 10.0
"""Seconds after which somebody who found all of them taken may ask again: most sites take fewer."""

T = TypeVar("T")
Look = Callable[[str], Sequence[Found]]


@dataclass(slots=True)
class Search:
    """One search for the feeds of an address."""

    url: str
    who: str
    instead: int | None = None
    """The source in whose place what is found is to be followed."""
    begun: float = field(default_factory=time.monotonic)
    ended: float | None = None
    found: Sequence[Found] = ()
    fault: str = ""
    """Why nothing was found; empty where the site names none."""
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def seconds(self) -> float:
        """How long it takes, or took."""
        return (self.ended if self.ended is not None else time.monotonic()) - self.begun

    @property
    def is_over(self) -> bool:
        """Whether there is an answer, or none is waited for any more."""
        return self.over.is_set() or self.seconds > WITHIN


class Discoveries:
    """The searches that run, and the last ones that ended. `look` answers with what a site has, and raises PressmarkError."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._room = threading.BoundedSemaphore(AT_ONCE)
        self._kept: Outcomes[Search] = Outcomes()

    def begin(self, url: str, who: str, instead: int | None = None) -> tuple[str, Search]:
        """Begins; a word under which the search is found. Raises Refused where others run already."""
        self._expect_room()
        search = Search(url, who, instead)
        threading.Thread(target=self._run, args=(search,), name="discovery", daemon=True).start()
        return self._kept.keep(search), search

    def get(self, word: str) -> Search | None:
        """The search, None once it is forgotten."""
        return self._kept.get(word)

    def asked(self, act: Callable[[], T]) -> T:
        """What `act`, which asks a site, returns: it counts as one of those at once. Raises Refused where others run already."""
        self._expect_room()
        try:
            return act()
        finally:
            self._room.release()

    def _expect_room(self) -> None:
        if not self._room.acquire(blocking=False):
            message = f"{AT_ONCE} sites are being looked at already. Again in {AGAIN:.0f} s."
            raise Refused(429, "too-many", message, {"Retry-After": f"{AGAIN:.0f}"})

    def _run(self, search: Search) -> None:
        try:
            search.found = self._look(search.url)
        except PressmarkError as error:
            search.fault = str(error)
        except Exception:
            log.exception("unexpected error in a search for feeds")
            search.fault = "Pressmark made a mistake. Its log has the details."
        finally:
            search.ended = time.monotonic()
            search.over.set()
            self._room.release()
