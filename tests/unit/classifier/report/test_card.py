from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from classifier.cli import main
from classifier.errors import BadModel
from classifier.labels import SOURCE_TYPES, TOPICS
from classifier.report import card
from classifier.report.summary import in_words
from classifier.training.figures import Evaluation, LabelFigures, SourceTypeFigures, TopicFigures
from classifier.training.learning_curve import REAL, Point
from classifier.training.real_figures import Group, RealFigures, Trust


def figures(f1: float) -> Evaluation:
    label = LabelFigures(precision=f1, recall=f1, f1=f1, support=20, threshold=0.5, ece=0.02, unsure=0.1)
    source = replace(label, threshold=None, unsure=None)
    topics, sources = {topic.value: label for topic in TOPICS}, {kind.value: source for kind in SOURCE_TYPES}
    return Evaluation(100, TopicFigures(topics, f1), SourceTypeFigures(sources, f1, [[1, 0, 0]] * 3), 0.91)


REAL_FIGURES = RealFigures(60, figures(0.85), figures(0.95), Trust(0.97, 0.98, 0.8, 0.93), [Group("news", 40, 0.9, 0.8)])


def test_a_card_has_data_figures_words_limits_and_versions(trained: Path, few_seeds_folder: Path, tmp_path: Path) -> None:
    assert main(["card", "--seeds", str(few_seeds_folder), "--model", str(trained), "--out", str(tmp_path)]) == 0
    text, page = (tmp_path / "card.md").read_text(), (tmp_path / "card.html").read_text()
    for part in ("carded", "out of fold", "few.jsonl", "Known limits", "scikit-learn", *TOPICS, *SOURCE_TYPES):
        assert part in text
    assert page.count("<svg") == 2
    assert "Too few articles for one." in page


def test_the_first_words_say_what_to_rely_on(trained: Path, few_seeds_folder: Path, tmp_path: Path) -> None:
    # Given a model that real articles measured
    data = replace(card.gather_here(trained, few_seeds_folder), real=REAL_FIGURES)
    # When its card is written
    text = card.write(card.render(data), tmp_path)[0].read_text()
    # Then the first paragraph is in words, before any table, and the first table is of the real articles
    first = text.split("\n\n")[1]
    assert "100 real articles of 60 outlets that taught it nothing" in first
    assert "that is right 98 times in 100" in first
    assert "|" not in first
    assert text.index("## Real articles of 60 outlets") < text.index("## Seeds, out of fold")
    assert "| news | 40 | 0.900 | 0.800 |" in text


def test_labels_are_sorted_by_how_good_they_are() -> None:
    real = replace(REAL_FIGURES, all=figures(0.95))
    assert "can be decided by" in " ".join(in_words(real))
    assert "need a person" in " ".join(in_words(replace(REAL_FIGURES, all=figures(0.6))))
    assert "No real articles measured this model" in " ".join(in_words(None))


def test_the_same_model_has_the_same_card(trained: Path, few_seeds_folder: Path, tmp_path: Path) -> None:
    data = card.gather_here(trained, few_seeds_folder)
    pages = [card.write(card.render(data), tmp_path / name)[1].read_bytes() for name in ("one", "two")]
    assert pages[0] == pages[1]


def test_a_card_is_not_written_from_other_seeds(trained: Path, few_seeds_folder: Path, tmp_path: Path) -> None:
    lines = (few_seeds_folder / "few.jsonl").read_text(encoding="utf-8").splitlines()
    (tmp_path / "fewer.jsonl").write_text("\n".join(lines[1:]), encoding="utf-8")
    with pytest.raises(BadModel, match=r"expected the \d+ seeds that it was trained on"):
        card.gather(trained, tmp_path)


def test_a_curve_is_drawn_where_there_are_points(trained: Path, few_seeds_folder: Path, tmp_path: Path) -> None:
    data = card.gather_here(trained, few_seeds_folder)
    points = [Point(REAL, 0, 40, 0.8, 0.7), Point(REAL, 200, 40, 0.9, 0.8)]
    markdown, page = card.write(card.render(replace(data, curve=points)), tmp_path)
    assert "| 200 outlets | 0.900 | 0.800 |" in markdown.read_text()
    assert "<h2>Learning curve</h2>" in page.read_text()
    assert page.read_text().count("<svg") == 3
