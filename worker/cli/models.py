"""The life of the model: trained, compared, promoted, rolled back; the workers go on meanwhile."""

from __future__ import annotations

import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import click

from classifier.labels import Labels
from worker.bootstrap import Services
from worker.cli._shared.options import command, json_option, who
from worker.cli._shared.output import Progress, cell, complain, show_json, show_lines, show_table, tell
from worker.cli._shared.services import opened
from worker.cli.seeds import seeds_option
from worker.config import Settings
from worker.errors import UsageError
from worker.models.cache import read_files
from worker.operations.status import rfc3339
from worker.results import Result
from worker.storage.model_registry import ModelEntry

SHIPPED = "shipped"
"""How the model that comes with the program is called in commands."""
EXAMPLES = 3
"""Articles shown for each kind of change: enough to see why, few enough to read."""
SWITCHES = 5
"""Promotions that `models` shows, the newest first."""
NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,63}", re.ASCII)
"""It names a folder of the data folder, and people type it."""
AT_ONCE = 64
"""Articles labelled together by `diff`."""


@command("train", help="Train a model on the seeds and register it; nothing changes for the workers until `promote`.")
@seeds_option
@click.option("--id", "name", metavar="NAME", help="Its name; default: the date and a number.")
@click.option("--on", type=click.Path(path_type=Path), metavar="FILE", help="Labelled articles of others, for their figures on the card.")
@json_option
def train(settings: Settings, *, seeds: Path, name: str | None, on: Path | None, as_json: bool) -> None:
    """Prints the figures on held-out seeds, and writes the model's card into the data folder."""
    from worker.models import training

    services = opened(settings)
    begun = time.monotonic()
    if on:
        training.expect_articles(on)  # what is wrong is better told now than after a minute
    name = _fresh_name(services, name)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "model"
        with Progress("folds") as progress:
            manifest = training.train(seeds, out, name, lambda _, done, of: progress.show(done, of))
        entry = services.registry.add(*read_files(out), by=who())
        card = _card(settings, seeds, out, on, entry.id)
    if as_json:
        seconds = round(time.monotonic() - begun, 1)
        show_json({**_row(entry), "seconds": seconds, "card": card and str(card), "held_out": manifest["held_out"]})
        return
    click.echo(training.as_table(manifest["held_out"]))
    tell(f"model {entry.id} in {time.monotonic() - begun:.0f} s; `pressmark promote {entry.id}` makes it the active one")


def _card(settings: Settings, seeds: Path, model: Path, on: Path | None, name: str) -> Path | None:
    """Where the card stands; None, with a line that says why, where its plots cannot be drawn."""
    from worker.models import training

    try:
        with Progress("smaller models, for the learning curve") as progress:
            out = settings.data_dir / "cards" / name
            markdown, page = training.write_card(seeds, model, on, out, lambda _, done, of: progress.show(done, of))
    except UsageError as error:
        complain(f"no card: {error}")
        return None
    tell(f"its card: {markdown} and {page}")
    return page


def _fresh_name(services: Services, wished: str | None) -> str:
    """The name that is wished for, else today and the first number that is free. Raises UsageError for one that cannot be had."""
    taken = {SHIPPED, *(entry.id for entry in services.registry.all())}
    if wished in taken:
        raise UsageError(f"expected a new name for a new model, {wished!r} is taken; `pressmark models` lists them")
    if wished is not None and not NAME.fullmatch(wished):
        raise UsageError(f"expected a name of letters, digits, dots, dashes and underscores, came {wished!r}")
    day = f"{time.strftime('%Y-%m-%d', time.gmtime())}"
    return wished or next(name for number in range(1, len(taken) + 1) if (name := f"{day}-{number}") not in taken)


@command("evaluate", help="Figures by grouped cross-validation on the seeds, or of a model on labelled articles.")
@seeds_option
@click.option("--on", type=click.Path(path_type=Path), metavar="FILE", help="Judge a model on this file's labelled articles instead.")
@click.option("--model", metavar="MODEL", help="With --on: a registered model instead of the active one.")
@json_option
def evaluate(settings: Settings, seeds: Path, on: Path | None, model: str | None, as_json: bool) -> None:
    """Prints a table or the figures as one document."""
    from worker.models import training

    folder = _folder(opened(settings), model) if on else None
    with Progress("folds") as progress:
        figures = training.evaluate(seeds, on, folder, lambda _, done, of: progress.show(done, of))
    show_json(figures) if as_json else click.echo(training.as_table(figures))


@command("models", help="Every registered model, and which one is active.")
@json_option
def models(settings: Settings, as_json: bool) -> None:
    """Newest first; the one that ships comes last."""
    services = opened(settings)
    entries = services.registry.all()
    rows = [_row(entry) for entry in entries]
    rows.append({"id": SHIPPED, "active": services.registry.active() is None})
    if as_json:
        show_lines(rows)
        return
    columns = ("id", "active", "added_at", "added_by", "articles", "macro_f1", "sha256")
    told = (row | {"macro_f1": f"{row['macro_f1']:.3f}" if row.get("macro_f1") is not None else None} for row in rows)
    show_table(columns, ([row.get(column) for column in columns] for row in told))
    for switch in islice(services.registry.history(), SWITCHES):
        forced = ", forced" if switch.forced else ""
        tell(f"{rfc3339(switch.at)} {switch.by}: {switch.model_id or SHIPPED}{forced}{' - ' + switch.note if switch.note else ''}")


def _row(entry: ModelEntry) -> dict[str, Any]:
    held = entry.manifest.get("held_out", {})
    return {
        "id": entry.id,
        "sha256": entry.sha256,
        "active": entry.active,
        "added_at": rfc3339(entry.added_at),
        "added_by": entry.added_by,
        "articles": entry.manifest.get("data", {}).get("articles"),
        "macro_f1": held.get("topics", {}).get("macro_f1"),
    }


@command("promote", help="Make a model the active one, if the gate lets it; workers follow within five seconds.")
@click.argument("model")
@seeds_option
@click.option("--force", is_flag=True, help="Past the gate; written into the registry.")
@click.option("--note", default="", help="Why; written into the registry.")
@json_option
def promote(settings: Settings, model: str, *, seeds: Path, force: bool, note: str, as_json: bool) -> int:
    """1 where the gate refuses."""
    from worker.models import training

    services = opened(settings)
    candidate = None if model == SHIPPED else services.registry.find(model)
    active = services.registry.active()
    if candidate is None or candidate.id == active:
        services.registry.promote(candidate.id if candidate else None, who(), note=note)
        return _told({"id": model, "promoted": True, "objections": []}, as_json)
    services.model_cache.labeller(candidate.id)  # raises UsageError where the workers could not load it
    told: dict[str, Any] = {"id": candidate.id, "promoted": force, "forced": force, "objections": []}
    if not force:
        verdict = training.compare(seeds, services.model_cache.folder(candidate.id), _folder(services, active))
        told |= {"promoted": verdict.passed, "rows": verdict.rows, **verdict.figures, "objections": list(verdict.objections)}
    if told["promoted"]:
        services.registry.promote(candidate.id, who(), forced=force, note=note)
    return _told(told, as_json)


def _told(told: dict[str, Any], as_json: bool) -> int:
    if as_json:
        show_json(told)
    elif told["promoted"]:
        tell(f"{told['id']} is the active model; workers follow within five seconds, and `pressmark rollback` goes back")
    else:
        tell(f"{told['id']} is not promoted: " + "; ".join(told["objections"]) + " (--force goes past the gate)")
    if not as_json and "rows" in told:
        tell(
            f"on {told['rows']} seeds that both held out: macro-F1 {told['candidate_f1']:.3f} against {told['active_f1']:.3f}, "
            f"calibration error {told['candidate_ece']:.3f} against {told['active_ece']:.3f}"
        )
    return 0 if told["promoted"] else 1


@command("rollback", help="Go back to the model that was active before.")
@json_option
def rollback(settings: Settings, as_json: bool) -> None:
    """Workers follow within five seconds."""
    model = opened(settings).registry.rollback(who()) or SHIPPED
    show_json({"id": model}) if as_json else tell(f"{model} is the active model again")


@command("diff", help="Which stored articles would change label under a model, by topic and outlet, with examples.")
@click.argument("model")
@click.option("--limit", type=click.IntRange(1), default=1000, show_default=True, help="Newest stored articles looked at.")
@json_option
def diff(settings: Settings, model: str, limit: int, as_json: bool) -> None:
    """Labels them here, without workers; writes nothing."""
    services = opened(settings)
    changes = list(_changes(services, model, limit))
    if as_json:
        show_lines(changes)
        return
    counted = Counter((change["label"], change["from"], change["to"]) for change in changes)
    show_table(("label", "from", "to", "articles"), ([*change, number] for change, number in counted.most_common()))
    by_outlet = Counter((change["outlet"], change["label"]) for change in changes)
    show_table(("outlet", "label", "articles"), ([*place, number] for place, number in by_outlet.most_common(20)))
    for kind, number in counted.most_common():
        same = [change for change in changes if (change["label"], change["from"], change["to"]) == kind]
        tell(f"{kind[0]}: {cell(kind[1])} -> {cell(kind[2])}, {number} articles:")
        for change in same[:EXAMPLES]:
            tell(f"  {change['title'] or change['url']}")
    tell(f"{len({change['item_id'] for change in changes})} articles would change")


def _changes(services: Services, model: str, limit: int) -> Iterator[dict[str, Any]]:
    from worker.models.labeller import Document, Labeller

    labeller = Labeller() if model == SHIPPED else services.model_cache.labeller(services.registry.find(model).id)
    stored = services.articles.newest(limit)
    while batch := list(islice(stored, AT_ONCE)):
        found = labeller.label([Document(row.title or "", row.text or "", row.url, row.site_name) for row in batch])
        for row, labels in zip(batch, found, strict=True):
            for label, before, after in _differences(row, labels):
                yield {
                    "item_id": row.item_id,
                    "url": row.url,
                    "title": row.title,
                    "outlet": row.outlet,
                    "label": label,
                    "from": before,
                    "to": after,
                }


def _differences(row: Result, labels: Labels) -> Iterator[tuple[str, Any, Any]]:
    before = {topic.label: topic.decision for topic in row.topics or []}
    for topic in labels.topics:
        if before.get(topic.label) != topic.decision:
            yield topic.label, before.get(topic.label), topic.decision
    for label, old, new in (
        ("primary_topic", row.primary_topic, labels.primary_topic),
        ("source_type", row.source_type and row.source_type.label, labels.source_type.label),
    ):
        if old != new:
            yield label, old, new


def _folder(services: Services, model: str | None) -> Path | None:
    """The folder of a registered model; None for the one that ships."""
    return services.model_cache.folder(services.registry.find(model).id) if model is not None else None


COMMANDS = {"train": train, "evaluate": evaluate, "models": models, "promote": promote, "rollback": rollback, "diff": diff}
