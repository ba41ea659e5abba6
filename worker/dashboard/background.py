"""Run one long act at a time beside the requests, and tell how far it is."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from worker.errors import Conflict, PressmarkError

log = logging.getLogger(__name__)

Tell = Callable[[int, int], None]
"""Is called with how much is done, and of how much."""


@dataclass(frozen=True, slots=True)
class Running:
    """How far an act is."""

    who: str
    done: int
    of: int
    over: bool = False
    fault: str = ""
    """Why it ended early; empty where it did not."""


class Background:
    """The one long act, in a thread that ends with the process: an act that is stopped is taken up by its next call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.state: Running | None = None
        """None where none was begun since the start."""

    def begin(self, who: str, act: Callable[[Tell], object]) -> None:
        """Begins; raises Conflict while another one runs."""
        with self._lock:
            if self.state is not None and not self.state.over:
                raise Conflict(f"{self.state.who} began this already: {self.state.done:,} of {self.state.of:,} are done.")
            self.state = Running(who, 0, 0)
        threading.Thread(target=self._run, args=(who, act), name="background", daemon=True).start()

    def _run(self, who: str, act: Callable[[Tell], object]) -> None:
        fault = ""
        try:
            act(lambda done, of: self._tell(who, done, of))
        except PressmarkError as error:
            fault = str(error)
        except Exception:
            log.exception("unexpected error in a long act")
            fault = "Pressmark made a mistake. Its log has the details."
        last = self.state or Running(who, 0, 0)
        self.state = Running(who, last.done, last.of, over=True, fault=fault)

    def _tell(self, who: str, done: int, of: int) -> None:
        self.state = Running(who, done, of)
