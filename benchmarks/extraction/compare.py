"""Our extraction beside the libraries', on one run over the same pages: `make bench-extract`.

For WCXB and Fundus the models of the cross-validation are used, each on the sites that it has not seen; they are
fitted first where `--folds` does not hold them. Zyte is read by the shipped model, which has never seen it. CPU is
measured page by page with the engines in turn, so that a busy machine slows all of them alike.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import time
from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.extraction.engines import Engine, others, pressmark
from training.truth import Sample, samples
from worker.extract.fields.language import language_of
from worker.extract.model.forest import load_from
from worker.extract.select.html_text import Choice, Model, shipped
from worker.messages import Article

RESAMPLES = 2000  # of the paired bootstrap; more do not move the interval's second figure
GERMAN = "Die Minister haben am Montag in der Hauptstadt über den Preis von Reis gesprochen."
OURS, BASE = "pressmark", "trafilatura"


@dataclass
class Run:
    """What the engines gave on one set."""

    rows: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    """(precision, recall, F1, exact) of every page, by engine."""
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    articles: list[tuple[Sample, Article | None]] = field(default_factory=list)


def scorer(pages: Path) -> Any:
    """The shared scorer, `tools/score_text.py` beside the pages."""
    spec = importlib.util.spec_from_file_location("score_text", pages.parent / "tools" / "score_text.py")
    assert spec is not None and spec.loader is not None  # noqa: S101, PT018 - a file path always has a loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def models(folds: Path) -> dict[str, Model]:
    """The cross-validation's model for every site."""
    found = {}
    for folder in sorted(folds.iterdir()):
        choice = Choice(**json.loads((folder / "choice.json").read_text(encoding="utf-8")))
        model = Model(load_from(folder, "first"), load_from(folder, "second"), choice)
        found.update(dict.fromkeys(json.loads((folder / "unseen.json").read_text(encoding="utf-8")), model))
    return found


def run(pages: list[Sample], by_site: dict[str, Model], score: Any, engines: dict[str, Engine]) -> Run:
    """Ours and the other engines on every page."""
    _pages(pages[:1], by_site, score, engines)  # libraries and models are loaded before anything is measured
    language_of(GERMAN)  # and the classifier of languages, which English pages do not ask
    return _pages(pages, by_site, score, engines)


def _pages(pages: list[Sample], by_site: dict[str, Model], score: Any, engines: dict[str, Engine]) -> Run:
    result = Run()
    for sample in pages:
        html = sample.html.decode("utf-8", "replace")
        model = by_site.get(sample.site, shipped())
        article = _timed(result, OURS, partial(pressmark, model, html, sample.url))
        result.articles.append((sample, article))
        texts = {OURS: article.text if article else ""}
        for name, engine in engines.items():
            texts[name] = _timed(result, name, partial(_safely, engine, html, sample.url))
        if sample.text:
            for name, text in texts.items():
                result.rows[name].append(score.page(sample.text, text))
    return result


def _timed(result: Run, name: str, work: Any) -> Any:
    started = time.process_time()
    value = work()
    result.seconds[name] += time.process_time() - started
    return value


def _safely(engine: Any, html: str, url: str) -> str:
    """What an engine gives; a library's own crash counts as an empty text."""
    try:
        return str(engine(html, url))
    except Exception:  # noqa: BLE001 - any error of another's code is its answer to the page
        return ""


def table(result: Run, score: Any) -> list[str]:
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


def interval(differences: Any) -> tuple[float, float, float]:
    """The mean of paired differences and its 95 % bootstrap interval."""
    chance = np.random.RandomState(0)
    means = [differences[chance.randint(0, len(differences), len(differences))].mean() for _ in range(RESAMPLES)]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(differences.mean()), float(high)


def about(result: Run) -> list[str]:
    """Shares of right titles, days and authors among the pages whose truth names them."""
    kinds = {"titles": _title_right, "dates": _date_right, "authors": _authors_right}
    lines = []
    for name, right in kinds.items():
        judged = [verdict for sample, article in result.articles if (verdict := right(sample, article)) is not None]
        if judged:
            lines.append(f"{name} right: {sum(judged) / len(judged):.3f} of {len(judged)}")
    return lines


def _plain(text: str | None) -> str:
    """Lower case, straight quotes, single blanks, no soft hyphens: what readers do not see as a difference."""
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
    """The pages on which our text is worst."""
    judged = [sample for sample, _ in result.articles if sample.text]
    order = sorted(zip([row[2] for row in result.rows[OURS]], judged, strict=True), key=lambda pair: pair[0])
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

        fit_blocks.write_folds(fit_blocks.lessons_from(options.pages), options.folds)
    score, by_site = scorer(options.pages), models(options.folds)
    engines = {name: engine for name, engine in others().items() if not options.engines or name in options.engines.split(",")}
    if BASE not in engines:
        parser.error(f"expected {BASE} among the engines, came {options.engines}")
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
