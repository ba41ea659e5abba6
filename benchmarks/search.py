"""Measure searches by words and filters on many stored articles, on SQLite or PostgreSQL.

`python -m benchmarks.search FOLDER --articles 1000000 [--url postgresql+psycopg://…]` fills an empty database with articles of 3,000
characters (sentences of the seeds in random order; one language in ten is Khmer, one in twenty Thai; a rare word in 20 of them), then
times the first page of each search, cold and warm, with its Results, and its counts. A database that is full already is only measured.
To index a million texts of 3,000 characters takes PostgreSQL half an hour of CPU; `--length 600` a sixth.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import Engine, func, select

from benchmarks.database import load
from benchmarks.database.measure import Cpu
from worker.config import Settings
from worker.storage import word_index
from worker.storage.articles import Articles
from worker.storage.database import migrate, open_database, reading, writing
from worker.storage.search import SearchFilter
from worker.storage.tables import articles, facets, items, receipts

LENGTH = 3000
"""Characters of a text: the median of 1,013 real pages."""
RARE = "zeugmatic quince"
"""In twenty of all articles, however many there are."""
LANGUAGES = ("en",) * 17 + ("km", "km", "th")
SEARCHES = {
    "a common word": SearchFilter(words=("minister",)),
    "a rare word": SearchFilter(words=(RARE,)),
    "a word of one in a hundred": SearchFilter(words=("centipede",)),
    "a word of one in a thousand": SearchFilter(words=("millipede",)),
    "a word that stands nowhere": SearchFilter(words=("xylophonist qua",)),
    "two common words": SearchFilter(words=("minister", "border")),
    "common, topic and year": SearchFilter(words=("minister",), topics=("trade",), since="2024-01-01", until="2024-12-31"),
    "rare, topic": SearchFilter(words=(RARE,), topics=("trade",)),
    "common, one host of two hundred": SearchFilter(words=("minister",), host="outlet7.test"),
    "Khmer": SearchFilter(words=("កម្ពុជា",), language="km"),
    "Thai, two words": SearchFilter(words=("ไทย", "ประเทศ")),
    "no word, newest": SearchFilter(),
    "no word, one host": SearchFilter(host="outlet7.test"),
}


def sentences(seeds: Path) -> dict[str, list[str]]:
    """Sentences of the seeds by language."""
    found: dict[str, list[str]] = {}
    for file in sorted(seeds.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            seed = json.loads(line)
            text = seed.get("text") or " ".join(part["text"] for part in seed["paragraphs"])
            found.setdefault(seed["language"], []).extend(part for part in text.replace("។", "។ ").split(". ") if part.strip())
    return found


def texts(by_language: dict[str, list[str]], count: int, length: int, chance: random.Random) -> Iterator[tuple[str, str]]:
    """Pairs of language and text, each of `length` characters or a sentence more."""
    rare = set(chance.sample(range(count), 20))
    for number in range(count):
        language = chance.choice(LANGUAGES)
        parts, there = [RARE] if number in rare else [], 0
        parts += ["centipede"] if number % 100 == 0 else []
        parts += ["millipede"] if number % 1000 == 0 else []
        while there < length:
            parts.append(chance.choice(by_language[language]))
            there += len(parts[-1]) + 2
        yield language, ". ".join(parts)


TABLES = (items, receipts, articles, facets)


def fill(engine: Engine, count: int, length: int, seeds: Path) -> None:
    """Writes `count` articles of `length` characters with what a search reads of them; they are no ledger that balances."""
    chance = random.Random(1)
    begun = time.monotonic()
    numbered = enumerate(texts(sentences(seeds), count, length, chance), 1)
    while batch := list(islice(numbered, load.AT_ONCE)):
        rows = [_rows(number, language, text, chance) for number, (language, text) in batch]
        with writing(engine) as connection:
            for table, of_table in zip(TABLES, zip(*rows, strict=True), strict=True):
                load.add(connection, table, of_table)
            word_index.add(connection, [number for number, _ in batch])
        sys.stderr.write(f"{batch[-1][0]:,} articles in {time.monotonic() - begun:,.0f} s\n")


def _rows(number: int, language: str, text: str, chance: random.Random) -> tuple[dict[str, object], ...]:
    day = (date(2016, 1, 1) + timedelta(days=chance.randrange(3900))).isoformat()
    host, at = f"outlet{chance.randrange(200)}.test:443", f"{day}T{chance.randrange(24):02d}:00:00Z"
    url = f"https://{host.removesuffix(':443')}/{number}"
    topic = chance.choice(("|trade|", "|culture|", "|border_dispute|", "|", "|trade|demining?|"))
    shared: dict[str, object] = {"item_id": number, "published_at": at, "language": language, "cluster_id": number}
    article = {"title": text[:60], "text": text, "final_url": url, "authors": ["A. Writer"], "warnings": [], "opt_outs": [], "http": {}}
    marks = {"content_sha256": f"{number:064x}", "simhash": f"{number:016x}", **{f"band_{part}": number & 0xFFFF for part in range(4)}}
    kept = {"extractor": {"name": "x", "version": "1"}, "published_on": day, "fetched_at": at, "stored_at": 1.8e9 + number}
    return (
        {
            "id": number,
            "kind": "article",
            "key": url,
            "url": url,
            "host": host,
            "lane": 1,
            "state": "stored",
            "due": 0.0,
            "changed_at": 1.8e9,
        },
        {"item_id": number, "kind": "article", "at": 1.8e9},
        {**shared, **article, **marks, **kept},
        {**shared, "day": day, "outlet": host, "host": host, "source_type": chance.choice(("official", "independent")), "topics": topic},
    )


def measure(engine: Engine, runs: int, only: str) -> None:
    """Prints milliseconds of the first run, and the medians of the others: of the clock, and of CPU, PostgreSQL's own included."""
    found_in, cpu = Articles(engine), Cpu(engine)
    print(f"{'search':42} {'first ms':>9} {'median ms':>10} {'first cpu':>10} {'cpu ms':>7} {'found':>6}")
    chosen = {name: wanted for name, wanted in SEARCHES.items() if only in name}
    for name, wanted in chosen.items():
        _measured(name, cpu, runs, lambda wanted=wanted: str(len(found_in.search(wanted, 51))))
    for name, wanted in chosen.items():
        if wanted.words:
            _measured(f"counts of {name}", cpu, runs, lambda wanted=wanted: _counts(found_in, wanted))


def _counts(found_in: Articles, wanted: SearchFilter) -> str:
    counted = found_in.survey(wanted)
    for by in ("day", "outlet", "topic"):
        counted.by(by)
    return f"{counted.how} {counted.number}"


def _measured(name: str, cpu: Cpu, runs: int, act: Callable[[], str]) -> None:
    took: list[tuple[float, float]] = []
    found = ""
    for _ in range(runs):
        begun, used = time.perf_counter(), cpu()
        found = act()
        took.append(((time.perf_counter() - begun) * 1000, (cpu() - used) * 1000))
    first, later = took[0], took[1:]
    clock, ran = (statistics.median(one[part] for one in later) for part in (0, 1))
    print(f"{name:42} {first[0]:9.0f} {clock:10.0f} {first[1]:10.0f} {ran:7.0f} {found:>6}", flush=True)


def main() -> None:
    """Fills where the database is empty, and measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--length", type=int, default=LENGTH, help="characters of a text")
    parser.add_argument("--url")
    parser.add_argument("--runs", type=int, default=6)
    parser.add_argument("--only", default="", help="measure the searches alone whose name has this")
    parser.add_argument("--seeds", type=Path, default=Path("seeds"))
    given = parser.parse_args()
    settings = replace(Settings(), data_dir=given.folder, database_url=given.url)
    engine = open_database(settings)
    migrate(engine)
    with reading(engine) as connection:
        there = connection.execute(select(func.count()).select_from(articles)).scalar_one()
    if not there:
        with load.loading(settings, TABLES) as filling:
            fill(filling, given.articles, given.length, given.seeds)
    begun = time.monotonic()
    note = word_index.build(engine)
    print(f"index of PostgreSQL: {note or f'{time.monotonic() - begun:.0f} s'}" if given.url else "")
    measure(engine, given.runs, given.only)


if __name__ == "__main__":
    main()
