"""`pressmark seeds`: check, add, import and export the labelled articles that models are trained on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click

from worker.cli._shared.files import read_all, shown
from worker.cli._shared.options import command, json_option, seeds_option, who
from worker.cli._shared.output import CsvWriter, clean, complain, show_json, show_lines, show_table, tell
from worker.cli._shared.services import opened
from worker.config import Settings
from worker.errors import UsageError
from worker.models.annotation_formats import Record, for_doccano, for_json_lines, for_label_studio
from worker.models.seeds import Seed
from worker.operations import seeds as operations
from worker.operations.seeds import IMPORTED, REVIEWED, Balance, GivenLabels

COLUMNS = ("id", "title", "text", "topics", "primary", "source_type", "language", "origin", "url", "site_name")
"""Of a CSV; topics are separated by blanks."""


@click.group("seeds", help="The labelled articles: check, add, import, export.", epilog="Example: pressmark seeds export --format csv")
def seeds() -> None:
    """Only holds its commands."""


@command("check", help="What would stop a training, copies, balance, and what the guide forbids.", example="pressmark seeds check")
@seeds_option
@json_option
def check(settings: Settings, seeds: Path, as_json: bool) -> int:
    """1 where something should be corrected."""
    found = operations.check(seeds)
    if as_json:
        show_lines(map(asdict, found))
        return 1 if found else 0
    held = operations.balance(seeds)
    if held.seeds:
        _show_balance(held)
    for objection in found:
        click.echo(clean(f"{objection.where or seeds}: {objection.kind}: {objection.detail}"))
    tell(f"{len(found)} objections" if found else f"nothing to correct in {seeds}{'' if held.seeds else ', which holds no seeds'}")
    return 1 if found else 0


def _show_balance(found: Balance) -> None:
    """How many seeds have each label, in each language: rows of labels, columns of languages."""
    languages = [language for language, _ in found.languages]
    rows = [
        (name, count, f"{count / found.seeds:.0%}", *(by.get(language, 0) for language in languages)) for name, count, by in found.labels
    ]
    show_table(("label", "seeds", "share", *languages), [*rows, ("all", found.seeds, "", *(count for _, count in found.languages))])
    origins = ", ".join(f"{count} {origin}" for origin, count in found.origins)
    click.echo(clean(f"{found.without_topic} without a topic; {origins}"))


@command(
    "add",
    help="Add one labelled article: a stored one by its item, or what people reviewed.",
    example="pressmark seeds add --from-article 17 --topics trade --primary trade --source-type official",
)
@click.option("--from-article", "item_id", type=int, metavar="ITEM", help="The item of a stored article.")
@click.option("--reviewed", is_flag=True, help="Every reviewed article that people agree on.")
@click.option("--topics", metavar="T,T", help="With --from-article: its topics, comma-separated; default: the model's.")
@click.option("--primary", metavar="TOPIC", help="With --from-article: the primary topic.")
@click.option("--source-type", metavar="TYPE", help="With --from-article: default the model's.")
@seeds_option
@json_option
def add(
    settings: Settings,
    *,
    item_id: int | None,
    reviewed: bool,
    topics: str | None,
    primary: str | None,
    source_type: str | None,
    seeds: Path,
    as_json: bool,
) -> int:
    """Writes into `reviewed.jsonl`; 1 where people differ on a reviewed article."""
    services = opened(settings)
    if (item_id is None) == (not reviewed):
        raise UsageError("expected --from-article ITEM or --reviewed")
    disputed: list[int] = []
    if item_id is not None:
        labels = GivenLabels(None if topics is None else tuple(filter(None, topics.split(","))), primary, source_type)
        written = operations.add_article(services, item_id, labels, who(), seeds)
    else:
        added = operations.add_reviewed(services, seeds)
        written, disputed = added.written, [reviews[0].item_id for reviews in added.disputes]
    show_json({"written": written, "disputed": disputed}) if as_json else tell(f"{written} seeds written to {seeds / REVIEWED}")
    return 1 if disputed else 0


@command(
    "import",
    help="Add labelled articles from JSON lines, a CSV, or an export of doccano or Label Studio.",
    example="pressmark seeds import labelled.csv",
)
@click.argument("file", metavar="FILE|-")
@seeds_option
@json_option
def import_(settings: Settings, file: str, seeds: Path, as_json: bool) -> int:
    """The format is recognised by the file's content; 1 where a line could not be used."""
    imported, faults = operations.import_labelled(_text(file, settings.max_decoded_bytes), shown(file), seeds)
    for fault in faults:
        complain(fault)
    counts = f"{imported.written} seeds written to {seeds / IMPORTED}, {imported.known} were seeds already, {imported.bad} lines not"
    show_json(imported.to_dict()) if as_json else tell(counts)
    return 1 if faults else 0


def _text(file: str, limit: int) -> str:
    data = read_all(file, limit)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{shown(file)}: expected UTF-8 text, byte {error.start} is not valid UTF-8") from error


@command(
    "export",
    help="Every seed as JSON lines, CSV, or for doccano or Label Studio.",
    example="pressmark seeds export --format doccano > doccano.jsonl",
)
@click.option("--format", "kind", type=click.Choice(["jsonl", "csv", "doccano", "label-studio"]), default="jsonl", show_default=True)
@seeds_option
def export(settings: Settings, kind: str, seeds: Path) -> None:
    """On standard output."""
    found = operations.read(seeds)
    if kind == "csv":
        _write_csv(found)
    elif kind == "label-studio":
        show_json([for_label_studio(seed) for seed in found])
    else:
        form: Callable[[Seed], Record] = for_doccano if kind == "doccano" else for_json_lines
        show_lines(map(form, found))


def _write_csv(found: list[Seed]) -> None:
    writer = CsvWriter(COLUMNS)
    for seed in found:
        writer.row({**for_json_lines(seed), "topics": " ".join(sorted(seed.topics))})


for each in (check, add, import_, export):
    seeds.add_command(each)
