"""`pressmark label`: text to labels."""

from __future__ import annotations

import sys
from dataclasses import replace

import click

from classifier.json_lines import text_field
from worker.cli._shared.article_text import article_lines
from worker.cli._shared.files import not_text, read_all
from worker.cli._shared.json_lines import rows, show, together
from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import clean, complain, show_json
from worker.config import Settings
from worker.errors import ItemFailed
from worker.models.labeller import Document, Labeller
from worker.operations.label_texts import AT_ONCE, document, document_of_html, is_html, labeller
from worker.results import of_text


@command(
    "label",
    help="Text or HTML to labels: for people on a terminal, else one JSON document for each FILE (`-` or none: standard input).",
    example="pressmark label --jsonl texts.jsonl > labels.jsonl",
)
@click.argument("files", nargs=-1, metavar="[FILE...|-]")
@click.option("--jsonl", is_flag=True, help='Read lines {"id","title"?,"text","url"?,"site_name"?}, write {"id", ...labels}.')
@click.option("--explain", is_flag=True, help="Show labels, and the text with its evidence marked.")
@json_option
def label(settings: Settings, *, files: tuple[str, ...], jsonl: bool, explain: bool, as_json: bool) -> int:
    """Prints labels for people on a terminal or with `--explain`, else as JSON lines."""
    model = labeller(settings)
    people = explain or (sys.stdout.isatty() and not as_json)
    names = files or ("-",)
    if jsonl:
        return show(together(rows(names, _document_of), AT_ONCE, lambda batch: [labels.to_dict() for labels in model.label(batch)]))
    return max([_label_file(settings, model, name, people=people, explain=explain) for name in names])


def _label_file(settings: Settings, model: Labeller, name: str, *, people: bool, explain: bool) -> int:
    try:
        text = _read(name, settings)
    except ItemFailed as failed:
        complain(f"{name}: {failed}")
        return 1
    labels = model.label([text])[0]
    if not people:
        show_json(labels)
        return 0
    shown = of_text(text.title or None, "" if explain else text.text, text.url, labels)
    click.echo("\n".join(article_lines(shown, settings.timezone)))
    if explain:
        _explain(model, text)
    return 0


def _explain(model: Labeller, text: Document) -> None:
    shown = replace(text, text="\n".join(map(clean, text.text.split("\n"))))  # cleaned before the colours are added
    click.echo(model.explained(replace(shown, title=clean(text.title)), colour=sys.stdout.isatty()), color=True)


def _read(name: str, settings: Settings) -> Document:
    """The text of a file, of HTML its article; raises UsageError where it is no UTF-8, ItemFailed where it has no word."""
    raw = read_all(name, settings.max_decoded_bytes)
    if is_html(raw):
        return document_of_html(settings, raw)
    try:
        return document(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise not_text(name, 1 + raw.count(b"\n", 0, error.start), raw[error.start]) from error


def _document_of(row: dict[str, object]) -> Document:
    """The text of one line; raises ValueError for fields of another kind, ItemFailed where it has no word."""
    text = text_field(row, "text", required=True) or ""
    return document(text, text_field(row, "title") or "", text_field(row, "url"), text_field(row, "site_name"))
