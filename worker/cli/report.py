"""What there is: status, queues, workers, and the way of one URL."""

from __future__ import annotations

import socket
import time
from typing import Any

import click

from worker.bootstrap import Services
from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import complain, show_json, show_lines, show_table, tell
from worker.cli._shared.services import opened
from worker.config import Settings
from worker.errors import ItemFailed, UsageError
from worker.intake.canonical_url import admit
from worker.models import drift
from worker.models.drift import BEFORE, WEEK
from worker.operations.metrics import lines as metric_lines
from worker.operations.status import problems, queues_document, rfc3339, summary, worker_row
from worker.storage.label_counts import rates
from worker.storage.values import Trace

QUEUE_COLUMNS = ("name", "waiting", "running", "oldest_waiting_s", "in_per_min", "out_per_min", "paused")


@command("status", help="How things stand, in a few lines; with --check exit 1 when something is wrong.")
@click.option("--check", is_flag=True, help="Exit 1 when something is wrong.")
@click.option("--metrics", is_flag=True, help="Its figures in Prometheus' text format.")
@json_option
def status(settings: Settings, *, check: bool, metrics: bool, as_json: bool) -> int:
    """The ledger, what waits, who works, what is wrong, and whether the labels drift."""
    services = opened(settings)
    document = queues_document(services)
    wrong = problems(services, document)
    told = {"ok": not wrong, "problems": wrong, **document, "drift": _drift(services)}
    if as_json:
        show_json(told)
    elif metrics:
        for line in metric_lines(told):
            click.echo(line)
    else:
        _show_status(document, wrong)
        _show_drift(told["drift"])
    return 1 if check and wrong else 0


def _drift(services: Services) -> dict[str, Any]:
    now = time.time()
    week, before = rates(services.engine, now - WEEK, now), rates(services.engine, now - WEEK - BEFORE, now - WEEK)
    try:
        reference = services.labeller.reference
    except UsageError:
        reference = None  # a model that cannot be read is the workers' trouble, and told by them
    return drift.document(week, before, reference)


def _show_drift(told: dict[str, Any]) -> None:
    week, before, training = told["week"], told["weeks_before"], told["training"] or {"topics": {}, "unknown_words": {}}
    if not week["articles"]:
        return
    yes = [_beside(name, "yes", week["topics"], before["topics"], training["topics"]) for name in week["topics"]]
    words = [
        _beside(name, "mean", week["unknown_words"], before["unknown_words"], training["unknown_words"]) for name in week["unknown_words"]
    ]
    click.echo(f"labels of {week['articles']} articles this week (four weeks before, training): {', '.join(yes)}")
    click.echo(f"words unknown to the model: {', '.join(words) or 'not counted yet'}")
    if told["training"] is None:
        click.echo("the model kept no figures of its training: one trained by this version will")
    for line in told["warnings"]:
        click.echo(f"drift: {line}")


def _beside(name: str, figure: str, *stretches: dict[str, Any]) -> str:
    week, before, training = (f"{stretch[name][figure]:.0%}" if name in stretch else "–" for stretch in stretches)
    return f"{name} {week} ({before}, {training})"


def _show_status(document: dict[str, Any], wrong: list[str]) -> None:
    waiting = ", ".join(f"{queue['name']} {queue['waiting']}" for queue in document["queues"] if queue["waiting"])
    paused = [queue["name"] for queue in document["queues"] if queue["paused"]]
    alive = [worker["name"] for worker in document["workers"] if worker["alive"]]
    click.echo(summary(document))
    click.echo(f"in queues: {waiting or 'nothing'}{'; paused: ' + ', '.join(paused) if paused else ''}")
    click.echo(f"at work: {', '.join(alive) or 'nobody'}; model {document['model']['id']}")
    for line in wrong:
        click.echo(f"wrong: {line}")


@command("queues", help="The queues, the ledger, the dead letters by cause, and who works.")
@click.option("--watch", is_flag=True, help="Every two seconds, until Ctrl-C.")
@json_option
def queues(settings: Settings, watch: bool, as_json: bool) -> None:
    """The contract's "Queues"; with --watch again and again, as JSON a document a line."""
    services = opened(settings)
    while True:
        document = queues_document(services)
        if watch and not as_json:
            click.clear()
        show_json(document) if as_json else show_queues(document)
        if not watch:
            return
        time.sleep(2)


def show_queues(document: dict[str, Any]) -> None:
    """The document for people."""
    show_table(QUEUE_COLUMNS, ([queue[column] for column in QUEUE_COLUMNS] for queue in document["queues"]))
    if document["dead"]:
        show_table(("dead because of", "count", "newest"), ((d["reason"], d["count"], d["newest"]) for d in document["dead"]))
    click.echo(summary(document))
    if document["queues"][0]["waiting"] is None:
        tell("Redis cannot be reached, so the queues' depths are unknown")


@command("workers", help="Who works, on which queues, and when each was last seen.")
@click.option("--alive", type=click.Choice(["fetch", "label"]), help="A probe: exit 1 unless a worker of this stage lives on this machine.")
@json_option
def workers(settings: Settings, *, alive: str | None, as_json: bool) -> int:
    """Every worker seen within a day; raises Unavailable where Redis is away, since only Redis knows them."""
    rows = [worker_row(worker) for worker in opened(settings).control.workers()]
    if alive:
        here = f"{alive}@{socket.gethostname()}-"
        rows = [row for row in rows if row["alive"] and row["name"].startswith(here)]
    if as_json:
        show_lines(rows)
    else:
        columns = ("name", "queues", "alive", "last_seen", "running")
        show_table(columns, ([row[column] for column in columns] for row in rows))
    return 1 if alive and not rows else 0


@command("trace", help="Where one URL went, hop by hop.")
@click.argument("url")
@json_option
def trace(settings: Settings, url: str, as_json: bool) -> None:
    """One document: the item, its state and its events; raises UsageError for a URL that nobody accepted."""
    try:
        admitted = admit(url, settings)
    except ItemFailed as failed:
        raise UsageError(f"expected an http or https URL, came {url!r}: {failed}") from failed
    found = opened(settings).operator_ledger.trace(admitted.key)
    if not found:
        complain(f"not known: {admitted.url}")
        if as_json:
            show_json({"item_id": None, "url": admitted.url, "state": None, "events": []})
    for way in found:
        show_json(trace_row(way)) if as_json else _show_trace(way)


def trace_row(way: Trace) -> dict[str, Any]:
    """One item's way as JSON."""
    return {
        "item_id": way.item_id,
        "url": way.url,
        "kind": way.kind,
        "lane": way.lane,
        "state": way.state,
        "reason": way.reason,
        "due": rfc3339(way.due),
        "tries": way.tries,
        "strikes": way.strikes,
        "jobs": list(way.jobs),
        "duplicate_of": way.duplicate_of,
        "events": [
            {"at": rfc3339(e.at), "stage": e.stage, "outcome": e.outcome, "reason": e.reason, "detail": e.detail, "ms": e.ms}
            for e in way.events
        ],
    }


def _show_trace(way: Trace) -> None:
    reason = f" ({way.reason})" if way.reason else ""
    click.echo(f"item {way.item_id}, {way.kind}, {way.state}{reason}; jobs: {', '.join(way.jobs)}")
    columns = ("at", "stage", "outcome", "reason", "ms", "detail")
    show_table(columns, ((rfc3339(e.at), e.stage, e.outcome, e.reason, e.ms, e.detail) for e in way.events))


COMMANDS = {"status": status, "queues": queues, "workers": workers, "trace": trace}
