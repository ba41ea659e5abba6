"""Hold what the four sides of the ledger share: the database, the settings, the clock and the source of chance."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from sqlalchemy import Engine, func, select

from worker.config import Settings
from worker.storage import transitions
from worker.storage.database import reading
from worker.storage.item_rules import ItemRules
from worker.storage.pauses import stages
from worker.storage.tables import items


class LedgerBase:
    """`now` returns seconds since 1970, `chance` numbers from 0 to 1 for the jitter; tests pass their own."""

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        *,
        now: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._engine = engine
        self._settings = settings
        self._now = now
        self._chance = chance

    def _rules(self) -> ItemRules:
        """The rules at this moment."""
        return ItemRules(self._settings, self._now(), self._chance)

    def running(self) -> int:
        """Items under a lease, of every kind."""
        with reading(self._engine) as connection:
            return connection.execute(select(func.count()).select_from(items).where(transitions.RUNNING)).scalar_one()

    def paused_stages(self) -> frozenset[str]:
        """The stages that are paused; one small query."""
        with reading(self._engine) as connection:
            return stages(connection)
