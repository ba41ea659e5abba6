"""Write a job's report as an HTML page; a list of jobs imports no templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker import imported_when_used

if TYPE_CHECKING:
    from worker.operations.sharing.job_page.page import report_page

__all__ = ["report_page"]

__getattr__ = imported_when_used(__name__, {"report_page": "worker.operations.sharing.job_page.page"})
