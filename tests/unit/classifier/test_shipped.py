"""The model that ships, its card and README belong to the seeds in `seeds/`."""

from __future__ import annotations

from classifier.model import artifact
from classifier.training.corpus import read_material
from tests.conftest import ROOT


def test_the_shipped_model_was_trained_on_the_seeds_in_the_repository() -> None:
    trained_on = artifact.read_manifest(artifact.default_folder())["data"]["sha256"]
    assert trained_on == read_material(ROOT / "seeds").digest, "seeds/ has changed since: run `make model`, commit classifier/shipped"


def test_the_card_and_readme_are_of_the_shipped_model() -> None:
    manifest = artifact.read_manifest(artifact.default_folder())
    card = (ROOT / "docs" / "model" / "card.md").read_text(encoding="utf-8")
    assert manifest["sha256"] in card, "docs/model is of another model: run `make model` and commit docs/model"
    assert manifest["id"] in (ROOT / "README.md").read_text(encoding="utf-8"), f"README's figures are not of {manifest['id']}"
