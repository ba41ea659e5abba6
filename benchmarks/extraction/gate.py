"""Check that F1 and exactness on a fixed sample of the shared pages are not below their floors.

`python -m benchmarks.extraction.gate PAGES` checks; `--raise` raises the floors to the figures reached; only `--lower`
lowers them, and the commit that does so says why.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.extraction.compare import scorer
from training.truth import Sample, samples
from worker.errors import ItemFailed
from worker.extract.page.characters import clean_text
from worker.extract.pipeline import extract_html

FLOORS = Path(__file__).with_name("floors.json")
EVERY = {"zyte": 4, "fundus": 6, "wcxb": 40}  # every n-th page: some twenty of each set, extracted in a few seconds
TOLERANCE = 0.002  # for the rounding of the floors


def sample_of(pages: Path) -> dict[str, list[Sample]]:
    """The sample, by set."""
    return {name: [one for one in samples(pages, name) if one.text][::every] for name, every in EVERY.items()}


def digest(sample: dict[str, list[Sample]]) -> str:
    """SHA-256 of the sample's pages and truths: floors are valid for these bytes only."""
    total = hashlib.sha256()
    for name in sorted(sample):
        for one in sample[name]:
            total.update(f"{name}/{one.id}\0{one.text}\0".encode())
            total.update(one.html)
    return total.hexdigest()


def measure(pages: Path) -> dict[str, Any]:
    """The sample's digest, and for every set F1 and the share of exact texts."""
    sample, score = sample_of(pages), scorer(pages)
    reached: dict[str, Any] = {"digest": digest(sample)}
    for name, ones in sample.items():
        summary = score.summary([score.page(clean_text(one.text), _text(one)) for one in ones])
        reached[name] = {"F1": round(summary["F1"], 4), "exact": round(summary["acc"], 4), "pages": len(ones)}
    return reached


def _text(sample: Sample) -> str:
    try:
        return extract_html(sample.html.decode("utf-8", "replace"), sample.url or None, date.max).text
    except ItemFailed:
        return ""


def failures(reached: dict[str, Any], floors: dict[str, Any]) -> list[str]:
    """The figures below their floors, in words; a changed sample is a failure too."""
    if reached["digest"] != floors["digest"]:
        return ["the sample's pages are not those for which the floors were set"]
    return [
        f"{name}: {figure} {reached[name][figure]} is below its floor {floors[name][figure]}"
        for name in EVERY
        for figure in ("F1", "exact")
        if reached[name][figure] < floors[name][figure] - TOLERANCE
    ]


def main() -> int:
    """Check, raise or lower the floors; returns 1 where a figure is below its floor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--raise", dest="up", action="store_true", help="raise the floors to the figures reached")
    parser.add_argument("--lower", action="store_true", help="set the floors to the figures reached, even where these are lower")
    options = parser.parse_args()
    reached = measure(options.pages)
    print(json.dumps(reached, indent=1))
    if options.lower or (options.up and not failures(reached, json.loads(FLOORS.read_text(encoding="utf-8")))):
        FLOORS.write_text(json.dumps(reached, indent=1) + "\n", encoding="utf-8")
        return 0
    found = failures(reached, json.loads(FLOORS.read_text(encoding="utf-8")))
    print(*found, sep="\n", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
