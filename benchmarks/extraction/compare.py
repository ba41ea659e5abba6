"""Compare our extraction with that of libraries, in one run over the same pages: `make bench-extract`.

For WCXB and Fundus the models of the cross-validation are used, each on sites that it was not fitted on; they are fitted
first where the folder `--folds` does not exist. For Zyte the shipped model is used, which was not fitted on it. The engines
take turns on every page, so that a busy machine slows all of them equally.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from benchmarks.extraction.engines import Engine, others, pressmark
from training.truth import Sample, samples
from worker.extract.fields.language import language_of
from worker.extract.model.forest import load_from
from worker.extract.model.manifest import digest_of_pages
from worker.extract.select.html_text import Model, Thresholds, shipped
from worker.messages import Article

RESAMPLES = 2000  # of the paired bootstrap; more do not move the interval's second figure
GERMAN = "Die Minister haben am Montag in der Hauptstadt über den Preis von Reis gesprochen."
OURS, BASE = "pressmark", "trafilatura"
Figures = tuple[float, float, float, float]
"""Precision, recall, F1 and exactness of one page."""
Result = TypeVar("Result")


@dataclass
class Run:
    """The results of all engines on one set."""

    rows: dict[str, list[Figures]] = field(default_factory=lambda: defaultdict(list))
    """The figures of every page with a known text, by engine."""
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    """CPU time of all pages, by engine."""
    articles: list[tuple[Sample, Article | None]] = field(default_factory=list)
    """Our article of every page, None where the page was refused."""


def scorer(pages: Path) -> ModuleType:
    """The shared scorer, `tools/score_text.py` beside the pages."""
    spec = importlib.util.spec_from_file_location("score_text", pages.parent / "tools" / "score_text.py")
    assert spec is not None and spec.loader is not None  # noqa: S101, PT018 - a file path always has a loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def models(folds: Path) -> dict[str, Model]:
    """For every site the model of the cross-validation that was not fitted on it."""
    found = {}
    for folder in sorted(folds.iterdir()):
        thresholds = Thresholds(**json.loads((folder / "thresholds.json").read_text(encoding="utf-8")))
        model = Model(load_from(folder, "first"), load_from(folder, "second"), thresholds)
        found.update(dict.fromkeys(json.loads((folder / "unseen.json").read_text(encoding="utf-8")), model))
    return found


def run(pages: list[Sample], by_site: dict[str, Model], score: ModuleType, engines: dict[str, Engine]) -> Run:
    """Run our extraction and the other engines on every page."""
    _run_pages(pages[:1], by_site, score, engines)  # loads libraries and models before anything is measured
    language_of(GERMAN)  # loads the language classifier, which English pages do not need
    return _run_pages(pages, by_site, score, engines)


def _run_pages(pages: list[Sample], by_site: dict[str, Model], score: ModuleType, engines: dict[str, Engine]) -> Run:
    result = Run()
    for sample in pages:
        html = sample.html.decode("utf-8", "replace")
        model = by_site.get(sample.site, shipped())
        article = _timed(result, OURS, partial(pressmark, model, html, sample.url))
        result.articles.append((sample, article))
        texts = {OURS: article.text if article else ""}
        for name, engine in engines.items():
            texts[name] = _timed(result, name, partial(_text_or_nothing, engine, html, sample.url))
        if sample.text:
            for name, text in texts.items():
                result.rows[name].append(score.page(sample.text, text))
    return result


def _timed(result: Run, name: str, work: Callable[[], Result]) -> Result:
    started = time.process_time()
    value = work()
    result.seconds[name] += time.process_time() - started
    return value


def _text_or_nothing(engine: Engine, html: str, url: str) -> str:
    """The text that an engine extracts; an exception in a library counts as an empty text."""
    try:
        return engine(html, url)
    except Exception:  # noqa: BLE001 - whatever a library raises is its result for the page
        return ""


def table(result: Run, score: ModuleType) -> list[str]:
    """The set's table in Markdown."""
    lines = ["| extractor | precision | recall | F1 | exact | CPU ms | F1 a page against trafilatura |", "|---|---|---|---|---|---|---|"]
    base = np.array([row[2] for row in result.rows[BASE]])
    for name, rows in result.rows.items():
        m = score.summary(rows)
        low, middle, high = interval(np.array([row[2] for row in rows]) - base)
        ms = 1000 * result.seconds[name] / len(result.articles)
        shown = "" if name == BASE else f"{middle:+.4f} [{low:+.4f}, {high:+.4f}]"
        lines.append(f"| {name} | {m['P']:.4f} | {m['R']:.4f} | {m['F1']:.4f} | {m['acc']:.3f} | {ms:.1f} | {shown} |")
    return lines


def interval(differences: NDArray[np.float64]) -> tuple[float, float, float]:
    """The 95 % bootstrap interval of paired differences, and their mean between its ends."""
    random = np.random.RandomState(0)
    means = [differences[random.randint(0, len(differences), len(differences))].mean() for _ in range(RESAMPLES)]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(differences.mean()), float(high)


def about(result: Run) -> list[str]:
    """The shares of right titles, dates and authors, each among the pages whose truth gives one."""
    checks = {"titles": _title_right, "dates": _date_right, "authors": _authors_right}
    lines = []
    for name, is_right in checks.items():
        checked = [value for sample, article in result.articles if (value := is_right(sample, article)) is not None]
        if checked:
            lines.append(f"{name} right: {sum(checked) / len(checked):.3f} of {len(checked)}")
    return lines


def _plain(text: str | None) -> str:
    """The text in lower case with straight quotes, single blanks and no soft hyphens: differences that do not count."""
    return " ".join((text or "").translate(str.maketrans("’‘“”", "''\"\"", "\u00ad")).split()).casefold()


def _title_right(sample: Sample, article: Article | None) -> bool | None:
    return None if not sample.title else article is not None and _plain(article.title) == _plain(sample.title)


def _date_right(sample: Sample, article: Article | None) -> bool | None:
    if not sample.published_at:
        return None
    return article is not None and (article.published_at or "").startswith(sample.published_at[:10])


def _authors_right(sample: Sample, article: Article | None) -> bool | None:
    if not sample.authors:
        return None
    return article is not None and {_plain(name) for name in article.authors} == {
        _plain(name) for name in re.split(r";\s*", sample.authors)
    }


def worst(result: Run, count: int) -> list[str]:
    """The pages on which our text has the lowest F1."""
    scored = [sample for sample, _ in result.articles if sample.text]
    order = sorted(zip([row[2] for row in result.rows[OURS]], scored, strict=True), key=lambda pair: pair[0])
    return [f"{score:.2f} {sample.id} {sample.url[:80]}" for score, sample in order[:count]]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", type=Path, help="the folder with zyte/, fundus/ and wcxb/")
    parser.add_argument("--folds", type=Path, default=Path("build/extraction-folds"), help="the cross-validation's models")
    parser.add_argument("--sets", default="zyte,fundus,wcxb", help="which sets, comma-separated")
    parser.add_argument("--every", type=int, default=1, help="only every n-th page of each set")
    parser.add_argument("--engines", help=f"which other engines, comma-separated, {BASE} among them; all that are installed by default")
    parser.add_argument("--worst", type=int, default=10, help="how many of our worst pages to name")
    options = parser.parse_args()
    if not options.folds.is_dir():
        from training import fit_blocks

        digest = digest_of_pages(options.pages, fit_blocks.SETS)
        fit_blocks.write_folds(fit_blocks.examples_from(options.pages), options.folds, digest)
    score, by_site = scorer(options.pages), models(options.folds)
    engines = {name: engine for name, engine in others().items() if not options.engines or name in options.engines.split(",")}
    if BASE not in engines:
        parser.error(f"expected {BASE} among the engines, got {options.engines}")
    for name in options.sets.split(","):
        result = run(samples(options.pages, name)[:: options.every], {} if name == "zyte" else by_site, score, engines)
        print(f"\n## {name}: {len(result.articles)} pages\n", *table(result, score), "", *about(result), sep="\n", flush=True)
        print(
            f"refused: {[sample.id for sample, article in result.articles if article is None]}\nworst:",
            *worst(result, options.worst),
            sep="\n  ",
        )


if __name__ == "__main__":
    main()
