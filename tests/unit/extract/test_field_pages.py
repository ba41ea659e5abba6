"""Pages in the manner of the region's sites: the article whole, without boilerplate, dates and authors right or null.

The sets in `tests/pages` were written for this project, no two pages of a set with the same skeleton; each `truth.jsonl` was
written with them, from the pages and not from an extractor's output. A paragraph listed under `optional` may be in the text
or not: datelines and signatures on lines of their own, headings of summaries, credits. `null_allowed`: the only date is in a
sentence about the event, so that null is right as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from benchmarks.extraction.field import FIELDS, Comparison, compare, is_taken_for_article, rows

FOLDER = Path(__file__).parents[2] / "pages"


@dataclass(frozen=True)
class Limits:
    """What was reached on a set so far: wrong lines and accepted walls may only fall, right pages may only rise."""

    left: int
    lost: int
    walls_taken: int
    right: dict[str, int] = field(default_factory=dict)


SETS = {
    ".": Limits(10, 4, 0, {"title": 81, "date": 81, "authors": 81, "language": 81}),
    "second": Limits(13, 2, 0, {"title": 47, "date": 46, "authors": 47, "language": 47}),
    "fifth": Limits(19, 13, 0, {"title": 49, "date": 50, "authors": 46, "language": 52}),
    "flat": Limits(1, 0, 0, {"title": 23, "date": 23, "authors": 22, "language": 23}),
    "fourth": Limits(4, 0, 0, {"title": 46, "date": 45, "authors": 45, "language": 46}),
    "third": Limits(6, 1, 0, {"title": 16, "date": 16, "authors": 16, "language": 16}),
}
NO_WALLS = ("fifth", "flat")
"""Sets of articles only."""


@cache
def pages_of(name: str) -> list[Comparison]:
    return [compare(FOLDER / name, truth) for truth in rows(FOLDER / name, "truth.jsonl")]


def test_there_are_sixty_pages_in_seven_languages() -> None:
    truths = rows(FOLDER, "truth.jsonl")
    assert len(truths) >= 60
    assert sum(truth["file"].endswith(".txt") for truth in truths) >= 15
    assert {truth["language"] for truth in truths} >= {"en", "km", "th", "lo", "vi", "fr", "zh"}


@pytest.mark.parametrize("name", SETS)
def test_no_two_pages_of_a_set_have_the_same_skeleton(name: str) -> None:
    skeletons = [skeleton(FOLDER / name / truth["file"]) for truth in rows(FOLDER / name, "truth.jsonl") if truth["file"].endswith(".html")]
    assert len(set(skeletons)) == len(skeletons)


def skeleton(path: Path) -> str:
    """The page's tags with their classes or ids, without text and paragraphs."""
    tags = re.findall(
        r"<([a-zA-Z][\w-]*)[^>]*?(?:(?:class|id)=[\"']?([\w -]+))?[^>]*>", path.read_bytes().decode("latin-1").replace("\0", "")
    )
    return " ".join(f"{tag}.{name}" for tag, name in tags if tag.lower() not in {"p", "br", "b", "i", "a"})


@pytest.mark.parametrize("name", SETS)
def test_the_text_is_the_article_without_boilerplate(name: str) -> None:
    pages = pages_of(name)
    wrong = [line for page in pages if page.left or page.lost for line in (page.row(), *page.wrongs())]
    assert sum(len(page.left) for page in pages) <= SETS[name].left, "\n".join(wrong)
    assert sum(len(page.lost) for page in pages) <= SETS[name].lost, "\n".join(wrong)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("what", FIELDS)
def test_title_date_authors_and_language_are_right_or_null(name: str, what: str) -> None:
    pages = pages_of(name)
    wrong = [line for page in pages if not page.right(what) for line in (page.row(), *page.wrongs())]
    assert sum(page.right(what) for page in pages) >= SETS[name].right[what], "\n".join(wrong)


@pytest.mark.parametrize("name", SETS)
def test_a_page_that_is_not_an_article_is_refused(name: str) -> None:
    """Home pages, listings, walls and shells."""
    walls = rows(FOLDER / name, "walls.jsonl")
    taken = [wall["id"] for wall in walls if is_taken_for_article(FOLDER / name, wall)]
    assert walls or name in NO_WALLS
    assert len(taken) <= SETS[name].walls_taken, taken
