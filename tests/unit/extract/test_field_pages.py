"""The region's pages as they are in the field: furniture out, article in, dates and people right or null.

The sets in `tests/pages` were written for this project, no two pages of a set with one skeleton; each `truth.jsonl` was written
with them, from the pages and not from what an extractor gives. A paragraph listed under `optional` may stay or go:
datelines and signatures that stand alone, summaries' headings, credits. `null_allowed`: the only date stands in
a sentence that tells of the event, so null is right as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from benchmarks.extraction.field import SAID, Read, read, rows, taken_for_an_article

FOLDER = Path(__file__).parents[2] / "pages"


@dataclass(frozen=True)
class Limits:
    """What the extractor reached on a set so far: lines and walls only ever fall, pages right only ever rise."""

    left: int
    lost: int
    walls_taken: int
    right: dict[str, int] = field(default_factory=dict)


SETS = {
    ".": Limits(10, 4, 0, {"title": 81, "date": 81, "authors": 81, "language": 81}),
    "second": Limits(13, 3, 0, {"title": 46, "date": 46, "authors": 47, "language": 47}),
    "third": Limits(6, 1, 0, {"title": 16, "date": 16, "authors": 16, "language": 16}),
}


@cache
def pages_of(name: str) -> list[Read]:
    return [read(FOLDER / name, truth) for truth in rows(FOLDER / name, "truth.jsonl")]


def test_there_are_sixty_pages_with_whole_truths_and_no_two_skeletons() -> None:
    truths = rows(FOLDER, "truth.jsonl")
    assert len(truths) >= 60
    assert sum(truth["file"].endswith(".txt") for truth in truths) >= 15
    assert {truth["language"] for truth in truths} >= {"en", "km", "th", "lo", "vi", "fr", "zh"}


@pytest.mark.parametrize("name", SETS)
def test_no_two_pages_of_a_set_have_one_skeleton(name: str) -> None:
    skeletons = [skeleton(FOLDER / name / truth["file"]) for truth in rows(FOLDER / name, "truth.jsonl") if truth["file"].endswith(".html")]
    assert len(set(skeletons)) == len(skeletons)


def skeleton(path: Path) -> str:
    """The page's tags with their classes and identities, text and paragraphs left out."""
    tags = re.findall(
        r"<([a-zA-Z][\w-]*)[^>]*?(?:(?:class|id)=[\"']?([\w -]+))?[^>]*>", path.read_bytes().decode("latin-1").replace("\0", "")
    )
    return " ".join(f"{tag}.{name}" for tag, name in tags if tag.lower() not in {"p", "br", "b", "i", "a"})


@pytest.mark.parametrize("name", SETS)
def test_furniture_goes_and_the_article_stays(name: str) -> None:
    pages = pages_of(name)
    wrong = [line for page in pages if page.left or page.lost for line in (page.row(), *page.wrongs())]
    assert sum(len(page.left) for page in pages) <= SETS[name].left, "\n".join(wrong)
    assert sum(len(page.lost) for page in pages) <= SETS[name].lost, "\n".join(wrong)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("what", SAID)
def test_what_the_page_says_of_itself_is_right_or_null(name: str, what: str) -> None:
    pages = pages_of(name)
    wrong = [line for page in pages if not page.right(what) for line in (page.row(), *page.wrongs())]
    assert sum(page.right(what) for page in pages) >= SETS[name].right[what], "\n".join(wrong)


@pytest.mark.parametrize("name", SETS)
def test_what_is_no_article_is_not_taken_for_one(name: str) -> None:
    """Home pages, listings, walls and shells."""
    walls = rows(FOLDER / name, "walls.jsonl")
    taken = [wall["id"] for wall in walls if taken_for_an_article(FOLDER / name, wall)]
    assert walls
    assert len(taken) <= SETS[name].walls_taken, taken
