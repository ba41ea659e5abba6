"""Fit the line model for flat text on WCXB and Fundus, flattened: `python -m training.fit_lines ../shared/pages`.

A page without its mark-up is what people paste and what converters leave; the lines that belong to its article are known
from the page's truth. Each page is taught four times: whole, twice with a few lines around its article, and so with a short article.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from training.fit_blocks import MODEL, SET_WEIGHTS, SETS, Lesson, fit, grouped, shortened, weights_of, write_forest
from training.truth import BELONGS, Sample, belonging, samples
from worker.extract.lines.boilerplate_filter import read
from worker.extract.model import line_features
from worker.extract.page.blocks import blocks_of
from worker.extract.page.markup import parse

FOREST = {"max_iter": 120, "learning_rate": 0.1, "max_leaf_nodes": 24, "max_depth": 7, "max_bins": 64, "min_samples_leaf": 30}
ABOVE, BELOW = 14, 30  # lines of furniture that people copy with an article, at most


def lessons_of(sample: Sample, seed: int) -> Iterator[Lesson]:
    """The page's lines as features and answers, four times; nothing where no line belongs to its article."""
    texts = flattened(sample)
    belongs = np.array(belonging(texts, sample.text)) >= BELONGS
    if not belongs.any():
        return
    random = np.random.RandomState(seed)
    cuts = [slice(None), _around(belongs, random), _around(belongs, random)]
    yield from (_lesson(sample, texts[cut], belongs[cut]) for cut in cuts)
    near = cuts[-1]
    few = shortened(belongs[near], seed)
    yield _lesson(sample, [text for text, stays in zip(texts[near], few, strict=True) if stays], belongs[near][few])


def flattened(sample: Sample) -> list[str]:
    """The page's text, line by line."""
    root = parse(sample.html.decode("utf-8", "replace")).root
    return [line.strip() for block in blocks_of(root)[0] for line in block.text.split("\n") if line.strip()]


def _around(belongs: Any, random: Any) -> slice:
    places = np.flatnonzero(belongs)
    return slice(max(0, places[0] - random.randint(ABOVE)), places[-1] + 1 + random.randint(BELOW))


def _lesson(sample: Sample, texts: list[str], belongs: Any) -> Lesson:
    every, weights = np.ones(len(texts), dtype=bool), weights_of(texts, belongs) * SET_WEIGHTS[sample.set]
    return Lesson(sample, line_features.line_table([read(text) for text in texts]), belongs, every, weights)


def lessons_from(pages: Path) -> list[Lesson]:
    """All pages to learn from."""
    every = [sample for name in SETS for sample in samples(pages, name)]
    return [one for seed, sample in enumerate(every) for one in lessons_of(sample, seed)]


def report(lessons: list[Lesson], folds: int = 3) -> None:
    """Print how well lines of sites that a forest has not seen are told apart, weighed by their letters."""
    right = letters = 0.0
    for seen, unseen in grouped(lessons, folds):
        forest = fit([lessons[at] for at in seen], [lessons[at].table for at in seen], FOREST)
        for one in (lessons[at] for at in unseen):
            sizes = one.table.column("chars")
            right += float(sizes[(forest.probabilities(one.table) >= BELONGS) == one.belongs].sum())
            letters += float(sizes.sum())
    print(f"{right / letters:.4f} of the letters of unseen sites are judged rightly")


def main() -> None:
    """Fit on all pages and write the forest; with --report, print the cross-validation's figure instead."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", type=Path, help="the folder with wcxb/ and fundus/")
    parser.add_argument("--report", action="store_true", help="cross-validate, and write nothing")
    options = parser.parse_args()
    lessons = lessons_from(options.pages)
    print(f"{len(lessons)} lessons, {sum(len(one.belongs) for one in lessons)} lines", flush=True)
    if options.report:
        report(lessons)
    else:
        write_forest(fit(lessons, [one.table for one in lessons], FOREST), MODEL, "lines")
        print(f"written to {MODEL}")


if __name__ == "__main__":
    main()
