"""`pressmark status`: how things are, in a few lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import click

from worker.bootstrap import Services
from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import clean, show_json
from worker.cli._shared.services import opened_to_report
from worker.config import Settings
from worker.models.drift import LabelShares, SeedWordShare, WordShare
from worker.operations.drift import DriftReport
from worker.operations.problem_types import command_of
from worker.operations.status import Status
from worker.operations.status import status as look
from worker.operations.times import local_time

MOST_PROBLEMS = 20
"""Problems that are shown: a crawl of ten thousand hosts has hundreds that ask for a wait."""


@command("status", help="How things are, in a few lines; with --check exit 1 when something is wrong.", example="pressmark status --check")
@click.option("--check", is_flag=True, help="Exit 1 when something is wrong.")
@click.option("--metrics", "as_metrics", is_flag=True, help="Its figures in Prometheus' text format.")
@json_option
def status(settings: Settings, *, check: bool, as_metrics: bool, as_json: bool) -> int:
    """The ledger, what waits, which workers are alive, what is wrong, and whether the labels drift."""
    services = opened_to_report(settings)
    found = look(services)
    if as_json:
        show_json(found)
    elif as_metrics:
        click.echo(_metrics(services), nl=False)
    else:
        _show_queues(found, settings.timezone)
        _show_drift(found.drift)
    return 1 if check and not found.ok else 0


def _metrics(services: Services) -> bytes:
    """What the dashboard serves at `/metrics`."""
    from worker.operations import metrics
    from worker.operations.snapshot import Snapshots

    return metrics.exposition(Snapshots(services).take)[0]


def _show_queues(found: Status, zone: str) -> None:
    report = found.queues
    waiting = ", ".join(f"{queue.name} {queue.waiting}" for queue in report.queues if queue.waiting)
    paused = ", ".join([*report.paused.stages, *report.paused.hosts])
    kinds = Counter(worker.name.partition("@")[0] for worker in report.workers if worker.alive)
    click.echo(report.summary())
    click.echo(f"in queues: {waiting or 'nothing'}; in the ledger: {report.due.now} can go out now, {report.due.later} wait")
    click.echo(clean(f"paused: {paused or 'nothing'}"))
    click.echo(f"at work: {', '.join(f'{count} {kind}' for kind, count in kinds.items()) or 'nobody'}; model {report.model.id}")
    for problem in found.problems[:MOST_PROBLEMS]:
        until = f" (until {local_time(problem.until, zone)})" if problem.until else ""
        step = command_of(problem)
        click.echo(clean(f"{problem.level}: {problem.what}{until}{f' Next: `{step}`' if step else ''}"))
    if len(found.problems) > MOST_PROBLEMS:
        click.echo(f"and {len(found.problems) - MOST_PROBLEMS} more: `pressmark due` and `pressmark dead list` have them all")
    click.echo(clean(found.verdict.sentence))
    if not kinds and not report.redis_is_away:
        click.echo("Nothing is at work: `pressmark up` starts everything on this machine.")


def _show_drift(drift: DriftReport) -> None:
    """None for a week without articles."""
    if not drift.week.articles:
        return
    seeds = drift.training
    yes = [_label(name, drift.week.topics, drift.weeks_before.topics, seeds.topics if seeds else {}) for name in drift.week.topics]
    words = [
        _words(name, drift.week.unknown_words, drift.weeks_before.unknown_words, seeds.unknown_words if seeds else {})
        for name in drift.week.unknown_words
    ]
    sampled = f" of at least {drift.week.stored}" if drift.week.stored else ""
    click.echo(f"labels of {drift.week.articles}{sampled} articles this week (four weeks before, training): {', '.join(yes)}")
    click.echo(f"words unknown to the model: {', '.join(words) or 'not counted yet'}")
    if seeds is None:
        click.echo("the model kept no figures of its training: one trained by this version will")
    for line in drift.warnings:
        click.echo(f"drift: {line}")


def _label(name: str, week: Mapping[str, LabelShares], *others: Mapping[str, LabelShares]) -> str:
    return _beside(name, week[name].yes, *(other[name].yes if name in other else None for other in others))


def _words(name: str, week: Mapping[str, WordShare], before: Mapping[str, WordShare], seeds: Mapping[str, SeedWordShare]) -> str:
    return _beside(name, week[name].mean, before[name].mean if name in before else None, seeds[name].mean if name in seeds else None)


def _beside(name: str, *shares: float | None) -> str:
    """The share of this week, with those of the other periods in parentheses."""
    week, *others = (f"{share:.0%}" if share is not None else "–" for share in shares)
    return f"{name} {week} ({', '.join(others)})"
