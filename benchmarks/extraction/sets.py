"""Score titles, days, people and texts on every shared set of pages, and compare two runs page by page.

`python -m benchmarks.extraction.sets SHARED --save after.json --against before.json` prints a table and the pages that came
out otherwise. The model is the shipped one, which was fitted on WCXB and Fundus: compare its text figures there only with
each other (`benchmarks/extraction/compare.py` cross-validates).
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.extraction.compare import scorer
from worker.errors import ItemFailed
from worker.extract.pipeline import extract_text
from worker.messages import Article

SETS = ("pages/zyte", "pages/fundus", "pages/wcxb", "pages2/l3s", "pages2/postlight", "pages2/dates")
FIELD = "cases/field"
TODAY = date(2026, 11, 29)
"""The day on which the sets were put together: every page is older."""
Truth = dict[str, Any]
Scores = dict[str, float]
"""What is judged of one page, each between 0 and 1; without what the truth does not give."""


@dataclass(frozen=True)
class Page:
    """One page of a set."""

    id: str
    file: Path
    url: str | None
    decoded: bool
    """Whether its bytes are UTF-8 whatever the page says."""
    truth: Truth

    def body(self) -> bytes:
        """The page's bytes."""
        body = self.file.read_bytes()
        return gzip.decompress(body) if self.file.suffix == ".gz" else body

    def article(self) -> Article | ItemFailed:
        """What is extracted from the page, or why it is refused."""
        body = self.body()
        try:
            return extract_text(body.decode("utf-8", "replace") if self.decoded else body, self.url, today=TODAY)
        except ItemFailed as failed:
            return failed


def pages_of(shared: Path, name: str) -> list[Page]:
    """The pages of a set."""
    folder = shared / name
    if name == FIELD:
        return [*_field_cases(folder)]
    rows = [json.loads(line) for line in (folder / "truth.jsonl").read_text(encoding="utf-8").strip().split("\n")]
    return [Page(row["id"], folder / row["file"], row.get("url"), name.startswith("pages/"), row) for row in rows]


def _field_cases(folder: Path) -> Iterator[Page]:
    """The small inputs that `extract` alone can be judged by."""
    for line in (folder / "cases.jsonl").read_text(encoding="utf-8").strip().split("\n"):
        row = json.loads(line)
        how = row["how"].split()
        if isinstance(row["expected"], dict) and row["file"].endswith((".html", ".txt")) and "extract" in row["how"]:
            url = row.get("url") or next((how[at + 1] for at, word in enumerate(how[:-1]) if word == "--url"), None)
            yield Page(row["id"], folder / row["file"], url, False, row)


def scores(page: Page, score_text: Callable[[str, str], tuple[Any, ...]]) -> tuple[Scores, dict[str, Any]]:
    """How right a page's article is, and the article."""
    found = page.article()
    article = None if isinstance(found, ItemFailed) else found
    shown = {"error": str(found.reason)} if article is None else _shown(article)  # type: ignore[union-attr]
    if "expected" in page.truth:
        return {"all": float(_as_expected(page.truth["expected"], shown))}, shown
    result: Scores = {"taken": float(article is not None)}
    truth = page.truth
    if titles := truth.get("title_any") or ([truth["title"]] if truth.get("title") else []):
        result["title"] = float(any(_same_title(title, article.title if article else None) for title in titles))
    if isinstance(truth.get("published_at"), str):
        result["day"] = float(article is not None and _same_day(truth["published_at"], article))
    people = truth.get("authors") or truth.get("authors_raw")
    if people:
        result["people"] = float(article is not None and _same_people(people, article.authors))
    if truth.get("text"):
        result["text"] = score_text(unicodedata.normalize("NFC", truth["text"]), article.text if article else "")[2]
    return result, shown


def _shown(article: Article) -> dict[str, Any]:
    named = ("title", "text", "authors", "published_at", "published_on", "published_source", "canonical_url", "language", "warnings")
    return {name: getattr(article, name, None) for name in named}


def _bare(text: str | None) -> str:
    """Letters and digits without case; a lost character of the truth (`?`) and quotation marks do not count."""
    return "".join(c for c in unicodedata.normalize("NFKC", text or "").casefold() if c.isalnum())


def _same_title(true: str, found: str | None) -> bool:
    return _bare(true) == _bare(found)


def _same_day(true: str, article: Article) -> bool:
    """Whether the day by the page's own clock or the moment is the true one. A truth in UTC is right from the day in Los Angeles
    to that in Tokyo, since the page's own zone is unknown."""
    days = {(article.published_at or "")[:10], (getattr(article, "published_on", None) or "")[:10]}
    if "T" not in true:
        return true in days
    moment = datetime.fromisoformat(true)
    return any((moment + timedelta(hours=hours)).date().isoformat() in days for hours in (0, 9, -8))


def _same_people(true: str, found: list[str]) -> bool:
    """Whether the same people are named, in any order."""
    parts = re.split(r";|,|\band\b|\bund\b|&|、|/|\|", re.sub(r"^\s*by:?\s", "", true, flags=re.IGNORECASE))
    return {_bare(name) for name in found} == {key for part in parts if (key := _bare(part))}


def _as_expected(expected: Truth, shown: dict[str, Any]) -> bool:
    """Whether an article is what a field case expects."""
    return all(_holds(name, value, shown) for name, value in expected.items())


def _holds(name: str, value: Any, shown: dict[str, Any]) -> bool:
    text = _plain(shown.get("text"))
    wanted = [value] if isinstance(value, str) else value
    if name in ("has", "text_present"):
        return all(_plain(part) in text for part in wanted)
    if name in ("hasnot", "text_absent"):
        return bool(text) and not any(_plain(part) in text for part in wanted)
    if name == "error":
        return ("error" in shown) is (value is not None)
    if name == "published_at" and value:
        return value in (shown.get(name), (shown.get(name) or "")[:10]) or shown.get("published_on") == value[:10]
    if name == "title" and value:
        return _plain(shown.get(name)).rstrip(".") == _plain(value).rstrip(".")
    return bool(shown.get(name) == value)


def _plain(text: str | None) -> str:
    return " ".join(unicodedata.normalize("NFC", text or "").split())


def _judged(shared: Path, page: Page) -> tuple[str, Scores, dict[str, Any]]:
    return page.id, *scores(page, scorer(shared / "pages").page)


def run(shared: Path, names: list[str], processes: int) -> dict[str, dict[str, tuple[Scores, dict[str, Any]]]]:
    """Scores and articles of all pages, by set and page."""
    result = {}
    with ProcessPoolExecutor(processes) as pool:
        for name in names:
            judged = pool.map(partial(_judged, shared), pages_of(shared, name), chunksize=8)
            result[name] = {identity: (given, shown) for identity, given, shown in judged}
    return result


def figures(results: dict[str, tuple[Scores, dict[str, Any]]]) -> dict[str, tuple[float, int]]:
    """The mean of each score, and over how many pages."""
    kinds = dict.fromkeys(kind for given, _ in results.values() for kind in given)
    found = {kind: [given[kind] for given, _ in results.values() if kind in given] for kind in kinds}
    return {kind: (sum(values) / len(values), len(values)) for kind, values in found.items()}


def changes(new: dict[str, Any], old: dict[str, Any]) -> Iterator[str]:
    """The pages that came out otherwise, one line a score: what it was, what it is, and what was expected."""
    for identity, (given, shown) in new.items():
        before, was = old.get(identity, ({}, {}))
        for kind, value in given.items():
            if kind in before and abs(value - before[kind]) > MARGIN:
                field = {"day": "published_on", "people": "authors"}.get(kind, kind)
                told = "" if kind in ("text", "all", "taken") else f" {was.get(field)!r} -> {shown.get(field)!r}"
                yield f"{'+' if value > before[kind] else '-'} {kind} {identity} {before[kind]:.3f} -> {value:.3f}{told}"


MARGIN = 0.005  # of F1: less is a word or two


def main() -> None:
    """Print the table, and what changed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--sets", default=",".join((*SETS, FIELD)))
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--save", type=Path, help="write scores and articles to this file")
    parser.add_argument("--against", type=Path, help="a file that an earlier run wrote")
    options = parser.parse_args()
    results = run(options.shared, options.sets.split(","), options.processes)
    before = json.loads(options.against.read_text(encoding="utf-8")) if options.against else {}
    for name, pages in results.items():
        was = figures(before[name]) if name in before else {}
        cells = [
            f"{kind} {value:.4f} of {count}" + (f" ({was[kind][0]:.4f})" if kind in was else "")
            for kind, (value, count) in figures(pages).items()
        ]
        print(f"{name}: {'; '.join(cells)}")
    for name, pages in results.items():
        for line in changes(pages, before.get(name, {})):
            print(f"{name} {line}")
    if options.save:
        options.save.write_text(json.dumps(results, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
