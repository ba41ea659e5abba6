"""Render a card as an HTML page: the few forms of Markdown that it uses, and its plots below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

STYLE = (
    "body{font:16px/1.5 serif;max-width:60em;margin:2em auto;padding:0 1em}table{border-collapse:collapse}"
    "td,th{padding:.1em .7em;text-align:right;border-bottom:1px solid #ccc}td:first-child,th:first-child{text-align:left}"
    "code{overflow-wrap:anywhere}svg{max-width:100%;height:auto}"
)


def render(title: str, markdown: str, figures: Sequence[str]) -> str:
    """A page of headings, paragraphs, lists and tables, and the SVG `figures`; HTML in `markdown` is escaped."""
    body = "\n".join(_blocks(markdown.split("\n")))
    plots = "\n".join(f"<figure>{svg}</figure>" for svg in figures)
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>{body}\n{plots}</body></html>\n'


def _blocks(lines: Sequence[str]) -> Iterator[str]:
    for kind, block in groupby(lines, _kind):
        if kind == "#":
            yield from (_heading(line) for line in block)
        elif kind == "|":
            yield _table(list(block))
        elif kind == "-":
            yield f"<ul>{''.join(f'<li>{_text(line[2:])}</li>' for line in block)}</ul>"
        elif kind:
            yield f"<p>{_text(' '.join(block))}</p>"


def _kind(line: str) -> str:
    """`#` for a heading, `|` for a row of a table, `-` for an item of a list, `text`, or nothing for an empty line."""
    return line[0] if line[:1] in ("#", "|") or line.startswith("- ") else "text" if line else ""


def _heading(line: str) -> str:
    level = len(line) - len(line.lstrip("#"))
    return f"<h{level}>{_text(line[level:].strip())}</h{level}>"


def _table(lines: Sequence[str]) -> str:
    """A table whose first line is the head and whose second line separates it."""
    head, _, *rows = ([cell.strip() for cell in line.strip()[1:-1].split("|")] for line in lines)
    return f"<table>{_row(head, 'th')}{''.join(_row(row, 'td') for row in rows)}</table>"


def _row(cells: Sequence[str], tag: str) -> str:
    return f"<tr>{''.join(f'<{tag}>{_text(cell)}</{tag}>' for cell in cells)}</tr>"


def _text(text: str) -> str:
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(text))
