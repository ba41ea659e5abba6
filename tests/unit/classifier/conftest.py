"""A small model, trained once for all tests of the classifier."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from classifier.cli import main
from classifier.model import artifact
from classifier.model.model import Model
from classifier.seeds.dataset import Seed, read_file
from classifier.training.train import train

SEEDS = Path(__file__).resolve().parents[3] / "seeds"


@pytest.fixture(scope="session")
def few_seeds() -> list[Seed]:
    """Every third article of the first seeds: all labels, trained in seconds."""
    return sorted(read_file(SEEDS / "base.jsonl"), key=lambda seed: seed.id)[::3]


@pytest.fixture(scope="session")
def small_model(few_seeds: list[Seed]) -> Model:
    return train(few_seeds).model


@pytest.fixture(scope="session")
def model_folder(small_model: Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "small"
    artifact.save(small_model, folder, {})
    return folder


@pytest.fixture(scope="session")
def shipped() -> Model:
    return artifact.load(artifact.default_folder())


@pytest.fixture(scope="session")
def few_seeds_folder(few_seeds: list[Seed], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The few seeds as a folder of one file."""
    wanted = {seed.id for seed in few_seeds}
    folder = tmp_path_factory.mktemp("seeds")
    lines = (SEEDS / "base.jsonl").read_text(encoding="utf-8").splitlines()
    (folder / "few.jsonl").write_text("\n".join(line for line in lines if json.loads(line)["id"] in wanted), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def trained(few_seeds_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model trained by the command from the folder of few seeds."""
    folder = tmp_path_factory.mktemp("trained") / "model"
    assert main(["train", "--seeds", str(few_seeds_folder), "--out", str(folder), "--id", "carded"]) == 0
    return folder
