"""Report how the installation is doing: its queues, what is wrong with it, and whether the labels drift."""

from __future__ import annotations

from dataclasses import dataclass

from worker.bootstrap import Services
from worker.operations import drift, queues
from worker.operations.document import Document
from worker.operations.drift import DriftReport
from worker.operations.problems import Problem, Verdict, judged, verdict, wrong
from worker.operations.queues import QueueReport


@dataclass(frozen=True, slots=True)
class Status(Document):
    """The queues, with what is wrong and the drift of the labels."""

    queues: QueueReport
    drift: DriftReport
    problems: tuple[Problem, ...]
    """The worst first; empty where all is well."""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong; something may need a person, or be held back."""
        return not wrong(self.problems)

    @property
    def verdict(self) -> Verdict:
        """The state of everything, in one sentence."""
        return verdict(self.problems)

    def to_dict(self) -> dict[str, object]:
        """The keys of the contract's "Queues" beside `ok`, `problems` and `drift`."""
        problems = [problem.to_dict() for problem in self.problems]
        return {"ok": self.ok, "problems": problems, **self.queues.to_dict(), "drift": self.drift.to_dict()}


def status(services: Services) -> Status:
    """Everything as it is now; raises Unavailable where the database is away."""
    report, shift = queues.report(services), drift.report(services)
    return Status(report, shift, judged(services, report, shift))
