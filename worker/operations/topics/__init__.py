"""Check the names of topics for a caller without services; what asks the database is imported only when it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker import imported_when_used

if TYPE_CHECKING:
    from worker.operations.models import expect_topics_in

__all__ = ["expect_topics_in"]

__getattr__ = imported_when_used(__name__, {"expect_topics_in": "worker.operations.models"})
