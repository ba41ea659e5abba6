"""Fit the block model on WCXB and Fundus, grouped by site, and write it without pickle: `python -m training.fit_blocks`.

Two forests: the first judges a block by itself and its surroundings, the second sees the first's chances around
it. The second learns from chances that the first gave to sites it had not seen. Zyte is never read here.
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # small histograms: threads would mostly wait for one another

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GroupKFold

from training.truth import BELONGS, WORD, Sample, belonging, samples
from worker.extract.fields import metadata
from worker.extract.model import block_features, neighbour_features
from worker.extract.model.forest import ARRAYS, Forest
from worker.extract.model.table import Table
from worker.extract.page.blocks import Block, blocks_of
from worker.extract.page.markup import parse
from worker.extract.select.html_text import Choice, Model, hints_of

SETS = ("fundus", "wcxb")
SET_WEIGHTS = {"fundus": 3.0, "wcxb": 1.0}  # news is what the program reads, and Fundus has a sixth of WCXB's pages
FOLDS, INNER_FOLDS = 3, 2
FIRST = {"max_iter": 80, "learning_rate": 0.15, "max_leaf_nodes": 24, "max_depth": 6, "max_bins": 64, "min_samples_leaf": 30}
SECOND = {**FIRST, "max_iter": 60, "learning_rate": 0.2}
"""Small trees of few questions: deeper and more of them gave the same figures and cost more on every page."""
SHORT = (3, 9)  # blocks of a shortened article
NEAR, OTHERS = 5, 0.15  # blocks beside the article all teach, of the others (menus, lists) a share, weighted up
MODEL = Path(__file__).parents[1] / "worker" / "extract" / "model" / "shipped"
CHOICE = Choice(keep=0.45, sure=0.8)
"""Chosen by F1 and exactness on the out-of-fold predictions: docs/decisions/extraction-model.md."""


@dataclass(frozen=True)
class Lesson:
    """One page to learn from."""

    sample: Sample
    table: Table
    belongs: NDArray[np.bool_]
    taught: NDArray[np.bool_]
    """Which blocks are used."""
    weights: NDArray[np.float64]


def lessons_of(sample: Sample, seed: int) -> list[Lesson]:
    """The page as features and answers, whole and with a short article; none where it has no blocks or no truth."""
    root = parse(sample.html.decode("utf-8", "replace")).root
    blocks, places = blocks_of(root)
    if not blocks or not sample.text:
        return []
    hints = hints_of(metadata.read(root, sample.url, date.max))
    belongs = np.array(belonging([block.text for block in blocks], sample.text)) >= BELONGS
    whole = _lesson(sample, block_features.block_table(blocks, places, hints), _texts(blocks), belongs, seed)
    few = shortened(belongs, seed)
    blocks, belongs = [block for block, stays in zip(blocks, few, strict=True) if stays], belongs[few]
    return [whole, _lesson(sample, block_features.block_table(blocks, places, hints), _texts(blocks), belongs, seed)]


def _texts(blocks: list[Block]) -> list[str]:
    return [block.text for block in blocks]


def shortened(belongs: Any, seed: int) -> Any:
    """Which blocks stay where the article ends after a few: releases are shorter than most pages of the sets."""
    allowed = np.random.RandomState(seed).randint(*SHORT)
    return ~belongs | (np.cumsum(belongs) <= allowed)


def _lesson(sample: Sample, table: Table, texts: list[str], belongs: NDArray[np.bool_], seed: int) -> Lesson:
    taught, weights = _taught(belongs, seed), weights_of(texts, belongs)
    return Lesson(sample, table, belongs, taught > 0, weights * taught * SET_WEIGHTS[sample.set])


def _taught(belongs: Any, seed: int) -> Any:
    """1 for blocks near the article, 0 or 1 / OTHERS for the rest."""
    near = np.zeros(len(belongs), dtype=bool)
    for at in np.flatnonzero(belongs):
        near[max(0, at - NEAR) : at + NEAR + 1] = True
    chosen = np.random.RandomState(seed).rand(len(belongs)) < OTHERS
    return np.where(near, 1.0, np.where(chosen, 1 / OTHERS, 0.0))


def weights_of(texts: list[str], belongs: Any) -> Any:
    """Long blocks cost more when they are wrong, and a block of a short article more than one of a long one."""
    words = np.array([max(1, len(WORD.findall(text))) for text in texts], dtype=float)
    return np.sqrt(np.minimum(words, 60)) / (words[belongs].sum() + 50) ** 0.25


def fit(lessons: list[Lesson], tables: list[Table], settings: dict[str, Any]) -> Forest:
    """A forest that tells the blocks of articles in `tables` from the others."""
    model = HistGradientBoostingClassifier(**settings, l2_regularization=1.0, early_stopping=False, random_state=0)
    model.fit(
        np.concatenate([table.rows[one.taught] for table, one in zip(tables, lessons, strict=True)]),
        np.concatenate([one.belongs[one.taught] for one in lessons]),
        sample_weight=np.concatenate([one.weights[one.taught] for one in lessons]),
    )
    return exported(model, tables[0].names)


def exported(model: Any, columns: tuple[str, ...]) -> Forest:
    """scikit-learn's trees laid out for worker.extract.model.forest."""
    parts: dict[str, list[Any]] = {name: [] for name in ARRAYS}
    depth = 0
    for (predictor,) in model._predictors:
        depth = max(depth, int(predictor.nodes["depth"].max()))
        _lay_out(predictor.nodes, parts)
    kinds = {"feature": np.int32, "threshold": np.float64, "left": np.int32, "value": np.float64, "roots": np.int32}
    arrays = {name: np.array(values, dtype=kinds[name]) for name, values in parts.items()}
    return Forest(**arrays, depth=depth, baseline=float(model._baseline_prediction[0, 0]), columns=columns)


def _lay_out(nodes: Any, parts: dict[str, list[Any]]) -> None:
    """One tree, breadth first, so that a right child follows its left one."""
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


def fit_both(lessons: list[Lesson], folds: int) -> Model:
    """The two forests; the second learns from chances of folds that the first had not seen."""
    tables = [one.table for one in lessons]
    chances: list[Any] = [None] * len(lessons)
    for seen, unseen in grouped(lessons, folds):
        forest = fit([lessons[at] for at in seen], [tables[at] for at in seen], FIRST)
        for at in unseen:
            chances[at] = forest.probabilities(tables[at])
    second = [neighbour_features.with_chances(table, chance) for table, chance in zip(tables, chances, strict=True)]
    return Model(fit(lessons, tables, FIRST), fit(lessons, second, SECOND), CHOICE)


def grouped(lessons: list[Lesson], folds: int) -> list[tuple[Any, Any]]:
    """Folds in which no site stands on both sides."""
    sites = [one.sample.site for one in lessons]
    return list(GroupKFold(folds, shuffle=True, random_state=0).split(sites, groups=sites))


def write(model: Model, folder: Path) -> None:
    """The model as one JSON and five .npy files a forest."""
    folder.mkdir(parents=True, exist_ok=True)
    write_forest(model.first, folder, "first")
    write_forest(model.second, folder, "second")
    (folder / "choice.json").write_text(json.dumps(asdict(model.choice), indent=1) + "\n", encoding="utf-8")


def write_forest(forest: Forest, folder: Path, name: str) -> None:
    """One forest as a JSON and five .npy files."""
    about = {"depth": forest.depth, "baseline": forest.baseline, "trees": len(forest.roots), "columns": forest.columns}
    (folder / f"{name}.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    for part in ARRAYS:
        np.save(folder / f"{name}.{part}.npy", getattr(forest, part), allow_pickle=False)


def lessons_from(pages: Path) -> list[Lesson]:
    """All pages to learn from."""
    pages_of_all = [sample for name in SETS for sample in samples(pages, name)]
    return [one for seed, sample in enumerate(pages_of_all) for one in lessons_of(sample, seed)]


def write_folds(lessons: list[Lesson], folder: Path) -> None:
    """The cross-validation's models, each with the sites that it has not seen."""
    for number, (seen, unseen) in enumerate(grouped(lessons, FOLDS)):
        target = folder / str(number)
        write(fit_both([lessons[at] for at in seen], INNER_FOLDS), target)
        unseen_sites = sorted({lessons[at].sample.site for at in unseen})
        (target / "unseen.json").write_text(json.dumps(unseen_sites, indent=0), encoding="utf-8")
        print(f"fold {number + 1} of {FOLDS} done", flush=True)


def main() -> None:
    """Fit on all pages and write the model; with --folds, the models of the cross-validation instead."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", type=Path, help="the folder with wcxb/ and fundus/")
    parser.add_argument("--folds", type=Path, help="where the models of the cross-validation go")
    options = parser.parse_args()
    lessons = lessons_from(options.pages)
    print(f"{len(lessons)} lessons, {sum(len(one.belongs) for one in lessons)} blocks", flush=True)
    if options.folds:
        write_folds(lessons, options.folds)
    else:
        write(fit_both(lessons, FOLDS), MODEL)
        print(f"written to {MODEL}")


if __name__ == "__main__":
    main()
