"""The region's pages as they are in the field: furniture out, article in, dates and people right or null.

The pages in `tests/pages` were written for this project, no two with one skeleton; `truth.jsonl` was written with
them, from the pages and not from what an extractor gives. A paragraph listed under `optional` may stay or go:
datelines and signatures that stand alone, summaries' headings, credits. `null_allowed`: the only date stands in
a sentence that tells of the event, so null is right as well.
"""

# ruff: noqa: T201 - the table is the point: pytest shows it with `-s`, and whenever a page is worse than it was
from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from worker.errors import ItemFailed
from worker.extract.article import extract
from worker.reasons import Reason
from worker.records import Article, Page

FOLDER = Path(__file__).parents[2] / "pages"
TRUTH = [json.loads(line) for line in (FOLDER / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
WALLS = [json.loads(line) for line in (FOLDER / "walls.jsonl").read_text(encoding="utf-8").splitlines()]
FETCHED = "2026-11-24T09:00:00Z"
"""The mastheads' today."""
LEFT_MOST, LOST_MOST, WALLS_MOST = 13, 4, 0
"""Lines over all pages, and walls taken for articles: what the extractor reached so far. They only ever fall; the goal is none."""
RIGHT_LEAST = {"title_right": 78, "date_right": 80, "authors_right": 76, "language_right": 81}
"""Pages; they only ever rise, and the goal is all."""
MARKER = re.compile(r"^\s*(?:[-–•*]|\(?\w{1,3}[.)])\s+")
"""What a list may put before its item, with or without the page's own number."""


def squeezed(text: str) -> str:
    """Letters and digits alone, so that quotes, dashes and white space decide nothing."""
    return "".join(c for c in text.casefold() if c.isalnum())


@dataclass(frozen=True)
class Read:
    """One page as the extractor gave it, against its truth."""

    truth: dict[str, Any]
    article: Article | None

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

    def row(self) -> str:
        """The page's line in the table."""
        marks = "".join(
            name if right else "-"
            for name, right in (("T", self.title_right), ("D", self.date_right), ("A", self.authors_right), ("L", self.language_right))
        )
        return f"{self.truth['id']:28} {len(self.left):4} {len(self.lost):4}  {marks}"


def same_moment(found: str | None, true: str | None) -> bool:
    """Equal moments; where only one of them has a time of day, equal days."""
    if found is None or true is None:
        return found is true
    if len(found) == len(true) == len("2024-03-22"):
        return date.fromisoformat(found) == date.fromisoformat(true)
    if "T" in found and "T" in true:
        return datetime.fromisoformat(found).astimezone(UTC) == datetime.fromisoformat(true).astimezone(UTC)
    return found[:10] == true[:10]


def read(truth: dict[str, Any]) -> Read:
    body = (FOLDER / truth["file"]).read_bytes()
    page = Page(truth["url"], truth["url"], 200, body, truth["content_type"], fetched_at=FETCHED)
    try:
        return Read(truth, extract(page))
    except ItemFailed:
        return Read(truth, None)


@pytest.fixture(scope="module")
def pages() -> list[Read]:
    return [read(truth) for truth in TRUTH]


def test_there_are_sixty_pages_with_whole_truths_and_no_two_skeletons() -> None:
    assert len(TRUTH) >= 60
    assert sum(truth["file"].endswith(".txt") for truth in TRUTH) >= 15
    assert {truth["language"] for truth in TRUTH} >= {"en", "km", "th", "lo", "vi", "fr", "zh"}
    skeletons = [skeleton(FOLDER / truth["file"]) for truth in TRUTH if truth["file"].endswith(".html")]
    assert len(set(skeletons)) == len(skeletons)


def skeleton(path: Path) -> str:
    """The page's tags with their classes and identities, text and paragraphs left out."""
    tags = re.findall(
        r"<([a-zA-Z][\w-]*)[^>]*?(?:(?:class|id)=[\"']?([\w -]+))?[^>]*>", path.read_bytes().decode("latin-1").replace("\0", "")
    )
    return " ".join(f"{tag}.{name}" for tag, name in tags if tag.lower() not in {"p", "br", "b", "i", "a"})


def test_furniture_goes_and_the_article_stays(pages: list[Read]) -> None:
    print("\n".join(["page                         left lost  title, date, authors, language", *(page.row() for page in pages)]))
    for page in pages:
        print(*(f"{page.truth['id']}: left: {line}" for line in page.left), sep="\n")
        print(*(f"{page.truth['id']}: lost: {line}" for line in page.lost), sep="\n")
    assert sum(len(page.left) for page in pages) <= LEFT_MOST
    assert sum(len(page.lost) for page in pages) <= LOST_MOST


@pytest.mark.parametrize("what", RIGHT_LEAST)
def test_what_the_page_says_of_itself_is_right_or_null(pages: list[Read], what: str) -> None:
    wrong = [page for page in pages if not getattr(page, what)]
    for page in wrong:
        print(
            page.truth["id"], page.article and (page.article.title, page.article.published_at, page.article.authors, page.article.language)
        )
    assert len(pages) - len(wrong) >= RIGHT_LEAST[what]


def taken_for_an_article(wall: dict[str, Any]) -> bool:
    """Whether the page is given as an article, or refused for another reason than that it is none."""
    page = Page(wall["url"], wall["url"], 200, (FOLDER / wall["file"]).read_bytes(), "text/html; charset=utf-8", fetched_at=FETCHED)
    try:
        extract(page)
    except ItemFailed as failed:
        return failed.reason not in (Reason.NOT_ARTICLE, Reason.NO_TEXT)
    return True


def test_what_is_no_article_is_not_taken_for_one() -> None:
    """Home pages, listings, walls and shells in `tests/pages/walls`."""
    taken = [wall["id"] for wall in WALLS if taken_for_an_article(wall)]
    assert len(WALLS) >= 10
    assert len(taken) <= WALLS_MOST, taken
