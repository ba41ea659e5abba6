"""Pages read here and now: `extract` and `try` need neither broker nor database."""

from __future__ import annotations

import gzip
import io
import zlib
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from worker.cli._shared.files import read_all, text_field
from worker.cli._shared.json_lines import rows, show, side_by_side
from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import complain, show_json
from worker.config import Settings
from worker.errors import ItemFailed, UsageError
from worker.messages import Page
from worker.reasons import Reason
from worker.sandbox.pool import Parsed, ParseKilled, ParsePool

UTF8 = "; charset=utf-8"
HTML_TEXT = "text/html" + UTF8
"""Of text that was decoded already: what a server says outranks what the page says of itself."""


@command("extract", help="HTML or plain text to article: one JSON document for each FILE (`-` or none: standard input).")
@click.argument("files", nargs=-1, metavar="[FILE...|-]")
@click.option("--url", help="The page's address; relative links and the date in it are read with it.")
@click.option("--jsonl", is_flag=True, help='Read lines {"id","url","html"} or {"id","url","html_path"}, write {"id", ...article}.')
@json_option
def extract(settings: Settings, files: tuple[str, ...], url: str | None, jsonl: bool, as_json: bool) -> int:
    """Prints articles as JSON lines, with `--json` or without."""
    names = files or ("-",)
    with closing(ParsePool(settings)) as pool:
        if jsonl:
            source = rows(names, lambda row: _page_of(row, settings.max_decoded_bytes))
            return show(side_by_side(source, settings.parse_processes, lambda page: asdict(parsed(pool, page).article)))
        return max([_extract_file(pool, name, url, settings.max_decoded_bytes) for name in names])


def _extract_file(pool: ParsePool, name: str, url: str | None, limit: int) -> int:
    try:
        show_json(asdict(parsed(pool, file_page(name, url, limit)).article))
    except ItemFailed as failed:
        complain(f"{name}: {failed}")
        return 1
    return 0


def parsed(pool: ParsePool, page: Page) -> Parsed:
    """The article of a page; raises ItemFailed, also where the page broke its parser."""
    try:
        found = pool.extract(page)
    except ParseKilled as error:
        raise ItemFailed(Reason.PARSE_LIMIT, str(error)) from error
    return found if page.url else replace(found, article=replace(found.article, url=None))


def file_page(name: str, url: str | None, limit: int) -> Page:
    """A file as the page that a server would have sent: HTML or plain text, told apart by its looks."""
    return _page(url, _bytes_of(name, limit), None)


def _page(url: str | None, body: bytes, content_type: str | None) -> Page:
    return Page(url=url or "", final_url=url or "", status=200, body=body, content_type=content_type)


def _page_of(row: dict[str, Any], limit: int) -> Page:
    """The page of one line; raises ValueError where it says too little, ItemFailed where its file cannot be used."""
    url = text_field(row, "url")
    path = text_field(row, "html_path")
    if path is not None:
        return _page_at(url, path, limit)
    html = text_field(row, "html", required=True) or ""
    return _page(url, html.encode("utf-8", "replace"), HTML_TEXT)


def _page_at(url: str | None, path: str, limit: int) -> Page:
    try:
        return _page(url, _bytes_of(path, limit), None)
    except UsageError as error:
        raise ValueError(f"html_path: {error}") from error


def _bytes_of(name: str, limit: int) -> bytes:
    """A page's bytes, unpacked where the file is a `.gz`; raises UsageError for a file that cannot be read."""
    data = read_all(name, limit)
    return gunzipped(data, limit) if Path(name).suffix == ".gz" else data


def gunzipped(data: bytes, limit: int) -> bytes:
    """What a `.gz` holds, read no further than `limit`; raises ItemFailed."""
    try:
        with gzip.open(io.BytesIO(data)) as file:
            plain = file.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ItemFailed(Reason.DECODE, f"broken gzip: {error}") from error
    if len(plain) > limit:
        raise ItemFailed(Reason.TOO_BIG, f"more than {limit} bytes unpacked")
    return plain


COMMANDS = {"extract": extract}
