"""Field pages against their truths: lines left and lost, title, date, people, language, and what should be refused.

`python -m benchmarks.extraction.field tests/pages/second` prints the table of a folder: its `truth.jsonl` and `walls.jsonl`.
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
"""The mastheads' today."""
MARKER = re.compile(r"^\s*(?:[-–•*]|\(?\w{1,3}[.)])\s+")
"""What a list may put before its item, with or without the page's own number."""
SAID = ("title", "date", "authors", "language")
"""What a page says of itself, beside its text."""


def squeezed(text: str) -> str:
    """Letters and digits alone, so that quotes, dashes and white space decide nothing."""
    return "".join(c for c in text.casefold() if c.isalnum())


@dataclass(frozen=True)
class Read:
    """One page as the extractor gave it, against its truth; `refused` is the reason where it gave none."""

    truth: dict[str, Any]
    article: Article | None
    refused: Reason | None = None

    @property
    def left(self) -> list[str]:
        """Lines of furniture that stand in the text."""
        whole = squeezed("".join(self.truth["text"]))
        lines = [line for line in (self.article.text if self.article else "").splitlines() if squeezed(line)]
        return [line for line in lines if squeezed(line) not in whole and squeezed(MARKER.sub("", line)) not in whole]

    @property
    def lost(self) -> list[str]:
        """Paragraphs of the article that do not."""
        text = squeezed(self.article.text if self.article else "")
        needed = [text for place, text in enumerate(self.truth["text"]) if place not in self.truth["optional"]]
        return [paragraph for paragraph in needed if squeezed(paragraph) not in text and squeezed(MARKER.sub("", paragraph)) not in text]

    @property
    def title_right(self) -> bool:
        return self.article is not None and squeezed(self.article.title or "") == squeezed(self.truth["title"])

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
        """Whether the page's own word on one of `SAID` was read rightly."""
        return bool(getattr(self, f"{what}_right"))

    def row(self) -> str:
        """The page's line in the table."""
        marks = "".join(what[0].upper() if self.right(what) else "-" for what in SAID)
        return f"{self.truth['id']:28} {len(self.left):4} {len(self.lost):4}  {marks}  {self.refused or ''}".rstrip()

    def wrongs(self) -> Iterator[str]:
        """What is wrong, a line each."""
        yield from (f"  left: {line}" for line in self.left)
        yield from (f"  lost: {line}" for line in self.lost)
        if self.article is None:
            return
        found = {"date": "published_at"}
        for what in SAID:
            if not self.right(what):
                field = found.get(what, what)
                yield f"  {what}: {getattr(self.article, field)!r} for {self.truth[field]!r}"


def same_moment(found: str | None, true: str | None) -> bool:
    """Equal moments; where only one of them has a time of day, equal days."""
    if found is None or true is None:
        return found is true
    if len(found) == len(true) == len("2024-03-22"):
        return date.fromisoformat(found) == date.fromisoformat(true)
    if "T" in found and "T" in true:
        return datetime.fromisoformat(found).astimezone(UTC) == datetime.fromisoformat(true).astimezone(UTC)
    return found[:10] == true[:10]


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    """The lines of `truth.jsonl` or `walls.jsonl`."""
    return [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]


def read(folder: Path, truth: dict[str, Any]) -> Read:
    """One page of the folder, extracted."""
    body = (folder / truth["file"]).read_bytes()
    page = Page(truth["url"], truth["url"], 200, body, truth.get("content_type", "text/html; charset=utf-8"), fetched_at=FETCHED)
    try:
        return Read(truth, extract(page))
    except ItemFailed as failed:
        return Read(truth, None, failed.reason)


def taken_for_an_article(folder: Path, wall: dict[str, Any]) -> bool:
    """Whether the page is given as an article, or refused for another reason than that it is none."""
    return read(folder, wall).refused not in (Reason.NOT_ARTICLE, Reason.NO_TEXT)


def table(folder: Path) -> Iterator[str]:
    """The folder's table: a line a page, what is wrong below it, and the sums."""
    pages = [read(folder, truth) for truth in rows(folder, "truth.jsonl")]
    yield "page                         left lost  title, date, authors, language"
    for page in pages:
        yield page.row()
        yield from page.wrongs()
    walls = rows(folder, "walls.jsonl")
    taken = [wall["id"] for wall in walls if taken_for_an_article(folder, wall)]
    yield from (f"{wall}: taken for an article" for wall in taken)
    yield f"{len(pages)} pages: {summary(pages)}; walls refused {len(walls) - len(taken)} of {len(walls)}"


def summary(pages: list[Read]) -> str:
    """Pages with nothing left, with nothing lost, and right by field; lines in all."""
    clean = sum(not page.left and page.article is not None for page in pages)
    whole = sum(not page.lost for page in pages)
    lines = sum(len(page.left) for page in pages), sum(len(page.lost) for page in pages)
    said = ", ".join(f"{what} {sum(page.right(what) for page in pages)}" for what in SAID)
    return f"clean {clean} ({lines[0]} lines left), whole {whole} ({lines[1]} lost); {said}"


def main() -> None:
    """Print the table of each folder named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="a folder with truth.jsonl and walls.jsonl")
    for folder in parser.parse_args().folders:
        print("\n".join(table(folder)))


if __name__ == "__main__":
    main()
