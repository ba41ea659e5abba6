"""Compare what became of each page of the press site with what was expected, and render the report for people.

Outcome, reason, title and date must be exactly right. Labels are the model's opinion: they are shown beside the
labelling guide's and counted, but a page with other labels has still ended as expected.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rich import box
from rich.cells import cell_len
from rich.console import Group
from rich.table import Table
from rich.text import Text

from worker.demo.site import Expected
from worker.operations.queues import QueueReport, QueueStatus
from worker.results import Result

COLUMNS = ("page", "title", "date", "topics", "source type", "outcome", "as expected")
ROOMY = 150
"""Columns of a terminal from which a page has a line to itself."""
GAP = 2
"""Columns between two cells."""
TITLE_LEAST, PATH_MOST = 24, 20
"""Characters by which a person still knows a headline and an address."""
STATES = ("stored", "duplicate", "refused", "dead", "waiting", "running")


@dataclass(frozen=True, slots=True)
class Verdict:
    """One page: what was expected of it, what became of it, and where the two differ."""

    page: Expected
    result: Result | None
    """None for a page that has not ended."""
    twin_outcome: str | None = None
    """How the page with the same text ended."""

    @property
    def faults(self) -> list[str]:
        """What is not as expected, a few words each."""
        if self.result is None:
            return ["has not ended"]
        outcome = self._outcome_fault(self.result)
        return [outcome] if outcome else self._article_faults(self.result)

    def _outcome_fault(self, result: Result) -> str | None:
        outcome = result.outcome
        if self.page.twin:  # whichever of two copies is read second is the duplicate
            return None if {outcome, self.twin_outcome} == {"stored", "duplicate"} else f"{outcome} beside {self.twin_outcome}"
        reason = result.reason if outcome in ("refused", "dead") else None
        expected = [word for word in (self.page.outcome, self.page.reason) if word]
        return None if [outcome, reason] == [self.page.outcome, self.page.reason] else f"expected {': '.join(expected)}"

    def _article_faults(self, result: Result) -> list[str]:
        if result.outcome != "stored":
            return []
        faults = [] if result.title == self.page.title else [f"expected the title {self.page.title!r}"]
        if not same_moment(result.published_at, self.page.published_at):
            faults.append(f"expected the date {self.page.published_at}")
        return faults

    @property
    def topics(self) -> frozenset[str] | None:
        """The model's topics, None where no article was labelled."""
        labels = self.result.topics if self.result else None
        return None if labels is None else frozenset(topic.label for topic in labels if topic.probability >= topic.threshold)

    @property
    def source_type(self) -> str | None:
        """The model's source type, None where no article was labelled."""
        return self.result.source_type.label if self.result and self.result.source_type else None


def same_moment(found: str | None, expected: str | None) -> bool:
    """Whether both are the same date, or the same moment however its zone is written."""
    if found is None or expected is None or len(found) == len("2024-03-22") or len(expected) == len("2024-03-22"):
        return found == expected
    return datetime.fromisoformat(found).astimezone(UTC) == datetime.fromisoformat(expected).astimezone(UTC)


def compare(pages: Sequence[Expected], results: Mapping[str, Result]) -> list[Verdict]:
    """A verdict for each page, in order; `results` by the page's host and path."""

    def outcome(path: str | None) -> str | None:
        twins = (results.get(page.host + page.path) for page in pages if page.path == path)
        return next((twin.outcome for twin in twins if twin), None)

    return [Verdict(page, results.get(page.host + page.path), outcome(page.twin)) for page in pages]


def report(verdicts: Sequence[Verdict], queues: QueueReport, width: int) -> Group:
    """Everything for people: the pages, how good the labels are, the queues, and the identity, `width` columns wide."""
    wrong = sum(bool(verdict.faults) for verdict in verdicts)
    ended = f"{len(verdicts) - wrong} of {len(verdicts)} pages ended as expected"
    ledger = queues.ledger
    identity = ", ".join(f"{getattr(ledger, state)} {state}" for state in STATES)
    balanced = str(queues.balanced).lower()
    return Group(
        _pages(verdicts, width),
        Text(ended, style="red" if wrong else "green"),
        Text(label_count(verdicts)),
        _queues(queues.queues),
        Text(f"accepted {ledger.accepted} = {identity}"),
        Text(f"balanced: {balanced}", style="green" if queues.balanced else "red"),
    )


def _pages(verdicts: Sequence[Verdict], width: int) -> Table:
    rows = [_row(verdict) for verdict in verdicts]
    table = _wide(rows, width) if width >= ROOMY else _narrow(rows)
    table.title, table.title_justify = "What became of each page", "left"
    for row, verdict in zip(table.rows, verdicts, strict=True):
        row.style = "red" if verdict.faults else None
    return table


def _wide(rows: Sequence[tuple[str, ...]], width: int) -> Table:
    """One line a page: titles are cut to what the other columns leave."""
    widest = [max(map(cell_len, column)) + GAP for column in zip(COLUMNS, *rows, strict=True)]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in COLUMNS:
        cut = name in ("page", "title")
        most = max(TITLE_LEAST, width - sum(widest) + widest[1] - GAP) if name == "title" else None
        table.add_column(name, overflow="ellipsis" if cut else "fold", no_wrap=cut, max_width=most)
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _narrow(rows: Sequence[tuple[str, ...]]) -> Table:
    """Two lines a page, for terminals of the usual size."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("title and page", "date", "topics and source type", "outcome, as expected?"):
        table.add_column(name, overflow="fold", no_wrap=name == "date", ratio=None if name == "date" else 1)
    table.expand = True
    for page, title, day, topics, source, outcome, fine in rows:
        table.add_row(Text(f"{title}\n{page}"), Text(day), Text(f"{topics}\n{source}"), Text(f"{outcome}\n{fine}"))
    return table


def _row(verdict: Verdict) -> tuple[str, ...]:
    result = verdict.result
    return (
        verdict.page.host.removesuffix(".example") + _short(verdict.page.path),
        (result and result.title) or "–",
        (result and result.published_on) or "–",
        _topics(verdict),
        _source_type(verdict),
        _outcome(result) if result else "–",
        "; ".join(verdict.faults) or _fine(verdict),
    )


def _outcome(result: Result) -> str:
    """The outcome, with the reason where there is one of interest."""
    return f"{result.outcome}: {result.reason}" if result.outcome in ("refused", "dead") and result.reason else result.outcome


def _fine(verdict: Verdict) -> str:
    return f"yes: {verdict.page.note}" if verdict.page.note else "yes"


def _short(path: str) -> str:
    """The last part of a path, by which pages of one site differ."""
    parts = path.strip("/").split("/")
    last = parts[-1] if len(parts[-1]) <= PATH_MOST else parts[-1][:PATH_MOST] + "…"
    return "/" + last if len(parts) == 1 else "/…/" + last


def _topics(verdict: Verdict) -> str:
    """The model's topics; `+` marks one that the guide does not give, `-` one that only the guide gives."""
    if verdict.topics is None:
        return "–"
    right = [topic for topic in verdict.page.topics if topic in verdict.topics]
    extra = ["+" + topic for topic in sorted(verdict.topics - set(verdict.page.topics))]
    missed = ["-" + topic for topic in verdict.page.topics if topic not in verdict.topics]
    return ", ".join(right + extra + missed) or "none"


def _source_type(verdict: Verdict) -> str:
    given, expected = verdict.source_type, verdict.page.source_type
    if given is None:
        return "–"
    return given if given == expected else f"+{given}, -{expected}"


def label_count(verdicts: Sequence[Verdict]) -> str:
    """One sentence: how often the model agrees with the guide on the stored pages."""
    labelled = [verdict for verdict in verdicts if verdict.topics is not None]
    decisions = 4 * len(labelled)
    different = sum(len(verdict.topics ^ set(verdict.page.topics)) for verdict in labelled if verdict.topics is not None)
    complete = sum(verdict.topics == frozenset(verdict.page.topics) for verdict in labelled)
    sources = sum(verdict.source_type == verdict.page.source_type for verdict in labelled)
    return (
        f"labels as the guide has them: {decisions - different} of {decisions} topic decisions, all four on {complete} of "
        f"{len(labelled)} articles; source type on {sources} of {len(labelled)} (+ too many, - missed)"
    )


def _queues(rows: Iterable[QueueStatus]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title="The queues afterwards", title_justify="left")
    table.add_column("queue")
    for column in ("waiting", "running", "in a minute", "out a minute"):
        table.add_column(column, justify="right")
    for row in rows:
        figures = (row.waiting, row.running, row.in_per_min, row.out_per_min)
        table.add_row(row.name, *("–" if figure is None else str(figure) for figure in figures))
    return table
