"""Tell what is held back: paused stages, and hosts that are paused, asked for a wait, fail, or whose robots.txt cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, urlencode

from worker.bootstrap import Services
from worker.operations.due import UNTIL_RESUMED, DueGroup, groups_held
from worker.operations.problem_types import Act, Problem, shown
from worker.operations.queues import QueueReport
from worker.operations.times import rfc3339

MOST_HELD = 200
"""Problems of the level `held` at most, the largest first: a crawl of ten thousand hosts has hundreds that ask for a wait."""
STAGE_NAMES = {"fetch": "Fetching", "label": "Labelling", "store": "Storing"}


def of_holds(services: Services, report: QueueReport) -> Iterator[Problem]:
    """Paused stages, and hosts that are paused, asked for a wait, fail, or whose robots.txt cannot be read."""
    for pause in services.viewer_ledger.stage_pauses():
        stage = STAGE_NAMES.get(pause.what, pause.what)
        what = f"{stage} is paused{_by(pause.who)}{_because(pause.note)}."
        act = Act(f"Resume {stage.lower()}", f"/pauses?{urlencode({'stage': pause.what})}")
        waiting = report.ledger.waiting if pause.what == "fetch" else None
        yield Problem("held", f"paused-{pause.what}", what, rfc3339(pause.since), waiting, None, act)
    groups = [group for group in groups_held(services) if group.host is not None]
    for group in sorted(groups, key=lambda group: -group.count)[:MOST_HELD]:
        yield _held(group)
    yield from _idle_pauses(services, {group.host for group in groups if group.host})


def _held(group: DueGroup) -> Problem:
    host = group.host or ""
    pages = f"{group.count} page{'s' if group.count > 1 else ''} {'wait' if group.count > 1 else 'waits'}."
    see = Act("See what waits", f"/due?{urlencode({'host': host})}")
    if group.why == "paused":
        note = _because(group.detail) if group.detail != UNTIL_RESUMED else ""
        what = f"{shown(host)} is paused{_by(group.by)}{note}. {pages}"
        return Problem("held", "paused-host", what, group.since, group.count, host, Act(f"Resume {shown(host)}", _host_page(host)))
    if group.why == "robots":
        return Problem(
            "held", "robots", f"robots.txt of {shown(host)} cannot be read. {pages}", group.since, group.count, host, see, group.until
        )
    if group.since:
        what = f"{shown(host)}{group.detail.removeprefix('the host')}. {pages}"
        return Problem("held", "asked", what, group.since, group.count, host, see, group.until)
    return Problem("held", "failing", f"{shown(host)}: {group.detail}. {pages}", None, group.count, host, see, group.until)


def _idle_pauses(services: Services, told: set[str]) -> Iterator[Problem]:
    """Paused hosts for which nothing waits, on whichever port: somebody may have forgotten them."""
    names = {host.rpartition(":")[0] for host in told}
    for wait in sorted(
        services.viewer_ledger.waits().values(), key=lambda wait: (wait.host.rpartition(":")[0], not wait.host.endswith(":443"))
    ):
        name = wait.host.rpartition(":")[0]
        if wait.paused and name not in names:
            names.add(name)
            what = f"{shown(wait.host)} is paused{_by(wait.paused_by)}{_because(wait.paused_note)}. Nothing waits for it."
            act = Act(f"Resume {shown(wait.host)}", _host_page(wait.host))
            yield Problem("held", "paused-host", what, rfc3339(wait.paused_at), 0, wait.host, act)


def _host_page(host: str) -> str:
    return f"/hosts/{quote(host, safe='')}"


def _by(who: str | None) -> str:
    return f" by {who}" if who else ""


def _because(note: str | None) -> str:
    return f": “{note}”" if note else ""
