"""Show first whether all is well, then what is to be done, then figures for each step of a URL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import escape
from starlette.requests import Request
from starlette.responses import Response

from worker import queues as names
from worker.dashboard.pages.page import page
from worker.dashboard.security.access import Role, Route
from worker.dashboard.security.answers import bad_request
from worker.dashboard.state import TODAY, State, state_of
from worker.dashboard.view import charts, figures
from worker.dashboard.view.charts import Chart
from worker.dashboard.view.figures import Clock
from worker.dashboard.view.frame import of_state
from worker.dashboard.view.rendering import clock, part, show
from worker.operations.capacity import Capacity
from worker.operations.history import RANGES, History
from worker.operations.problems import Problem
from worker.operations.queues import QueueReport

SHOWN = 5
"""Notices on the page; where there are more, they mostly have one cause."""
A_MOMENT = 5.0
"""Seconds: pages ask every two, and figures younger than that are as good as present ones."""
UNITS = {"hour": "minute", "day": "quarter of an hour", "month": "day"}
TITLES = {"hour": "The last hour", "day": "The last day", "month": "The last month"}
FINISHED = {"stored": "Stored", "duplicate": "Copies", "refused": "Refused", "dead": "Dead"}
INKS = {"stored": "a1", "duplicate": "a2", "refused": "a4", "dead": "a3"}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way that a URL takes."""

    name: str
    number: int | None
    address: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One series of a chart."""

    name: str
    ink: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with its table, and a sentence."""

    id: str
    title: str
    kind: str
    """`bars` or `line`."""
    columns: tuple[Column, ...]
    chart: Chart
    sentence: str
    unit: str


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that the page shows."""

    report: QueueReport
    problems: Sequence[Problem]
    room: Capacity
    today: Mapping[str, int]
    history: History
    figures: tuple[Figure, ...]
    now: Mapping[str, str]
    """The present figure, by the id of its chart."""
    steps: tuple[Step, ...]
    times: tuple[float, ...]
    """When each step of the history begins, in seconds since 1970."""
    counted: str
    """A sentence that names the figures older than A_MOMENT, and their age; empty where none is."""


def overview(request: Request) -> Response:
    """The first page; `range` chooses the time range of its charts."""
    state, wanted = state_of(request), request.query_params.get("range", "hour")
    if wanted not in RANGES:
        raise bad_request(f"range: expected {', '.join(RANGES[:-1])} or {RANGES[-1]}.")
    return show(request, "overview.html", page="/", view=_view(state, wanted), range=wanted, titles=TITLES)


def live(state: State, fields: Mapping[str, str]) -> Mapping[str, str]:
    """The parts that change."""
    view = _view(state, fields.get("range") if fields.get("range") in RANGES else "hour")
    names = ("verdict", "notices", "flow", "sum", "today", "counted", "workers")
    frame = of_state(state)
    parts = {name: part(f"overview/{name}.html", state.settings, view=view, frame=frame) for name in names}
    drawn = state.drawn.of(f"overview, {view.history.range}", (view.history, clock(state.settings).today), lambda: _drawn(state, view))
    return {**parts, **drawn, **{f"{name}-now": str(escape(value)) for name, value in view.now.items()}}


def _drawn(state: State, view: Overview) -> Mapping[str, str]:
    """The parts that change with the history alone."""
    parts = {"outcomes": part("overview/outcomes.html", state.settings, view=view)}
    for figure in view.figures:
        parts |= {
            f"{figure.id}-rows": part("overview/rows.html", state.settings, figure=figure, view=view),
            f"{figure.id}-sentence": str(escape(figure.sentence)),
        }
    return parts


def _view(state: State, wanted: str | None) -> Overview:
    at, report, past, today = clock(state.settings), state.queues(), state.history(wanted or "hour"), state.stored_today()
    return Overview(
        report=report,
        problems=state.problems(),
        room=state.room(),
        today=today,
        history=past,
        figures=_figures(past, at),
        now=_now(past, report),
        steps=_steps(report, today, at),
        times=tuple(datetime.fromisoformat(begin).timestamp() for begin in past.begins),
        counted=_counted(state.ledger.age, today["all"]),
    )


def _counted(age: float, today: int) -> str:
    """Which figures are older than A_MOMENT, and how old: those that a large ledger takes long to count, and today's."""
    told = f"What is due and what is dead was counted {figures.span(age)} ago: in a large ledger that takes long." if age > A_MOMENT else ""
    return f"{told} What was stored today is counted every {figures.span(TODAY)}.".lstrip() if today else told


def _steps(report: QueueReport, today: Mapping[str, int], at: Clock) -> tuple[Step, ...]:
    ledger, waiting = report.ledger, report.due
    next_at = f"next {at.until(waiting.next_at)}" if waiting.next_at else "nothing is due" if ledger.waiting else "nothing waits"
    return (
        Step("Waiting", ledger.waiting, "/due", (f"{figures.count(waiting.now)} due now", next_at)),
        _stage("Fetch", report, (names.FETCH, names.URGENT)),
        _stage("Label", report, (names.LABEL, names.LABEL_BULK)),
        _stage("Store", report, (names.RESULTS,)),
        Step("Stored", ledger.stored, "/articles", (f"{figures.count(today['all'])} today", "")),
    )


def _stage(name: str, report: QueueReport, of: Sequence[str]) -> Step:
    queues = [queue for queue in report.queues if queue.name in of]
    if any(queue.waiting is None for queue in queues):
        return Step(name, None, "", ("Redis cannot be reached",))
    rate = sum(queue.out_per_min or 0 for queue in queues)
    oldest = max((queue.oldest_waiting_s or 0 for queue in queues), default=0)
    paused = any(queue.paused for queue in queues)
    moving = f"{figures.count(sum(queue.running or 0 for queue in queues))} in hand · {figures.count(rate)} a minute"
    last = "paused" if paused else f"oldest {figures.span(oldest)}" if oldest else "nothing waits"
    return Step(name, sum(queue.waiting or 0 for queue in queues), "", (moving, last))


def _now(past: History, report: QueueReport) -> Mapping[str, str]:
    finished = [past.series[name][-1] or 0 for name in FINISHED]
    return {
        "finished": figures.count(sum(finished)),
        "waiting": figures.count(report.ledger.waiting),
        "oldest": figures.span(_oldest(report)),
    }


def _figures(past: History, at: Clock) -> tuple[Figure, ...]:
    unit = UNITS[past.range]
    finished = tuple(Column(FINISHED[name], INKS[name], past.series[name]) for name in FINISHED)
    waiting, oldest = past.series["waiting"], past.series["oldest_s"]
    return (
        Figure(
            *("finished", f"Finished a {unit}", "bars", finished),
            *(charts.stacked([column.values for column in finished]), _sums(finished), "URLs"),
        ),
        Figure(
            *("waiting", "Waiting", "line", (Column("Waiting", "link", waiting),)),
            *(charts.line(waiting), _trend(waiting, past, at), "URLs"),
        ),
        Figure(
            *("oldest", "Oldest in a queue", "line", (Column("Seconds", "link", oldest),)),
            *(charts.line(oldest), _longest(oldest, past, at), "seconds"),
        ),
    )


def _oldest(report: QueueReport) -> float | None:
    known = [queue.oldest_waiting_s or 0.0 for queue in report.queues if queue.waiting is not None]
    return max(known) if known else None


def _sums(columns: Sequence[Column]) -> str:
    return ", ".join(f"{figures.count(sum(value or 0 for value in column.values))} {column.name.lower()}" for column in columns) + "."


def _when(past: History, step: int, at: Clock) -> str:
    return at.moment(past.begins[step]).shown


def _trend(values: Sequence[float | None], past: History, at: Clock) -> str:
    known = [(step, value) for step, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return "Nothing was sampled yet." + _gaps(past, at)
    (first, before), (last, after) = known[0], known[-1]
    change = after - before
    how = "as many as" if abs(change) < 1 else f"{figures.count(abs(change))} {'more' if change > 0 else 'fewer'} than"
    return f"{figures.count(after)} at {_when(past, last, at)}, {how} at {_when(past, first, at)}.{_gaps(past, at)}"


def _longest(values: Sequence[float | None], past: History, at: Clock) -> str:
    known = [(value, step) for step, value in enumerate(values) if value is not None]
    if not known:
        return "Nothing was sampled yet."
    most, step = max(known)
    return f"Longest {figures.span(most)}{f' at {_when(past, step, at)}' if most else ''}. Over 5 min is wrong."


def _gaps(past: History, at: Clock) -> str:
    """Stretches without samples, in words."""
    if not past.gaps:
        return ""
    told = ", ".join(f"{at.moment(gap.since).shown} to {at.moment(gap.until).shown}" for gap in past.gaps[:3])
    return f" No samples {told}{' and more' if len(past.gaps) > 3 else ''}: Pressmark was down."


ROUTES = (Route("GET", "/", Role.VIEWER, page(overview)),)
LIVE = {"overview": live}
