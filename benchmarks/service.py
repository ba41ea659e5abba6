"""What the engine costs: real pages through `up`, against a plain loop of the same fetching, reading and labelling.

    python benchmarks/service.py ../shared/pages [--pages N] [--f1 ../shared/tools/score_text.py]

Every page is served on loopback under its own host name. CPU is that of the whole tree of processes (server of the
queues, supervisor, dispatcher, workers with their children, keeper); start-up is left out on both sides, by a few
pages that go first.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.running_service import Process, RunningService, Served, Site, descendants, role_of, serving
from worker.config import load
from worker.intake.canonical_url import canonical

WARM = 40
"""Pages that go first: every process has then loaded what it needs."""
SETTLE = 2.0
"""Seconds for the last heartbeats after the warm-up."""
WARM_HOST = "warm.test"


@dataclass(frozen=True)
class Truth:
    """A real page and what it should yield."""

    id: str
    url: str
    text: str
    html: bytes


def truths(folder: Path, limit: int | None) -> Iterator[Truth]:
    """Every page of the collections, in order."""
    rows = ((path.parent, json.loads(line)) for path in sorted(folder.glob("*/truth.jsonl")) for line in path.open(encoding="utf-8"))
    for number, (place, row) in enumerate(rows):
        if number == limit:
            return
        yield Truth(f"{place.name}/{row['id']}", row["url"], row["text"], gzip.decompress((place / row["file"]).read_bytes()))


def site_of(pages: list[Truth]) -> tuple[dict[tuple[str, str], Served], dict[tuple[str, str], str]]:
    """What to serve, and the page's id by host and path; two pages of one address are told apart by a number."""
    served: dict[tuple[str, str], Served] = {(WARM_HOST, f"/{n}"): Served(warm_page(n)) for n in range(WARM)}
    ids: dict[tuple[str, str], str] = {}
    for number, page in enumerate(pages):
        url = page.url if "://" in page.url else f"https://unnamed.test/{page.id}"  # two pages have no address in the collection
        parts = urlsplit(canonical(url, load({})))
        where = (parts.hostname or "", parts.path + (f"?{parts.query}" if parts.query else ""))
        if where in served:
            where = (where[0], f"{where[1]}{'&' if '?' in where[1] else '?'}copy={number}")
        served[where] = Served(page.html)
        ids[where] = page.id
    return served, ids


def warm_page(number: int) -> bytes:
    """Something to read before the clock starts."""
    words = " ".join(f"word{number}x{place}" for place in range(200))
    return f"<html><head><title>Warm {number}</title></head><body><article><p>{words}.</p></article></body></html>".encode()


def by_role(pid: int) -> dict[str, float]:
    """Seconds of CPU of a process and everything below it, by what the processes are for."""
    tree = [Process.of(pid), *descendants(pid)]
    shares: dict[str, float] = {}
    for process in tree:
        role = role_of(process, tree)
        shares[role] = shares.get(role, 0.0) + process.cpu
    return shares


def through_the_service(site: Site, service: RunningService) -> tuple[dict[str, float], float]:
    """CPU seconds by role, and wall seconds."""
    service.up()
    urls = site.urls()
    service.enqueue(urls[:WARM])
    service.until(lambda: service.settled() == WARM, 120)
    time.sleep(SETTLE)
    before, begun = by_role(service.process.pid), time.monotonic()
    service.enqueue(urls[WARM:])
    service.until(lambda: service.settled() == len(urls), 1800)
    took = time.monotonic() - begun
    after = by_role(service.process.pid)
    return {role: after[role] - before.get(role, 0.0) for role in after}, took


LOOP = """
import json, sys, time
from worker.config import load
from worker.extract.pipeline import extract
from worker.extract.near_duplicates import fingerprints
from worker.fetch.client import Fetcher
from worker.fetch.pace import LocalPace
from worker.fetch.robots import Robots
from worker.models.labeller import Document, Labeller

settings = load()
fetcher = Fetcher(settings, LocalPace(0.0), Robots(settings))
labeller = Labeller(settings.model_dir)
spent = {"fetch": 0.0, "read": 0.0, "label": 0.0}

def timed(name, work, *args):
    begun = time.process_time()
    try:
        return work(*args)
    finally:
        spent[name] += time.process_time() - begun

def read(page):
    article = extract(page)
    fingerprints(article.text)
    return article

def run(urls):
    found, group = {}, []
    for url in urls:
        try:
            article = timed("read", read, timed("fetch", fetcher.fetch, url).page)
        except Exception as failed:
            found[url] = None
            continue
        found[url] = article.text
        group.append(Document(article.title or "", article.text, article.url, article.site_name))
        if len(group) == 20:
            timed("label", labeller.label, group)
            group = []
    if group:
        timed("label", labeller.label, group)
    return found

urls = json.load(sys.stdin)
warm = int(sys.argv[1])
run(urls[:warm])
spent = dict.fromkeys(spent, 0.0)
cpu, wall = time.process_time(), time.monotonic()
found = run(urls[warm:])
json.dump({"cpu": time.process_time() - cpu, "wall": time.monotonic() - wall, "spent": spent, "found": found}, sys.stdout)
"""


def in_a_loop(site: Site) -> dict[str, Any]:
    """CPU and wall seconds of the plain loop, and the text of each URL."""
    environ = {**os.environ, **site.settings(), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", LOOP, str(WARM)], env=environ, input=json.dumps(site.urls()), stdout=subprocess.PIPE, text=True, check=True
    )
    return dict(json.loads(done.stdout))


def score(found: dict[str, str], pages: list[Truth], scorer: Path, folder: Path) -> str:
    """The scorer's line for what was found."""
    predicted, truth = folder / "predicted.json", folder / "truth.json"
    predicted.write_text(json.dumps(found), encoding="utf-8")
    truth.write_text(json.dumps({page.id: page.text for page in pages}), encoding="utf-8")
    return subprocess.run(
        [sys.executable, str(scorer), str(predicted), str(truth)], capture_output=True, text=True, check=True
    ).stdout.strip()


def shares(seconds: dict[str, float], count: int) -> str:
    """Milliseconds a page, by name."""
    return ", ".join(f"{name} {value * 1000 / count:.2f}" for name, value in sorted(seconds.items()))


def measure_service(site: Site, folder: Path, count: int) -> tuple[float, list[dict[str, Any]]]:
    """CPU ms a page through `up`, printed with its parts, and every Result."""
    with RunningService(folder, site.settings()) as line:
        cpu, wall = through_the_service(site, line)
        told, results = line.queues(), line.results("all")
    total = sum(cpu.values()) * 1000 / count
    print(f"{count} pages: {told['ledger']}, balanced {told['balanced']}, dead {told['dead']}")
    print(f"service: {total:.2f} CPU ms a page, {count / wall:.1f} pages a second\n  by process: {shares(cpu, count)}")
    return total, results


def with_text(results: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], str]]:
    """Every Result with its text; a copy's is that of the item that it names."""
    texts = {result["item_id"]: result["text"] or "" for result in results}
    return ((result, texts[result["duplicate_of"] or result["item_id"]]) for result in results)


def measure_loop(site: Site, count: int) -> tuple[float, dict[str, str]]:
    """CPU ms a page in a plain loop, printed with its parts, and the text of each URL."""
    told = in_a_loop(site)
    alone = float(told["cpu"]) * 1000 / count
    print(f"plain loop: {alone:.2f} CPU ms a page\n  by part: {shares(told['spent'], count)}")
    return alone, {url: text or "" for url, text in told["found"].items()}


def main() -> None:
    """Runs both and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int)
    parser.add_argument("--f1", type=Path)
    asked = parser.parse_args()
    pages = list(truths(asked.folder, asked.pages))
    served, ids = site_of(pages)
    with tempfile.TemporaryDirectory(prefix="pressmark-benchmark-") as name, serving(served) as site:
        where = {f"http://{host}:{site.server_port}{path}": page_id for (host, path), page_id in ids.items()}
        total, results = measure_service(site, Path(name) / "service", len(pages))
        alone, texts = measure_loop(site, len(pages))
        print(f"the engine's overhead is {100 * (total / alone - 1):.1f} %")
        if asked.f1:
            stored = {where[r["url"]]: text for r, text in with_text(results) if r["url"] in where}
            print(f"text in the database: {score(stored, pages, asked.f1, Path(name))}")
            looped = {where[url]: text for url, text in texts.items() if url in where}
            print(f"text from the loop:   {score(looped, pages, asked.f1, Path(name))}")


if __name__ == "__main__":
    main()
