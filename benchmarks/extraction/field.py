"""Compare the articles of written test pages with their truths: text, title, date, authors, language, and refusals.

`python -m benchmarks.extraction.field tests/pages/second` prints the table of a folder with `truth.jsonl` and `walls.jsonl`.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from worker.errors import ItemFailed
from worker.extract.pipeline import extract
from worker.messages import Article, Page
from worker.reasons import Reason

FETCHED = "2026-11-24T09:00:00Z"
"""The current day that the mastheads show."""
MARKER = re.compile(r"^\s*(?:[-–•*]|\(?\w{1,3}[.)])\s+")
"""The marker of a list item, which may or may not be part of the text."""
FIELDS = ("title", "date", "authors", "language")
"""What is compared beside the text."""


def letters_of(text: str) -> str:
    """The letters and digits of a text, without case: quotes, dashes and white space do not count."""
    return "".join(c for c in text.casefold() if c.isalnum())


Truth = dict[str, Any]
"""A line of `truth.jsonl` or `walls.jsonl`."""


@dataclass(frozen=True)
class Comparison:
    """The article of one page, and its truth."""

    truth: Truth
    article: Article | None
    refused: Reason | None = None
    """Why there is no article."""

    @property
    def left(self) -> list[str]:
        """Lines in the text that are not the article's."""
        whole = letters_of("".join(self.truth["text"]))
        lines = [line for line in (self.article.text if self.article else "").splitlines() if letters_of(line)]
        return [line for line in lines if letters_of(line) not in whole and letters_of(MARKER.sub("", line)) not in whole]

    @property
    def lost(self) -> list[str]:
        """Paragraphs of the article that are missing in the text."""
        text = letters_of(self.article.text if self.article else "")
        needed = [paragraph for at, paragraph in enumerate(self.truth["text"]) if at not in self.truth["optional"]]
        return [
            paragraph for paragraph in needed if letters_of(paragraph) not in text and letters_of(MARKER.sub("", paragraph)) not in text
        ]

    @property
    def title_right(self) -> bool:
        return self.article is not None and letters_of(self.article.title or "") == letters_of(self.truth["title"])

    @property
    def date_right(self) -> bool:
        if self.article is None:
            return False
        found = self.article.published_at
        return (found is None and self.truth["null_allowed"]) or same_moment(found, self.truth["published_at"])

    @property
    def authors_right(self) -> bool:
        return self.article is not None and {*map(str.casefold, self.article.authors)} == {*map(str.casefold, self.truth["authors"])}

    @property
    def language_right(self) -> bool:
        return self.article is not None and self.article.language == self.truth["language"]

    def right(self, what: str) -> bool:
        """Whether one of `FIELDS` is right."""
        return bool(getattr(self, f"{what}_right"))

    def row(self) -> str:
        """The page's row in the table."""
        marks = "".join(what[0].upper() if self.right(what) else "-" for what in FIELDS)
        return f"{self.truth['id']:28} {len(self.left):4} {len(self.lost):4}  {marks}  {self.refused or ''}".rstrip()

    def wrongs(self) -> Iterator[str]:
        """Everything that is wrong, one line each."""
        yield from (f"  left: {line}" for line in self.left)
        yield from (f"  lost: {line}" for line in self.lost)
        if self.article is None:
            return
        found = {"date": "published_at"}
        for what in FIELDS:
            if not self.right(what):
                field = found.get(what, what)
                yield f"  {what}: {getattr(self.article, field)!r} for {self.truth[field]!r}"


def same_moment(found: str | None, true: str | None) -> bool:
    """Whether two dates are equal; where only one of them has a time of day, whether the days are."""
    if found is None or true is None:
        return found is true
    if len(found) == len(true) == len("2024-03-22"):
        return date.fromisoformat(found) == date.fromisoformat(true)
    if "T" in found and "T" in true:
        return datetime.fromisoformat(found).astimezone(UTC) == datetime.fromisoformat(true).astimezone(UTC)
    return found[:10] == true[:10]


def rows(folder: Path, name: str) -> list[Truth]:
    """The lines of `truth.jsonl` or `walls.jsonl`."""
    return [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]


def compare(folder: Path, truth: Truth) -> Comparison:
    """Extract one page of the folder and compare it with its truth."""
    body = (folder / truth["file"]).read_bytes()
    page = Page(truth["url"], truth["url"], 200, body, truth.get("content_type", "text/html; charset=utf-8"), fetched_at=FETCHED)
    try:
        return Comparison(truth, extract(page))
    except ItemFailed as failed:
        return Comparison(truth, None, failed.reason)


def is_taken_for_article(folder: Path, wall: Truth) -> bool:
    """Whether a page that is not an article gives one, or is refused for another reason."""
    return compare(folder, wall).refused not in (Reason.NOT_ARTICLE, Reason.NO_TEXT)


def table(folder: Path) -> Iterator[str]:
    """The folder's table: a row for each page with what is wrong below it, and the totals."""
    pages = [compare(folder, truth) for truth in rows(folder, "truth.jsonl")]
    yield "page                         left lost  title, date, authors, language"
    for page in pages:
        yield page.row()
        yield from page.wrongs()
    walls = rows(folder, "walls.jsonl")
    taken = [wall["id"] for wall in walls if is_taken_for_article(folder, wall)]
    yield from (f"{wall}: taken for an article" for wall in taken)
    yield f"{len(pages)} pages: {summary(pages)}; walls refused {len(walls) - len(taken)} of {len(walls)}"


def summary(pages: list[Comparison]) -> str:
    """How many pages have no boilerplate, have the whole article, and have each field right."""
    clean = sum(not page.left and page.article is not None for page in pages)
    whole = sum(not page.lost for page in pages)
    lines = sum(len(page.left) for page in pages), sum(len(page.lost) for page in pages)
    fields = ", ".join(f"{what} {sum(page.right(what) for page in pages)}" for what in FIELDS)
    return f"clean {clean} ({lines[0]} lines left), whole {whole} ({lines[1]} lost); {fields}"


def main() -> None:
    """Print the table of each folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="a folder with truth.jsonl and walls.jsonl")
    for folder in parser.parse_args().folders:
        print("\n".join(table(folder)))


if __name__ == "__main__":
    main()
