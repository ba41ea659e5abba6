"""How long the copies of one article, or of a batch, are looked for among a million. `python -m benchmarks.copies.search`.

The articles have random fingerprints; one mark in fifty is that of a phrase which many texts have, as often as it has its rank in the
list of such phrases, so that some marks stand in hundreds of articles.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, func, select

from benchmarks.database import load
from benchmarks.database.measure import Cpu
from worker.config import Settings
from worker.messages import Article, Extracted, Extractor, Http
from worker.storage.database import migrate, open_database, reading, writing
from worker.storage.duplicates import Duplicates
from worker.storage.tables import articles

HOT = 2000
"""Phrases that many texts have."""
HOT_SHARE = 0.02
_WEIGHTS = [1 / rank for rank in range(1, HOT + 1)]


def mark(chance: random.Random) -> int:
    """One of a million texts' marks."""
    rank = chance.choices(range(HOT), _WEIGHTS)[0] if chance.random() < HOT_SHARE else chance.randrange(1 << 29)
    return (1 << 30) + rank


def rows(count: int, chance: random.Random) -> Iterator[dict[str, object]]:
    """Articles with what a look-up reads."""
    plain: dict[str, object] = {"final_url": "", "text": "", "authors": [], "warnings": [], "opt_outs": [], "http": {}, "extractor": {}}
    for number in range(1, count + 1):
        found = {"item_id": number, "cluster_id": number, "content_sha256": f"{chance.getrandbits(128):032x}" * 2, "fetched_at": ""}
        marks = {f"band_{part}": mark(chance) for part in range(4)}
        yield plain | found | marks | {"simhash": f"{chance.getrandbits(64):016x}", "stored_at": float(number)}


def asked(chance: random.Random) -> Extracted:
    """A new article."""
    nothing = dict.fromkeys(("url", "canonical_url", "title", "published_at", "published_source", "modified_at", "language", "site_name"))
    article = Article(**nothing, description=None, image=None, text="", authors=[], extractor=Extractor("x", "1"), warnings=[])
    found = f"{chance.getrandbits(128):032x}" * 2, f"{chance.getrandbits(64):016x}"
    return Extracted(0, 0, article, "", Http(), *found, [], marks=[mark(chance) for _ in range(4)])


def measure(connection: Connection, cpu: Cpu, batch: int, runs: int, chance: random.Random) -> None:
    """Prints the median and the worst of some look-ups, PostgreSQL's own CPU included."""
    took = []
    for _ in range(runs):
        wanted = [asked(chance) for _ in range(batch)]
        begun = cpu()
        found = Duplicates(connection, wanted)
        for number, one in enumerate(wanted):
            found.claim(10**9 + number, one)
        took.append((cpu() - begun) * 1000)
    print(f"{batch:5} at once: median {statistics.median(took):7.2f} ms of CPU, worst {max(took):7.2f}", flush=True)


def main() -> None:
    """Fills a database, then looks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--database", help="a PostgreSQL address; else a SQLite file of its own")
    parser.add_argument("--keep", type=Path, help="a folder for that file, which is filled only once")
    chosen, chance = parser.parse_args(), random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=chosen.keep or Path(folder), database_url=chosen.database)
        engine = open_database(settings)
        migrate(engine)
        with reading(engine) as connection:
            there = connection.execute(select(func.count()).select_from(articles)).scalar_one()
        made = rows(0 if there else chosen.articles, chance)
        with load.loading(settings, [articles]) if not there else nullcontext(engine) as filling:
            while some := list(islice(made, load.AT_ONCE)):
                with writing(filling) as connection:
                    load.add(connection, articles, some)
        cpu = Cpu(engine)
        with reading(engine) as connection:
            for batch, runs in ((1, 50), (1, 1000), (200, 50)):
                measure(connection, cpu, batch, runs, chance)
        engine.dispose()


if __name__ == "__main__":
    main()
