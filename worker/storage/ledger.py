"""The whole ledger in one object, for a process that does everything: tests and benchmarks."""

from __future__ import annotations

from worker.storage.for_dispatcher import ForDispatcher
from worker.storage.for_intake import ForIntake
from worker.storage.for_keeper import ForKeeper
from worker.storage.for_operator import ForOperator


class Ledger(ForIntake, ForDispatcher, ForKeeper, ForOperator):
    """All four sides at once; a process of its own gets only the side that it needs (see `bootstrap`).

    Every method is one short transaction, or several where it says so; all raise Unavailable where the database is away.
    """
