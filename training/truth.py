"""The pages that lie beside the project, and which of a page's blocks belong to its article."""

from __future__ import annotations

import gzip
import json
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

WORD = re.compile(r"\w+")
SHINGLE = 4  # words, as in the scorer
BELONGS = 0.5  # of a block's shingles: more than half of it stands in the article
NEAR = 8  # blocks: how far a short block may lie from a longer one that vouches for it


@dataclass(frozen=True)
class Sample:
    """A real page and what people say that its article is."""

    id: str
    set: str
    url: str
    site: str
    html: bytes
    text: str
    title: str | None
    published_at: str | None
    authors: str | None


def samples(pages: Path, name: str) -> list[Sample]:
    """The pages of the set `name` (zyte, fundus, wcxb) in the folder `pages`, in the order of its list."""
    lines = (pages / name / "truth.jsonl").read_text(encoding="utf-8").strip().split("\n")  # some texts hold U+2028
    return [_sample(pages / name, name, json.loads(line)) for line in lines]


def _sample(folder: Path, name: str, row: dict[str, str]) -> Sample:
    html = gzip.decompress((folder / row["file"]).read_bytes())
    known = {key: row.get(key) for key in ("title", "published_at", "authors")}
    return Sample(row["id"], name, row["url"] or "", row["site"] or row["id"], html, row["text"] or "", **known)


def belonging(blocks: list[str], article: str) -> list[float]:
    """The share of each block that belongs to the article: long blocks by their shingles, short ones by their place."""
    return _Alignment(blocks, article).shares()


class _Alignment:
    """Blocks laid along the article's words."""

    def __init__(self, blocks: list[str], article: str) -> None:
        self.words = WORD.findall(article)
        self.lines = {tuple(WORD.findall(line)) for line in article.split("\n")}
        self.blocks = [WORD.findall(block) for block in blocks]
        self.share = [0.0] * len(blocks)
        self.place: list[int | None] = [None] * len(blocks)

    def shares(self) -> list[float]:
        """The share of each block."""
        self._lay_long_ones()
        self._drop_repetitions()
        for _ in range(3):  # a short block may vouch for the next
            self._lay_short_ones()
        return self.share

    def _lay_long_ones(self) -> None:
        starts = defaultdict(list)
        for at in range(len(self.words) - SHINGLE + 1):
            starts[tuple(self.words[at : at + SHINGLE])].append(at)
        reached = 0
        for at, block in enumerate(self.blocks):
            shingles = [tuple(block[k : k + SHINGLE]) for k in range(len(block) - SHINGLE + 1)]
            found = [k for k, shingle in enumerate(shingles) if shingle in starts]
            if not shingles or len(found) < BELONGS * len(shingles):
                continue
            places = [place - found[0] for place in starts[shingles[found[0]]]]
            later = [place for place in places if place >= reached - 2]
            self.share[at], self.place[at] = len(found) / len(shingles), later[0] if later else places[-1]
            reached = later[0] + len(block) if later else reached

    def _drop_repetitions(self) -> None:
        """Of blocks with one text, as many as the article has: those with most of the article around them."""
        same = defaultdict(list)
        for at, block in enumerate(self.blocks):
            if self.share[at]:
                same[tuple(block)].append(at)
        article = f" {' '.join(self.words)} "
        for words, places in same.items():
            allowed = max(1, article.count(f" {' '.join(words)} "))
            for at in sorted(places, key=lambda at: -self._surroundings(at, words))[allowed:]:
                self.share[at], self.place[at] = 0.0, None

    def _surroundings(self, at: int, words: tuple[str, ...]) -> int:
        near = range(max(0, at - 6), min(len(self.blocks), at + 7))
        return sum(len(self.blocks[k]) for k in near if self.share[k] and tuple(self.blocks[k]) != words)

    def _lay_short_ones(self) -> None:
        for at, block in enumerate(self.blocks):
            if block and len(block) < SHINGLE and not self.share[at]:
                place = self._place_of(at, block)
                if place is not None:
                    self.share[at], self.place[at] = 1.0, place

    def _place_of(self, at: int, block: list[str]) -> int | None:
        """Where a short block stands in the article: beside a neighbour's place, or as a line between two."""
        before = next((k for k in range(at - 1, max(-1, at - NEAR - 1), -1) if self.place[k] is not None), None)
        after = next((k for k in range(at + 1, min(len(self.blocks), at + NEAR + 1)) if self.place[k] is not None), None)
        start = None if before is None else (self.place[before] or 0) + len(self.blocks[before])
        end = None if after is None else self.place[after]
        beside = [start] if start is not None else []
        beside += [end - len(block)] if end is not None else []
        for place in (place + by for place in beside for by in (0, -1, 1)):
            if place >= 0 and self.words[place : place + len(block)] == block:
                return place
        if tuple(block) in self.lines and before is not None and end is not None:
            first = self.place[before] or 0
            return next((k for k in range(first, end) if self.words[k : k + len(block)] == block), None)
        return None
