from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from classifier.cli import main
from classifier.errors import BadModel
from classifier.labels import SOURCE_TYPES, TOPICS
from classifier.report import card
from classifier.seeds.dataset import read_seeds
from classifier.training.learning_curve import Point


def test_a_card_has_data_figures_words_limits_and_versions(trained: Path, few_seeds_folder: Path, tmp_path: Path) -> None:
    assert main(["card", "--seeds", str(few_seeds_folder), "--model", str(trained), "--out", str(tmp_path)]) == 0
    text, page = (tmp_path / "card.md").read_text(), (tmp_path / "card.html").read_text()
    for part in ("carded", "Out of fold", "few.jsonl", "Known limits", "scikit-learn", *TOPICS, *SOURCE_TYPES):
        assert part in text
    assert page.count("<svg") == 2
    assert "Too few seeds for one." in page


def test_the_same_model_has_the_same_card(trained: Path, few_seeds_folder: Path, tmp_path: Path) -> None:
    data = card.gather(trained, read_seeds(few_seeds_folder))
    pages = [card.write(data, tmp_path / name)[1].read_bytes() for name in ("one", "two")]
    assert pages[0] == pages[1]


def test_a_card_is_not_written_from_other_seeds(trained: Path, few_seeds_folder: Path) -> None:
    with pytest.raises(BadModel, match=r"expected the \d+ seeds that it was trained on"):
        card.gather(trained, read_seeds(few_seeds_folder)[1:])


def test_a_curve_is_drawn_where_there_are_points(trained: Path, few_seeds_folder: Path, tmp_path: Path) -> None:
    data = card.gather(trained, read_seeds(few_seeds_folder))
    points = [Point("authored", 100, 40, 0.8, 0.7), Point("authored", 200, 40, 0.9, 0.8), Point("other texts", 200, 60, 0.7, 0.6)]
    markdown, page = card.write(replace(data, curve=points), tmp_path)
    assert "| authored | 40 | 200 | 0.900 | 0.800 |" in markdown.read_text()
    assert "<h2>Learning curve, by origin of the test texts</h2>" in page.read_text()
    assert page.read_text().count("<svg") == 3
