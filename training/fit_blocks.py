"""Fit the forests for blocks on the page sets WCXB and Fundus: `python -m training.fit_blocks ../shared/pages`.

There are two forests: the first evaluates a block by itself and its neighbours, the second also uses the first's
probabilities of the blocks around it. The second is fitted on probabilities that the first gave to sites it had not seen.
The set Zyte is not used here: it is kept for the comparison with other extractors.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # on histograms this small threads mostly wait for one another

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GroupKFold

from training.truth import BELONGS, WORD, Sample, belonging, samples
from worker.extract.fields.metadata import metadata_of
from worker.extract.model import block_features, neighbour_features
from worker.extract.model.forest import ARRAYS, Forest
from worker.extract.model.manifest import Vocabulary, digest_of_pages
from worker.extract.model.table import Table
from worker.extract.page.blocks import blocks_of
from worker.extract.page.markup import parse
from worker.extract.select.html_text import Model, Thresholds, hints_of

SETS = ("fundus", "wcxb")
SET_WEIGHTS = {"fundus": 3.0, "wcxb": 1.0}  # the program reads news, and Fundus has a sixth of WCXB's pages
FOLDS, INNER_FOLDS = 3, 2
Settings = Mapping[str, int | float]
"""Arguments of scikit-learn's classifier."""
FIRST: Settings = {"max_iter": 80, "learning_rate": 0.15, "max_leaf_nodes": 24, "max_depth": 6, "max_bins": 64, "min_samples_leaf": 30}
SECOND: Settings = {**FIRST, "max_iter": 60, "learning_rate": 0.2}
"""Small trees: deeper and more of them gave the same figures and took longer on every page."""
SHORT = (3, 9)  # blocks of a shortened article
NEAR, OTHERS = 5, 0.15  # blocks this near the article are all used; of the others (menus, lists) a share, with more weight
SHIPPED = Path(__file__).parents[1] / "worker" / "extract" / "model" / "shipped"
THRESHOLDS = Thresholds(keep=0.45, sure=0.8)
"""Chosen by F1 and exactness on the out-of-fold predictions: docs/decisions/extraction-model.md."""


@dataclass(frozen=True)
class Example:
    """One page to fit a forest on; the arrays have shape (rows of the table,)."""

    sample: Sample
    table: Table
    belongs: NDArray[np.bool_]
    """Which rows belong to the article."""
    used: NDArray[np.bool_]
    """Which rows the forest is fitted on."""
    weights: NDArray[np.float64]


def examples_of(sample: Sample, seed: int) -> list[Example]:
    """The page's blocks, whole and with a shortened article; none where it has no blocks or no known article."""
    root = parse(sample.html.decode("utf-8", "replace")).root
    if root is None or not sample.text:
        return []
    blocks, elements = blocks_of(root)
    if not blocks:
        return []
    hints = hints_of(metadata_of(root, sample.url, date.max))
    belongs = np.array(belonging([block.text for block in blocks], sample.text)) >= BELONGS
    stays = shortened(belongs, seed)
    cuts = [(blocks, belongs), ([block for block, kept in zip(blocks, stays, strict=True) if kept], belongs[stays])]
    return [
        _example(sample, block_features.block_table(some, elements, hints), [block.text for block in some], which, seed)
        for some, which in cuts
    ]


def shortened(belongs: NDArray[np.bool_], seed: int) -> NDArray[np.bool_]:
    """Which blocks stay where the article ends after a few: press releases are shorter than most pages of the sets."""
    allowed = np.random.RandomState(seed).randint(*SHORT)
    return ~belongs | (np.cumsum(belongs) <= allowed)


def _example(sample: Sample, table: Table, texts: list[str], belongs: NDArray[np.bool_], seed: int) -> Example:
    shares, weights = _sampling_weights(belongs, seed), weights_of(texts, belongs)
    return Example(sample, table, belongs, shares > 0, weights * shares * SET_WEIGHTS[sample.set])


def _sampling_weights(belongs: NDArray[np.bool_], seed: int) -> NDArray[np.float64]:
    """1 for blocks near the article; for the others 1 / OTHERS where the block is drawn, else 0."""
    near = np.zeros(len(belongs), dtype=bool)
    for at in np.flatnonzero(belongs):
        near[max(0, at - NEAR) : at + NEAR + 1] = True
    drawn = np.random.RandomState(seed).rand(len(belongs)) < OTHERS
    return np.where(near, 1.0, np.where(drawn, 1 / OTHERS, 0.0))


def weights_of(texts: list[str], belongs: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The weight of each text: long ones count more, and those of a page with a short article count more."""
    words = np.array([max(1, len(WORD.findall(text))) for text in texts], dtype=float)
    weights: NDArray[np.float64] = np.sqrt(np.minimum(words, 60)) / (words[belongs].sum() + 50) ** 0.25
    return weights


def fit(examples: list[Example], tables: list[Table], settings: Settings) -> Forest:
    """A forest for the probability that a row belongs to an article; `tables`: one for every example."""
    model = HistGradientBoostingClassifier(**settings, l2_regularization=1.0, early_stopping=False, random_state=0)
    model.fit(
        np.concatenate([table.rows[example.used] for table, example in zip(tables, examples, strict=True)]),
        np.concatenate([example.belongs[example.used] for example in examples]),
        sample_weight=np.concatenate([example.weights[example.used] for example in examples]),
    )
    return exported(model, tables[0].names)


def exported(model: Any, columns: tuple[str, ...]) -> Forest:
    """The trees of a fitted HistGradientBoostingClassifier, as worker.extract.model.forest evaluates them."""
    parts: dict[str, list[float]] = {name: [] for name in ARRAYS}
    depth = 0
    for (predictor,) in model._predictors:
        depth = max(depth, int(predictor.nodes["depth"].max()))
        _append_tree(predictor.nodes, parts)
    types = {"feature": np.int32, "threshold": np.float64, "left": np.int32, "value": np.float64, "roots": np.int32}
    arrays = {name: np.array(values, dtype=types[name]) for name, values in parts.items()}
    return Forest(**arrays, depth=depth, baseline=float(model._baseline_prediction[0, 0]), columns=columns)


def _append_tree(nodes: NDArray[np.void], parts: dict[str, list[float]]) -> None:
    """Append one tree in breadth-first order, so that a right child follows its left sibling."""
    first = len(parts["left"])
    parts["roots"].append(first)
    order, at = [0], 0
    while at < len(order):
        node = nodes[order[at]]
        leaf = bool(node["is_leaf"])
        parts["feature"].append(0 if leaf else int(node["feature_idx"]))
        parts["threshold"].append(np.inf if leaf else float(node["num_threshold"]))
        parts["value"].append(float(node["value"]) if leaf else 0.0)
        parts["left"].append(first + (at if leaf else len(order)))
        if not leaf:
            order += [int(node["left"]), int(node["right"])]
        at += 1


def fit_both(examples: list[Example], folds: int) -> Model:
    """Both forests; the second is fitted on the first's probabilities of pages in folds that it was not fitted on."""
    tables = [example.table for example in examples]
    second_tables: dict[int, Table] = {}
    for seen, unseen in grouped(examples, folds):
        forest = fit([examples[at] for at in seen], [tables[at] for at in seen], FIRST)
        for at in unseen:
            second_tables[at] = neighbour_features.with_probabilities(tables[at], forest.probabilities(tables[at]))
    second = [second_tables[at] for at in range(len(examples))]
    return Model(fit(examples, tables, FIRST), fit(examples, second, SECOND), THRESHOLDS)


def grouped(examples: list[Example], folds: int) -> list[tuple[list[int], list[int]]]:
    """Folds as positions of seen and unseen examples; no site is on both sides."""
    sites = [example.sample.site for example in examples]
    splits = GroupKFold(folds, shuffle=True, random_state=0).split(sites, groups=sites)
    return [(seen.tolist(), unseen.tolist()) for seen, unseen in splits]


def write(model: Model, folder: Path, pages: str) -> None:
    """Write a model to a folder: thresholds.json, and for each forest a JSON file and five .npy files. `pages`: their digest."""
    folder.mkdir(parents=True, exist_ok=True)
    write_forest(model.first, folder, "first", block_features.VOCABULARY, pages)
    write_forest(model.second, folder, "second", block_features.VOCABULARY, pages)
    (folder / "thresholds.json").write_text(json.dumps(asdict(model.thresholds), indent=1) + "\n", encoding="utf-8")


def write_forest(forest: Forest, folder: Path, name: str, vocabulary: Vocabulary, pages: str) -> None:
    """Write one forest as a JSON file with its manifest and five .npy files."""
    fitted_on = {"vocabulary": dict(vocabulary), "pages": pages}
    about = {"depth": forest.depth, "baseline": forest.baseline, "trees": len(forest.roots), **fitted_on, "columns": forest.columns}
    (folder / f"{name}.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    for part in ARRAYS:
        np.save(folder / f"{name}.{part}.npy", getattr(forest, part), allow_pickle=False)


def examples_from(pages: Path) -> list[Example]:
    """The examples of all pages of the training sets."""
    pages_of_all: Iterable[Sample] = (sample for name in SETS for sample in samples(pages, name))
    return [example for seed, sample in enumerate(pages_of_all) for example in examples_of(sample, seed)]


def write_folds(examples: list[Example], folder: Path, pages: str) -> None:
    """Write the models of the cross-validation, each with the list of sites that it was not fitted on."""
    for number, (seen, unseen) in enumerate(grouped(examples, FOLDS)):
        target = folder / str(number)
        write(fit_both([examples[at] for at in seen], INNER_FOLDS), target, pages)
        unseen_sites = sorted({examples[at].sample.site for at in unseen})
        (target / "unseen.json").write_text(json.dumps(unseen_sites, indent=0), encoding="utf-8")
        print(f"fold {number + 1} of {FOLDS} done", flush=True)


def main() -> None:
    """Fit on all pages and write the model; with --folds, write the models of the cross-validation instead."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", type=Path, help="the folder with wcxb/ and fundus/")
    parser.add_argument("--folds", type=Path, help="the folder for the models of the cross-validation")
    options = parser.parse_args()
    examples = examples_from(options.pages)
    print(f"{len(examples)} examples, {sum(len(example.belongs) for example in examples)} blocks", flush=True)
    digest = digest_of_pages(options.pages, SETS)
    if options.folds:
        write_folds(examples, options.folds, digest)
    else:
        write(fit_both(examples, FOLDS), SHIPPED, digest)
        print(f"written to {SHIPPED}")


if __name__ == "__main__":
    main()
