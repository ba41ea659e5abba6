"""The ledger: the truth about every accepted URL; nothing else writes an item's state."""

from __future__ import annotations

from worker.storage.for_dispatcher import ForDispatcher
from worker.storage.for_intake import ForIntake
from worker.storage.for_keeper import ForKeeper
from worker.storage.for_operator import ForOperator


class Ledger(ForIntake, ForDispatcher, ForKeeper, ForOperator):
    """Four sides of one thing, each for those who call it.

    Every method is one short transaction (or several, where it says so); all raise Unavailable where the database is away.
    """
