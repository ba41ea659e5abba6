"""Nets under the moves: what the program makes of every page and text at hand must not change while code only moves.

Each net asks the program from outside and keeps eight hexadecimal digits an item, so that a failure names the pages or
texts that changed. Figures of models are left out of the digests and held to a tolerance, since another processor may
round them otherwise. A change that is meant is taken over by `make nets`, and its commit says why.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
KEPT = Path(__file__).with_name("digests.json")
SETS = ("pages/zyte", "pages/fundus", "pages/wcxb", "pages2/l3s", "pages2/postlight", "pages2/dates")
DEMO_VARIES = ("item_id", "job_ids", "http", "fetched_at", "stored_at", "duplicate_of", "cluster_id", "attempts")
"""Fields of a Result that depend on the clock, or on which of two pages came first."""
TOLERANCE = 1e-3
"""By which the mean probability of a label over all seeds may differ: a thousand times what rounding does."""
PATIENCE = 900.0
"""Seconds before a run is given up; on two quiet cores the longest takes about forty."""


def run(*arguments: str, lines: Iterable[str] = ()) -> str:
    """What the program says to `lines`, one JSON line for each."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("PRESSMARK_")}
    done = subprocess.run(
        [sys.executable, "-m", "worker", *arguments],
        input="\n".join(lines),
        env={**own, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"},
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:8]


def compare(net: str, ids: list[str], digests: list[str]) -> None:
    """Names what is not as it was; with PRESSMARK_UPDATE_NETS set, takes it over instead."""
    kept: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    if os.environ.get("PRESSMARK_UPDATE_NETS"):
        kept[net] = digests
        KEPT.write_text("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(kept[k])}" for k in sorted(kept)) + "\n}\n", encoding="utf-8")
        return
    assert len(digests) == len(kept[net]), f"expected {len(kept[net])} items in {net}, got {len(digests)}"
    changed = [name for name, new, old in zip(ids, digests, kept[net], strict=True) if new != old]
    assert not changed, f"{len(changed)} of {len(ids)} in {net} are not as they were: {', '.join(changed[:20])}"


def articles(pages: Iterable[Mapping[str, str]]) -> tuple[list[str], list[str]]:
    """The ids of pages, and the digests of what `extract` makes of them."""
    given = list(pages)
    out = run("extract", "--jsonl", lines=(json.dumps(page) for page in given))
    found = [json.loads(line) for line in out.rstrip("\n").split("\n")]
    return [page["id"] for page in given], [digest(line) for line in found]


@pytest.mark.parametrize("name", SETS)
def test_the_article_of_every_shared_page_is_as_it_was(shared: Path, name: str) -> None:
    truth = (shared / name / "truth.jsonl").read_text(encoding="utf-8").rstrip("\n").split("\n")
    rows = [json.loads(line) for line in truth]
    pages = [{"id": row["id"], "url": row["url"], "html_path": str(shared / name / row["file"])} for row in rows]
    compare(name, *articles(pages))


def test_the_article_of_every_page_of_our_own_is_as_it_was() -> None:
    files = sorted((ROOT / "tests" / "pages").rglob("*.*ml")) + sorted((ROOT / "tests" / "pages").rglob("*.txt"))
    pages = [{"id": str(file.relative_to(ROOT)), "html_path": str(file)} for file in files]
    compare("tests/pages", *articles(pages))


def seeds() -> Iterator[dict[str, Any]]:
    for file in sorted((ROOT / "seeds").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").rstrip("\n").split("\n"):
            seed = json.loads(line)
            text = seed.get("text") or "\n\n".join(part["text"] for part in seed["paragraphs"])
            yield {"id": seed["id"], "title": seed["title"], "text": text, **{k: seed[k] for k in ("url", "site_name") if seed.get(k)}}


def without_figures(labels: Mapping[str, Any]) -> Any:
    """What was decided and what is quoted."""
    return [
        [(topic["label"], topic["decision"]) for topic in labels["topics"]],
        labels["primary_topic"],
        (labels["source_type"]["label"], labels["source_type"]["decision"]),
        [(e["label"], e["field"], e["start"], e["end"], sorted(term["term"] for term in e["terms"])) for e in labels["evidence"]],
        labels["language_supported"],
        labels["model"],
    ]


def probabilities(labels: Mapping[str, Any]) -> dict[str, float]:
    return {topic["label"]: topic["probability"] for topic in labels["topics"]} | labels["source_type"]["probabilities"]


def test_the_labels_of_every_seed_are_as_they_were() -> None:
    given = list(seeds())
    found = [json.loads(line) for line in run("label", "--jsonl", lines=(json.dumps(seed) for seed in given)).rstrip("\n").split("\n")]
    compare("labels", [seed["id"] for seed in given], [digest(without_figures(labels)) for labels in found])
    means = {name: sum(probabilities(labels)[name] for labels in found) / len(found) for name in probabilities(found[0])}
    if os.environ.get("PRESSMARK_UPDATE_NETS"):
        compare("means", list(means), [f"{mean:.5f}" for mean in means.values()])
    assert [float(mean) for mean in json.loads(KEPT.read_text())["means"]] == pytest.approx(list(means.values()), abs=TOLERANCE)


def test_the_demonstration_gives_what_it_gave() -> None:
    document = json.loads(run("demo", "--json"))
    results = sorted((of_page(result) for result in document["results"]), key=lambda result: str(result["url"]))
    queues = {key: value for key, value in document["queues"].items() if key in ("ledger", "balanced")}
    shape = {key: shape_of(value) for key, value in document.items()}
    compare(
        "demo", [str(result["url"]) for result in results] + ["queues", "shape"], [*map(digest, results), digest(queues), digest(shape)]
    )


COPIES = ("wire.example/releases/mfa/1184.html", "ministry.example/en/press-release/1184")
"""Two pages with one text: which of them is the duplicate is chance."""


def of_page(result: Mapping[str, Any]) -> dict[str, Any]:
    """A page's Result without what varies."""
    told: dict[str, Any] = json.loads(re.sub(r"\.example:\d+", ".example", json.dumps(result, ensure_ascii=False)))
    if told["url"].removeprefix("http://") in COPIES:
        return {"url": told["url"]}
    labels = without_figures(told) if told["topics"] else None
    kept = {key: value for key, value in told.items() if key not in (*DEMO_VARIES, "topics", "source_type", "evidence", "model")}
    return {**kept, "labels": labels}


def shape_of(value: Any) -> Any:
    """Names and types, without the values."""
    if isinstance(value, dict):
        return {key: shape_of(part) for key, part in value.items()}
    if isinstance(value, list):
        return shape_of(value[0]) if value else None
    return type(value).__name__ if not isinstance(value, int | float | type(None)) else "number or null"
