"""`pressmark extract`: HTML or plain text to article."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from classifier.json_lines import text_field
from worker.cli._shared.article_text import article_lines
from worker.cli._shared.files import read_all
from worker.cli._shared.json_lines import rows, show, side_by_side
from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import complain, show_json
from worker.config import Settings
from worker.errors import ItemFailed, UsageError
from worker.messages import Article, Page
from worker.operations.extract_pages import extractor, page_of_bytes, page_of_html
from worker.results import of_article
from worker.sandbox.pool import Parsed


@command(
    "extract",
    help="HTML or plain text to article: for people on a terminal, else one JSON document for each FILE (`-` or none: standard input).",
    example="pressmark extract page.html --url https://example.org/news/1",
)
@click.argument("files", nargs=-1, metavar="[FILE...|-]")
@click.option("--url", help="The page's address; relative links and the date in it are read with it.")
@click.option("--jsonl", is_flag=True, help='Read lines {"id","url","html"} or {"id","url","html_path"}, write {"id", ...article}.')
@json_option
def extract(settings: Settings, files: tuple[str, ...], url: str | None, jsonl: bool, as_json: bool) -> int:
    """Prints articles for people on a terminal, else as JSON lines."""
    names = files or ("-",)
    write = show_json if as_json or not sys.stdout.isatty() else partial(_show, zone=settings.timezone)
    limit = settings.max_decoded_bytes
    with extractor(settings) as extract_page:
        if jsonl:
            pages = rows(names, lambda row: _page_of(row, limit))
            return show(side_by_side(pages, settings.parse_processes, lambda page: extract_page(page).article.to_dict()))
        return max([_extract_file(extract_page, write, name, url, limit) for name in names])


def _show(article: Article, zone: str) -> None:
    click.echo("\n".join(article_lines(of_article(article), zone)))


def _extract_file(extract_page: Callable[[Page], Parsed], write: Callable[[Article], None], name: str, url: str | None, limit: int) -> int:
    try:
        write(extract_page(_read(name, url, limit)).article)
    except ItemFailed as failed:
        complain(f"{name}: {failed}")
        return 1
    return 0


def _read(name: str, url: str | None, limit: int) -> Page:
    """The page in a file, which is unpacked where it is a `.gz`; raises UsageError for a file that cannot be read, ItemFailed."""
    return page_of_bytes(read_all(name, limit), url, limit, packed=Path(name).suffix == ".gz")


def _page_of(row: dict[str, object], limit: int) -> Page:
    """The page of one line; raises ValueError where a field is missing or wrong, ItemFailed where its file cannot be used."""
    url = text_field(row, "url")
    path = text_field(row, "html_path")
    if path is None:
        return page_of_html(text_field(row, "html", required=True) or "", url)
    try:
        return _read(path, url, limit)
    except UsageError as error:
        raise ValueError(f"html_path: {error}") from error
