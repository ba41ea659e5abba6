from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from training.fit_blocks import SETS, exported
from worker.extract.model import block_features, line_features, neighbour_features
from worker.extract.model.forest import load
from worker.extract.model.manifest import digest_of_pages, vocabulary
from worker.extract.model.table import Table
from worker.extract.model.text_features import BOILERPLATE_WORDS

NAMES = tuple("abcdefg")


@pytest.fixture(scope="module")
def table() -> Table:
    return Table(NAMES, np.random.RandomState(0).rand(400, 7).astype(np.float32))


def test_an_exported_forest_gives_what_scikit_learn_gives(table: Table) -> None:
    # Given trees that scikit-learn has grown
    rows = table.rows
    model = HistGradientBoostingClassifier(max_iter=20, max_depth=4, random_state=0).fit(rows, rows[:, 0] + rows[:, 3] > 1)
    # When they are exported and evaluated in numpy
    chances = exported(model, NAMES).probabilities(table)
    # Then every chance is the same
    assert np.allclose(chances, model.predict_proba(rows)[:, 1], atol=1e-12)


@pytest.mark.parametrize(
    ("names", "message"),
    [(NAMES[:6], "expected 7 columns, got 6"), (("a", "b", "x", "d", "e", "f", "g"), "expected column 2 to be c, got x")],
)
def test_a_table_with_other_columns_is_refused_and_the_difference_named(table: Table, names: tuple[str, ...], message: str) -> None:
    model = HistGradientBoostingClassifier(max_iter=2, random_state=0).fit(table.rows, table.rows[:, 0] > 0.5)
    with pytest.raises(ValueError, match=message):
        exported(model, NAMES).probabilities(Table(names, table.rows[:, : len(names)]))


def test_the_shipped_forests_were_fitted_on_the_columns_that_the_program_computes() -> None:
    assert load("first", block_features.VOCABULARY).columns == block_features.names()
    assert load("second", block_features.VOCABULARY).columns == (*block_features.names(), *neighbour_features.names())
    assert load("lines", line_features.VOCABULARY).columns == line_features.names()


def test_another_vocabulary_than_the_forest_was_fitted_on_is_refused_by_name() -> None:
    # Given the words of boilerplate with one more
    words = vocabulary(boilerplate_words=BOILERPLATE_WORDS | {"afterword"})
    changed = tuple({**dict(block_features.VOCABULARY), **dict(words)}.items())
    # When the shipped forest is loaded for them
    with pytest.raises(ValueError, match=r"forest first: expected the vocabulary 'boilerplate_words' with digest \w+, got \w+; fit the"):
        load("first", changed)
    # Then it is refused, and so is it where a list of words is missing
    with pytest.raises(ValueError, match="forest lines: expected the vocabulary 'kinds', got none"):
        load("lines", tuple(pair for pair in line_features.VOCABULARY if pair[0] != "kinds"))


def test_a_word_of_a_language_leaves_the_model_as_it_is() -> None:
    # The forests count kinds of lines, not the words that make a line one of a kind
    assert {name for name, _ in line_features.VOCABULARY} == {"kinds", "boilerplate_words", "dates"}


def test_the_digest_of_pages_tells_one_page_from_another(tmp_path: Path) -> None:
    (tmp_path / "fundus").mkdir()
    page = tmp_path / "fundus" / "a.html"
    page.write_text("one")
    first = digest_of_pages(tmp_path, ["fundus"])
    page.write_text("two")
    assert digest_of_pages(tmp_path, ["fundus"]) != first


def test_the_shipped_forests_state_the_pages_that_they_were_fitted_on(shared: Path) -> None:
    folder = files("worker.extract.model") / "shipped"
    stated = {json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))["pages"] for name in ("first", "second", "lines")}
    assert stated == {digest_of_pages(shared / "pages", SETS)}
