"""Find near copies among real pages: precision and recall by kind of edit. `python -m benchmarks.copies.compare SHARED`.

Every page that gives an article is copied by an imaginary paper: a part is rewritten or cut, the text is put into another page
with furniture of its own, and extracted again. What is found is judged by the program's own marks and rule. Half of the pages,
by the digest of their names, are there to choose the threshold; the other half is reported.
"""

from __future__ import annotations

import argparse
import hashlib
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from benchmarks.extraction.sets import Page, pages_of
from worker.errors import ItemFailed
from worker.extract.near_duplicates import copy_marks, distance, simhash
from worker.extract.pipeline import extract_text
from worker.messages import Article
from worker.storage.duplicates import BITS_A_MARK, NEAR

Edit = Callable[[list[str], list[str], random.Random], list[str]]
"""A text as its paragraphs, another text to take words from, chance: the paragraphs of the copy."""
ALL = 65
SETS = ("pages/zyte", "pages/fundus", "pages/wcxb")


@dataclass(frozen=True)
class Fingerprint:
    """What is kept of a text to find its copies by."""

    simhash: str
    marks: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Fingerprint:
        return cls(simhash(text), tuple(copy_marks(text)))

    def bits_beyond(self, other: Fingerprint) -> int:
        """The lowest NEAR by which the two would be near copies, beyond 64 where they share no mark."""
        shared = sum(one == two for one, two in zip(self.marks, other.marks, strict=True))
        bits = distance(self.simhash, other.simhash)
        return max(bits - BITS_A_MARK * shared, 0) if shared else ALL


def edited_lead(text: list[str], other: list[str], chance: random.Random) -> list[str]:
    """The first tenth to quarter is written anew: the words of another text, as many."""
    share = chance.uniform(0.1, 0.25)
    joined, foreign = "\n\n".join(text), " ".join(other)
    at = joined.find(" ", int(len(joined) * share))
    return [foreign[: max(at, 0)], *joined[max(at, 0) :].split("\n\n")]


def cut_tail(text: list[str], _other: list[str], chance: random.Random) -> list[str]:
    """The last tenth to third is gone, at the end of a sentence where there is one."""
    joined = "\n\n".join(text)
    at = int(len(joined) * chance.uniform(0.67, 0.9))
    end = max(joined.rfind(stop, 0, at) for stop in (". ", ".\n", "។", "。", "! ", "? "))
    return joined[: end + 1 if end > at * 0.9 else at].split("\n\n")


def new_furniture(text: list[str], other: list[str], chance: random.Random) -> list[str]:
    """Lines of the copying paper inside the text, which no extraction takes out: its dateline, a box, credits."""
    place = chance.randrange(1, len(text)) if len(text) > 1 else 1
    box = f"Read also: {other[0][:120]}"
    return [
        f"SALENG, 4 May (Courier) - {text[0]}",
        *text[1:place],
        box,
        *text[place:],
        f"With material of {other[-1][:60]}. Photo: Courier",
    ]


def all_three(text: list[str], other: list[str], chance: random.Random) -> list[str]:
    """A tenth of the lead anew, a fifth of the tail gone, and furniture."""
    joined = "\n\n".join(text)
    kept = joined[joined.find(" ", len(joined) // 10) : int(len(joined) * 0.8)]
    return new_furniture([" ".join(other)[: len(joined) // 10], *kept.strip().split("\n\n")], other, chance)


def reprinted(text: list[str], _other: list[str], _chance: random.Random) -> list[str]:
    """Nothing but the page around it."""
    return text


EDITS: tuple[Edit, ...] = (reprinted, edited_lead, cut_tail, new_furniture, all_three)


def page_of(paragraphs: Sequence[str], title: str, others: Sequence[str]) -> str:
    """Another paper's page around a text."""
    related = "".join(f"<li><a href='/s/{number}'>{escape(one[:90])}</a></li>" for number, one in enumerate(others))
    body = "".join(f"<p>{escape(one)}</p>" for one in paragraphs)
    return (
        f"<html><head><title>{escape(title)} | Saleng Courier</title></head><body><header><nav><a href='/'>Home</a><a href='/sport'>Sport"
        f"</a></nav></header><main><article><h1>{escape(title)}</h1><p class='byline'>Staff</p>{body}</article><aside><h3>Most read</h3>"
        f"<ul>{related}</ul><p>Subscribe to our newsletter and get the day's news each morning.</p></aside></main>"
        "<footer><p>Copyright Saleng Courier. All rights reserved.</p></footer></body></html>"
    )


def is_for_choosing(page: Page) -> bool:
    """Which half a page belongs to."""
    return hashlib.sha256(page.id.encode()).digest()[0] % 2 == 0


@dataclass(frozen=True)
class Made:
    """A page's fingerprint, and those of its copies by kind of edit; a copy that gives no article is None."""

    url: str
    own: Fingerprint
    copies: dict[str, Fingerprint | None]


def made(pages: Sequence[Page], edits: Sequence[Edit] = EDITS) -> list[Made]:
    """The pages that give an article, each with its copies."""
    found = [(page, article) for page in pages if isinstance(article := page.article(), Article) and article.text]
    result = []
    for number, (page, article) in enumerate(found):
        other = found[number - 1][1].text.split("\n\n")
        others = [found[(number + step) % len(found)][1].text for step in (2, 3, 4, 5)]
        copies: dict[str, Fingerprint | None] = {}
        for edit in edits:
            chance = random.Random(f"{page.id} {edit.__name__}")
            text = edit(article.text.split("\n\n"), other, chance)
            copies[edit.__name__] = _read(page_of(text, article.title or "A report", others))
        result.append(Made(page.url or page.id, Fingerprint.of(article.text), copies))
    return result


def _read(html: str) -> Fingerprint | None:
    try:
        return Fingerprint.of(extract_text(html, "https://courier.example/s/1").text)
    except ItemFailed:
        return None


@dataclass(frozen=True)
class Judged:
    """What a threshold finds."""

    recall: dict[str, float]
    found: int
    wrong: list[tuple[str, str]]
    """Pairs of different pages that are taken for copies."""

    @property
    def precision(self) -> float:
        """Of all pairs that are taken for copies, the share of those that were made so."""
        return self.found / (self.found + len(self.wrong)) if self.found else 1.0


def judge(pages: Sequence[Made], near: int) -> Judged:
    """Compares every page with its copies, and with every other page and its copies."""
    hits: dict[str, list[bool]] = defaultdict(list)
    for one in pages:
        for kind, copy in one.copies.items():
            hits[kind].append(copy is not None and one.own.bits_beyond(copy) <= near)
    wrong = [(a, b) for (a, b), bits in unlike(pages).items() if bits <= near]
    recall = {kind: sum(found) / len(found) for kind, found in hits.items()}
    return Judged(recall, sum(map(sum, hits.values())), wrong)


def unlike(pages: Sequence[Made]) -> dict[tuple[str, str], int]:
    """Pairs of a page and another page, or its copies, that share a mark, with the lowest NEAR by which they would be near copies."""
    by_mark: dict[tuple[int, int], list[Made]] = defaultdict(list)
    for one in pages:
        for place in enumerate(one.own.marks):
            by_mark[place].append(one)
    met: dict[tuple[str, str], int] = {}
    for other in pages:
        for kind, mine in {"page": other.own, **other.copies}.items():
            for one in {id(one): one for place in enumerate(mine.marks if mine else ()) for one in by_mark.get(place, ())}.values():
                if one is not other and mine is not None:
                    met[one.url, f"{other.url} ({kind})"] = one.own.bits_beyond(mine)
    return met


def main() -> None:
    """A line for each threshold on the half for choosing, then what the chosen one does on the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=int, help="pages of each set")
    chosen = parser.parse_args()
    pages = [page for name in SETS for page in pages_of(chosen.folder, name)[: chosen.limit]]
    halves = [made([page for page in pages if is_for_choosing(page) is first]) for first in (True, False)]
    print(f"{len(halves[0])} pages for choosing, {len(halves[1])} for the report")
    for near in range(9, 22):
        _tell(f"choosing, {near} and {BITS_A_MARK} bits a mark", judge(halves[0], near))
    _tell(f"report, {NEAR} and {BITS_A_MARK} bits a mark", judge(halves[1], NEAR), named=True)


def _tell(what: str, found: Judged, *, named: bool = False) -> None:
    recall = ", ".join(f"{kind} {share:.3f}" for kind, share in found.recall.items())
    print(f"{what}: precision {found.precision:.4f} ({len(found.wrong)} wrong), recall {recall}", flush=True)
    for pair in found.wrong[:20] if named else ():
        print("   ", *pair)


if __name__ == "__main__":
    main()
