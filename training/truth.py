"""Read pages with known articles, and compute which of a page's blocks belong to its article."""

from __future__ import annotations

import gzip
import json
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

WORD = re.compile(r"\w+")
SHINGLE = 4  # words, as in the scorer
BELONGS = 0.5  # of a block's shingles: with more of them in the article it belongs to it
NEAR = 8  # blocks: a short block is placed beside a longer one at most this far away
NEIGHBOURS = 6  # blocks to each side of a repeated block in which the article's text is counted
PASSES = 3  # over the short blocks: one that was placed helps to place the next


@dataclass(frozen=True)
class Sample:
    """A real page and its article, as people marked it."""

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
    """The share of each block that belongs to the article: of long blocks by their shingles, of short ones by their position."""
    return _Alignment(blocks, article).shares()


class _Alignment:
    """The blocks of a page, aligned with the words of its article."""

    def __init__(self, blocks: list[str], article: str) -> None:
        self.words = WORD.findall(article)
        self.lines = {tuple(WORD.findall(line)) for line in article.split("\n")}
        self.blocks = [WORD.findall(block) for block in blocks]
        self.share = [0.0] * len(blocks)
        self.position: list[int | None] = [None] * len(blocks)
        """Where each block begins in the article's words; None for blocks outside it."""

    def shares(self) -> list[float]:
        """The share of each block that belongs to the article."""
        self._align_long_blocks()
        self._drop_repetitions()
        for _ in range(PASSES):
            self._align_short_blocks()
        return self.share

    def _align_long_blocks(self) -> None:
        starts = defaultdict(list)
        for at in range(len(self.words) - SHINGLE + 1):
            starts[tuple(self.words[at : at + SHINGLE])].append(at)
        reached = 0
        for at, block in enumerate(self.blocks):
            shingles = [tuple(block[k : k + SHINGLE]) for k in range(len(block) - SHINGLE + 1)]
            found = [k for k, shingle in enumerate(shingles) if shingle in starts]
            if not shingles or len(found) < BELONGS * len(shingles):
                continue
            positions = [position - found[0] for position in starts[shingles[found[0]]]]
            later = [position for position in positions if position >= reached - 2]
            self.share[at], self.position[at] = len(found) / len(shingles), later[0] if later else positions[-1]
            reached = later[0] + len(block) if later else reached

    def _drop_repetitions(self) -> None:
        """Of blocks with the same text, keep as many as the article has: those with most of the article around them."""
        same = defaultdict(list)
        for at, block in enumerate(self.blocks):
            if self.share[at]:
                same[tuple(block)].append(at)
        article = f" {' '.join(self.words)} "
        for words, copies in same.items():
            allowed = max(1, article.count(f" {' '.join(words)} "))
            for at in sorted(copies, key=lambda at: -self._article_words_near(at, words))[allowed:]:
                self.share[at], self.position[at] = 0.0, None

    def _article_words_near(self, at: int, words: tuple[str, ...]) -> int:
        near = range(max(0, at - NEIGHBOURS), min(len(self.blocks), at + NEIGHBOURS + 1))
        return sum(len(self.blocks[k]) for k in near if self.share[k] and tuple(self.blocks[k]) != words)

    def _align_short_blocks(self) -> None:
        for at, block in enumerate(self.blocks):
            if block and len(block) < SHINGLE and not self.share[at]:
                position = self._position_of(at, block)
                if position is not None:
                    self.share[at], self.position[at] = 1.0, position

    def _position_of(self, at: int, block: list[str]) -> int | None:
        """The position of a short block in the article: beside that of a neighbour, or as a line between two neighbours."""
        before = next((k for k in range(at - 1, max(-1, at - NEAR - 1), -1) if self.position[k] is not None), None)
        after = next((k for k in range(at + 1, min(len(self.blocks), at + NEAR + 1)) if self.position[k] is not None), None)
        start = None if before is None else (self.position[before] or 0) + len(self.blocks[before])
        end = None if after is None else self.position[after]
        beside = [start] if start is not None else []
        beside += [end - len(block)] if end is not None else []
        for position in (position + by for position in beside for by in (0, -1, 1)):
            if position >= 0 and self.words[position : position + len(block)] == block:
                return position
        if tuple(block) in self.lines and before is not None and end is not None:
            first = self.position[before] or 0
            return next((k for k in range(first, end) if self.words[k : k + len(block)] == block), None)
        return None
