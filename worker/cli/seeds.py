"""The labelled articles that a model learns from: checked, added to, and exchanged with other tools."""

from __future__ import annotations

import json
import time
from collections.abc import Container, Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from worker.bootstrap import Services
from worker.cli._shared.files import read_all, shown
from worker.cli._shared.options import command, json_option, who
from worker.cli._shared.output import CsvWriter, complain, show_json, show_lines, tell
from worker.cli._shared.services import opened
from worker.config import Settings
from worker.errors import UsageError
from worker.operations.status import rfc3339
from worker.results import Result
from worker.storage.reviews import Review, disagree

seeds_option = click.option(
    "--seeds", type=click.Path(path_type=Path), default=Path("seeds"), show_default=True, help="Folder of labelled articles, *.jsonl."
)
REVIEWED, IMPORTED = "reviewed.jsonl", "imported.jsonl"
COLUMNS = ("id", "title", "text", "topics", "primary", "source_type", "language", "origin", "url", "site_name")
"""Of a CSV; topics are parted by blanks."""


@click.group("seeds", help="The labelled articles: check, add, import, export.")
def seeds() -> None:
    """Only holds its commands."""


@command("check", help="What training would stumble over, copies, balance, and what the guide forbids.")
@seeds_option
@json_option
def check(settings: Settings, seeds: Path, as_json: bool) -> int:
    """1 where there is something to mend."""
    from worker.models import training

    found = training.check(seeds)
    if as_json:
        show_lines(found)
    else:
        for objection in found:
            click.echo(f"{objection['where'] or seeds}: {objection['kind']}: {objection['detail']}")
        tell(f"{len(found)} objections")
    return 1 if found else 0


@command("add", help="Add one labelled article: a stored one by its item, or what people reviewed.")
@click.option("--from-article", "item_id", type=int, metavar="ITEM", help="The item of a stored article.")
@click.option("--reviewed", is_flag=True, help="Every reviewed article that people agree on.")
@click.option("--topics", metavar="T,T", help="With --from-article: its topics, comma-separated; default: the model's.")
@click.option("--primary", metavar="TOPIC", help="With --from-article: the primary topic.")
@click.option("--source-type", metavar="TYPE", help="With --from-article: default the model's.")
@seeds_option
@json_option
def add(settings: Settings, *, item_id: int | None, reviewed: bool, seeds: Path, as_json: bool, **labels: str | None) -> int:
    """Writes into `reviewed.jsonl`."""
    services = opened(settings)
    if (item_id is None) == (not reviewed):
        raise UsageError("expected --from-article ITEM or --reviewed")
    if reviewed:
        written, views = write_reviewed(services, seeds)
        disputed = [said[0].item_id for said in views]
    else:
        written, disputed = _append(seeds / REVIEWED, [_from_article(services, item_id or 0, labels)]), []
    show_json({"written": written, "disputed": disputed}) if as_json else tell(f"{written} seeds written to {seeds / REVIEWED}")
    return 1 if disputed else 0


def _from_article(services: Services, item_id: int, labels: dict[str, str | None]) -> dict[str, Any]:
    row = next(iter(services.articles.of([item_id])), None)
    if row is None or row.text is None:
        raise UsageError(f"expected the item of a stored article, got {item_id}")
    topics = [name for name in (labels["topics"] or "").split(",") if name] if labels["topics"] is not None else row.decided("yes") or []
    primary = labels["primary"] or (row.primary_topic if row.primary_topic in topics else None)
    source = labels["source_type"] or (row.source_type and row.source_type.label)
    told = {"topics": topics, "primary": primary, "source_type": source}
    return {**_seed(row), **told, "labelled_by": who(), "labelled_at": rfc3339(time.time())}


def write_reviewed(services: Services, seeds: Path) -> tuple[int, list[list[Review]]]:
    """Writes what people agree on and is no seed yet, and takes out what they no longer agree on.

    How many were written, and for each disputed article what was said of it.
    """
    by_item: dict[int, list[Review]] = {}
    for said in services.reviews.all():
        by_item.setdefault(said.item_id, []).append(said)
    disputed = {item_id: said for item_id, said in by_item.items() if disagree(said)}
    rows = services.articles.of(list(by_item))
    fresh = [_reviewed(row, by_item[row.stored_id]) for row in rows if row.item_id not in disputed and row.text is not None]
    gone = {_seed(row)["id"] for row in rows if row.item_id in disputed}
    return _append(seeds / REVIEWED, fresh, gone), list(disputed.values())


def _reviewed(row: Result, said: list[Review]) -> dict[str, Any]:
    newest = max(said, key=lambda review: review.at)
    told = {"topics": list(newest.topics), "primary": newest.primary, "source_type": newest.source_type}
    people = ", ".join(sorted({review.who for review in said}))
    return {**_seed(row), **told, "labelled_by": people, "labelled_at": rfc3339(newest.at)}


def _seed(row: Result) -> dict[str, Any]:
    return {
        "id": f"item-{row.item_id}-{(row.content_sha256 or '')[:8]}",
        "title": row.title or "",
        "text": row.text,
        "language": row.language or "en",
        "origin": "reviewed",
        "url": row.url,
        "site_name": row.site_name,
    }


def _append(file: Path, records: Iterable[dict[str, Any]], gone: Container[str] = ()) -> int:
    """Adds what is new by id, at once or not at all; what stood there with other labels is replaced, and `gone` is taken out."""
    from worker.models import training

    found = {record["id"]: record for record in _lines(file)} if file.exists() else {}
    old = {name: record for name, record in found.items() if name not in gone}
    new = {record["id"]: record for record in records if old.get(record["id"]) != record}
    for record in new.values():
        training.checked(record, "the seed")
    if new or len(old) < len(found):
        _write(file, (old | new).values())
    return len(new)


def _write(file: Path, records: Iterable[dict[str, Any]]) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_suffix(".new")
        beside.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
        beside.rename(file)
    except OSError as error:
        raise UsageError(f"{file}: expected a file that can be written: {error.strerror}") from error


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    """The records as they stand there; raises UsageError for a line that is no seed."""
    from worker.models import training

    for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").split("\n"), start=1):
        if line.strip():
            yield training.seed_in(line, f"{file}:{number}")


@command("import", help="Add labelled articles from JSON lines, a CSV, or an export of doccano or Label Studio.")
@click.argument("file", metavar="FILE|-")
@seeds_option
@json_option
def import_(settings: Settings, file: str, seeds: Path, as_json: bool) -> int:
    """The kind of file is told by what stands in it. What is a seed already is left alone."""
    known = _known(seeds)
    good, bad, old = [], 0, 0
    for where, record in _labelled(file, settings.max_decoded_bytes):
        try:
            new = _is_new(record, where, known)
        except UsageError as error:
            complain(str(error))
            bad += 1
        else:
            good += [record] if new else []
            old += not new
    written = _append(seeds / IMPORTED, good)
    told = f"{written} seeds written to {seeds / IMPORTED}, {old} were seeds already, {bad} lines not"
    show_json({"written": written, "known": old, "bad": bad}) if as_json else tell(told)
    return 1 if bad else 0


def _labelled(file: str, limit: int) -> Iterator[tuple[str, Any]]:
    from worker.models.annotation_formats import read_labelled

    data = read_all(file, limit)
    try:
        return read_labelled(data.decode("utf-8-sig"), shown(file))
    except UnicodeDecodeError as error:
        raise UsageError(f"{shown(file)}: expected UTF-8 text, byte {error.start} is not") from error


def _known(folder: Path) -> dict[str, dict[str, Any]]:
    """By their words the seeds that no import wrote: an import may mend only what an import said."""
    from worker.models import training

    found = training.records(folder) if any(folder.glob("*.jsonl")) else iter(())
    return {_words(seed): seed for seed in found if not seed["id"].startswith("import-")}


def _is_new(record: dict[str, Any] | str, where: str, known: dict[str, dict[str, Any]]) -> bool:
    """Whether the words are no seed yet; raises UsageError for what can be none, or contradicts one."""
    from worker.models import training

    if isinstance(record, str):
        raise UsageError(f"{where}: {record}")
    seed = training.checked(record, where)
    same = known.get(_words(seed))
    if same is not None and any(same[name] != seed[name] for name in ("topics", "primary", "source_type")):
        raise UsageError(f"{where}: expected the labels of seed {same['id']}, which has the same words, came others")
    return same is None


def _words(seed: dict[str, Any]) -> str:
    return " ".join(f"{seed['title']} {seed['text']}".split())


@command("export", help="Every seed as JSON lines, CSV, or for doccano or Label Studio.")
@click.option("--format", "kind", type=click.Choice(["jsonl", "csv", "doccano", "label-studio"]), default="jsonl", show_default=True)
@seeds_option
def export(settings: Settings, kind: str, seeds: Path) -> None:
    """On standard output."""
    from worker.models import training
    from worker.models.annotation_formats import for_doccano, for_label_studio

    records = training.records(seeds)
    if kind == "csv":
        writer = CsvWriter(COLUMNS)
        for record in records:
            writer.row({**record, "topics": " ".join(record["topics"])})
    elif kind == "label-studio":
        show_json([for_label_studio(record) for record in records])
    else:
        show_lines(for_doccano(record) if kind == "doccano" else record for record in records)


for each in (check, add, import_, export):
    seeds.add_command(each)
COMMANDS = {"seeds": seeds}
