from __future__ import annotations

import json
from pathlib import Path

from classifier.model import artifact
from classifier.training.figures import Evaluation, LabelFigures, SourceTypeFigures, TopicFigures, table

TRADE = LabelFigures(precision=0.9, recall=0.8, f1=0.847, support=10, threshold=0.4, ece=0.01, unsure=0.05)
OFFICIAL = LabelFigures(precision=1.0, recall=0.5, f1=0.667, support=4, ece=0.02)
EVALUATION = Evaluation(14, TopicFigures({"trade": TRADE}, 0.847), SourceTypeFigures({"official": OFFICIAL}, 0.667, [[2, 2], [0, 10]]), 0.9)


def test_figures_come_back_from_json() -> None:
    assert Evaluation.from_dict(json.loads(json.dumps(EVALUATION.to_dict()))) == EVALUATION


def test_a_source_type_has_no_threshold_in_json() -> None:
    assert list(OFFICIAL.to_dict()) == ["precision", "recall", "f1", "support", "ece"]
    assert list(TRADE.to_dict()) == ["precision", "recall", "f1", "support", "threshold", "ece", "unsure"]


def test_the_table_has_a_line_for_each_label_and_one_for_the_means() -> None:
    lines = table(EVALUATION).splitlines()
    assert lines[1].split() == ["trade", "0.900", "0.800", "0.847", "10", "0.40", "0.010", "0.050"]
    assert lines[2].split() == ["official", "1.000", "0.500", "0.667", "4", "0.020"]
    assert lines[3] == "macro-F1: topics 0.847, source type 0.667; primary topic right in 0.900; 14 articles"


def test_the_manifest_of_the_shipped_model_has_figures() -> None:
    held_out = artifact.read_manifest(artifact.default_folder())["held_out"]
    assert Evaluation.from_dict(held_out).to_dict() == held_out


def test_a_trained_model_has_figures(trained: Path) -> None:
    manifest = artifact.read_manifest(trained)
    assert Evaluation.from_dict(manifest["held_out"]).articles == manifest["data"]["articles"]
