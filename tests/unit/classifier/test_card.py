from __future__ import annotations

from pathlib import Path

import pytest

from classifier import card
from classifier.cli import main
from classifier.dataset import read_seeds
from classifier.errors import BadModel
from classifier.labels import SOURCE_TYPES, TOPICS


def test_a_card_tells_data_figures_words_limits_and_versions(trained: Path, few_seeds_folder: Path, tmp_path: Path) -> None:
    assert main(["card", "--seeds", str(few_seeds_folder), "--model", str(trained), "--out", str(tmp_path)]) == 0
    text, page = (tmp_path / "card.md").read_text(), (tmp_path / "card.html").read_text()
    for told in ("carded", "Out of fold", "few.jsonl", "Known limits", "scikit-learn", *TOPICS, *SOURCE_TYPES):
        assert told in text
    assert page.count("<svg") == 2
    assert "Reliability" in page


def test_the_same_model_has_the_same_card(trained: Path, few_seeds_folder: Path, tmp_path: Path) -> None:
    evidence = card.gather(trained, read_seeds(few_seeds_folder))
    pages = [card.write(evidence, tmp_path / name)[1].read_bytes() for name in ("one", "two")]
    assert pages[0] == pages[1]


def test_a_card_is_not_drawn_from_other_seeds(trained: Path, few_seeds_folder: Path) -> None:
    with pytest.raises(BadModel, match="expected the seeds that it was trained on"):
        card.gather(trained, read_seeds(few_seeds_folder)[1:])
