"""Texts labelled here and now, without broker or database."""

from __future__ import annotations

import sys
import unicodedata
from dataclasses import replace
from typing import Any

import click

from worker.cli._shared.files import not_text, read_all, text_field
from worker.cli._shared.json_lines import rows, show, together
from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import clean, complain, show_json
from worker.config import Settings
from worker.errors import ItemFailed
from worker.models.cache import at_hand
from worker.models.labeller import Document, Labeller
from worker.reasons import Reason

AT_ONCE = 64
"""Articles in one prediction: the fixed cost is spread, and a pipe still answers while it is fed."""


@command("label", help="Text to labels: one JSON document for each FILE (`-` or none: standard input).")
@click.argument("files", nargs=-1, metavar="[FILE...|-]")
@click.option("--jsonl", is_flag=True, help='Read lines {"id","title"?,"text","url"?,"site_name"?}, write {"id", ...labels}.')
@click.option("--explain", is_flag=True, help="Show the text with its evidence marked instead.")
@json_option
def label(settings: Settings, *, files: tuple[str, ...], jsonl: bool, explain: bool, as_json: bool) -> int:
    """Prints labels as JSON lines, with `--json` or without."""
    labeller = Labeller(at_hand(settings))
    names = files or ("-",)
    if explain:
        return max([_explain_file(labeller, name, settings.max_decoded_bytes) for name in names])
    if jsonl:
        return show(together(rows(names, document_of), AT_ONCE, lambda batch: [labels.to_dict() for labels in labeller.label(batch)]))
    return max([_label_file(labeller, name, settings.max_decoded_bytes) for name in names])


def _label_file(labeller: Labeller, name: str, limit: int) -> int:
    try:
        show_json(labeller.label([_document(name, read_all(name, limit))])[0].to_dict())
    except ItemFailed as failed:
        complain(f"{name}: {failed}")
        return 1
    return 0


def _explain_file(labeller: Labeller, name: str, limit: int) -> int:
    try:
        document = _document(name, read_all(name, limit))
    except ItemFailed as failed:
        complain(f"{name}: {failed}")
        return 1
    shown = replace(document, text="\n".join(map(clean, document.text.split("\n"))))  # before the colours are put in
    click.echo(labeller.explained(shown, colour=sys.stdout.isatty()), color=True)
    return 0


def document_of(row: dict[str, Any]) -> Document:
    """The document of one line; raises ValueError for fields of another kind, ItemFailed where there is no text."""
    text = text_field(row, "text", required=True) or ""
    return _checked(Document(text_field(row, "title") or "", text, text_field(row, "url"), text_field(row, "site_name")))


def _document(name: str, raw: bytes) -> Document:
    try:
        return _checked(Document("", raw.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        raise not_text(name, 1 + raw.count(b"\n", 0, error.start), raw[error.start]) from error


def _checked(document: Document) -> Document:
    """In NFC, as offsets count; raises ItemFailed for a text without a word."""
    if not any(character.isalnum() for character in document.text):
        raise ItemFailed(Reason.NO_TEXT, "expected a text, came none")
    title, text = (unicodedata.normalize("NFC", part) for part in (document.title, document.text))
    return replace(document, title=title, text=text)


COMMANDS = {"label": label}
