"""Fit the forest for lines of flat text on the page sets WCXB and Fundus: `python -m training.fit_lines ../shared/pages`.

A page without its markup is what people paste and what converters produce; which of its lines belong to the article is
known from the page's truth. Each page is used four times: whole, twice with only a few lines around its article, and once
more so with a shortened article.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.fit_blocks import SET_WEIGHTS, SETS, SHIPPED, Example, Settings, fit, grouped, shortened, weights_of, write_forest
from training.truth import BELONGS, Sample, belonging, samples
from worker.extract.lines.line import classify_line
from worker.extract.model import line_features
from worker.extract.model.manifest import digest_of_pages
from worker.extract.page.blocks import blocks_of
from worker.extract.page.markup import parse

FOREST: Settings = {"max_iter": 120, "learning_rate": 0.1, "max_leaf_nodes": 24, "max_depth": 7, "max_bins": 64, "min_samples_leaf": 30}
ABOVE, BELOW = 14, 30  # lines of boilerplate that people copy with an article, at most
FOLDS = 3


def examples_of(sample: Sample, seed: int) -> Iterator[Example]:
    """The page's lines, cut in four ways; none where no line belongs to its article."""
    texts = flattened(sample)
    belongs = np.array(belonging(texts, sample.text)) >= BELONGS
    if not belongs.any():
        return
    random = np.random.RandomState(seed)
    cuts = [slice(None), _around(belongs, random), _around(belongs, random)]
    yield from (_example(sample, texts[cut], belongs[cut]) for cut in cuts)
    near = cuts[-1]
    stays = shortened(belongs[near], seed)
    yield _example(sample, [text for text, kept in zip(texts[near], stays, strict=True) if kept], belongs[near][stays])


def flattened(sample: Sample) -> list[str]:
    """The lines of the page's text."""
    root = parse(sample.html.decode("utf-8", "replace")).root
    blocks = [] if root is None else blocks_of(root)[0]
    return [line.strip() for block in blocks for line in block.text.split("\n") if line.strip()]


def _around(belongs: NDArray[np.bool_], random: np.random.RandomState) -> slice:
    """The article with some lines above and below it, as many as `random` draws."""
    positions = np.flatnonzero(belongs)
    return slice(max(0, positions[0] - random.randint(ABOVE)), positions[-1] + 1 + random.randint(BELOW))


def _example(sample: Sample, texts: list[str], belongs: NDArray[np.bool_]) -> Example:
    used, weights = np.ones(len(texts), dtype=bool), weights_of(texts, belongs) * SET_WEIGHTS[sample.set]
    return Example(sample, line_features.line_table([classify_line(text) for text in texts]), belongs, used, weights)


def examples_from(pages: Path) -> list[Example]:
    """The examples of all pages of the training sets."""
    every = [sample for name in SETS for sample in samples(pages, name)]
    return [example for seed, sample in enumerate(every) for example in examples_of(sample, seed)]


def report(examples: list[Example]) -> None:
    """Print the share of characters in lines that are classified rightly, on sites that the forest was not fitted on."""
    right = total = 0.0
    for seen, unseen in grouped(examples, FOLDS):
        forest = fit([examples[at] for at in seen], [examples[at].table for at in seen], FOREST)
        for example in (examples[at] for at in unseen):
            sizes = example.table.column("chars")
            right += float(sizes[(forest.probabilities(example.table) >= BELONGS) == example.belongs].sum())
            total += float(sizes.sum())
    print(f"{right / total:.4f} of the characters on unseen sites are in lines that are classified rightly")


def main() -> None:
    """Fit on all pages and write the forest; with --report, print the cross-validation's figure instead."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", type=Path, help="the folder with wcxb/ and fundus/")
    parser.add_argument("--report", action="store_true", help="cross-validate, and write nothing")
    options = parser.parse_args()
    examples = examples_from(options.pages)
    print(f"{len(examples)} examples, {sum(len(example.belongs) for example in examples)} lines", flush=True)
    if options.report:
        report(examples)
    else:
        forest = fit(examples, [example.table for example in examples], FOREST)
        write_forest(forest, SHIPPED, "lines", line_features.VOCABULARY, digest_of_pages(options.pages, SETS))
        print(f"written to {SHIPPED}")


if __name__ == "__main__":
    main()
