"""`pressmark label`: text to labels."""

from __future__ import annotations

import sys
from dataclasses import replace

import click

from worker.cli._shared.files import not_text, read_all, text_field
from worker.cli._shared.json_lines import rows, show, together
from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import clean, complain, show_json
from worker.config import Settings
from worker.errors import ItemFailed
from worker.models.labeller import Document, Labeller
from worker.operations.label_texts import AT_ONCE, document, labeller


@command(
    "label",
    help="Text to labels: one JSON document for each FILE (`-` or none: standard input).",
    example="pressmark label --jsonl texts.jsonl > labels.jsonl",
)
@click.argument("files", nargs=-1, metavar="[FILE...|-]")
@click.option("--jsonl", is_flag=True, help='Read lines {"id","title"?,"text","url"?,"site_name"?}, write {"id", ...labels}.')
@click.option("--explain", is_flag=True, help="Show the text with its evidence marked instead.")
@json_option
def label(settings: Settings, *, files: tuple[str, ...], jsonl: bool, explain: bool, as_json: bool) -> int:
    """Prints labels as JSON lines, with `--json` or without."""
    model = labeller(settings)
    names = files or ("-",)
    if jsonl:
        return show(together(rows(names, _document_of), AT_ONCE, lambda batch: [labels.to_dict() for labels in model.label(batch)]))
    return max([_label_file(model, name, settings.max_decoded_bytes, explain=explain) for name in names])


def _label_file(model: Labeller, name: str, limit: int, *, explain: bool) -> int:
    try:
        text = _read(name, limit)
    except ItemFailed as failed:
        complain(f"{name}: {failed}")
        return 1
    _explain(model, text) if explain else show_json(model.label([text])[0].to_dict())
    return 0


def _explain(model: Labeller, text: Document) -> None:
    shown = replace(text, text="\n".join(map(clean, text.text.split("\n"))))  # cleaned before the colours are added
    click.echo(model.explained(shown, colour=sys.stdout.isatty()), color=True)


def _read(name: str, limit: int) -> Document:
    """The text of a file; raises UsageError where it is no UTF-8, ItemFailed where it has no word."""
    raw = read_all(name, limit)
    try:
        return document(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise not_text(name, 1 + raw.count(b"\n", 0, error.start), raw[error.start]) from error


def _document_of(row: dict[str, object]) -> Document:
    """The text of one line; raises ValueError for fields of another kind, ItemFailed where it has no word."""
    text = text_field(row, "text", required=True) or ""
    return document(text, text_field(row, "title") or "", text_field(row, "url"), text_field(row, "site_name"))
