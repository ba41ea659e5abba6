from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import numpy as np
import pytest

from classifier.errors import BadModel
from classifier.model import artifact
from classifier.model.model import Model
from classifier.predict import Document, label
from classifier.seeds.dataset import Seed
from classifier.training.train import train

FLIPS = 1000


def test_a_loaded_model_gives_the_labels_of_the_saved_one(small_model: Model, model_folder: Path, few_seeds: list[Seed]) -> None:
    documents = [Document(seed.title, seed.text) for seed in few_seeds[:10]]
    before = label(small_model, documents)
    after = label(artifact.load(model_folder), documents)
    assert [entry.topics for entry in before] == [entry.topics for entry in after]
    assert [entry.evidence for entry in before] == [entry.evidence for entry in after]


def test_the_same_seeds_give_the_same_bits(model_folder: Path, few_seeds: list[Seed], tmp_path: Path) -> None:
    artifact.save(train(few_seeds).model, tmp_path / "again", {})
    assert all(file.read_bytes() == (tmp_path / "again" / file.name).read_bytes() for file in model_folder.iterdir())


def test_any_flipped_bit_is_refused(model_folder: Path, tmp_path: Path) -> None:
    chance = random.Random(5)
    folder = tmp_path / "model"
    shutil.copytree(model_folder, folder)
    files = sorted(folder.iterdir())
    sizes = [file.stat().st_size for file in files]
    for _ in range(FLIPS):
        [file] = chance.choices(files, weights=sizes)
        good = file.read_bytes()
        place = chance.randrange(len(good))
        file.write_bytes(good[:place] + bytes([good[place] ^ (1 << chance.randrange(8))]) + good[place + 1 :])
        with pytest.raises(BadModel):
            artifact.load(folder)
        file.write_bytes(good)
    artifact.load(folder)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"major": 2}, "format 1, got 2"),
        ({"format": "other"}, "another kind"),
        ({"topics": ["weather"]}, "damaged"),
        ({"source_types": ["rumour"]}, "source types"),
        ({"id": "forged"}, "damaged"),
    ],
)
def test_a_model_of_another_kind_is_refused_in_one_line(
    model_folder: Path, tmp_path: Path, change: dict[str, object], expected: str
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(model_folder, folder)
    manifest = json.loads((folder / artifact.MANIFEST).read_text())
    (folder / artifact.MANIFEST).write_text(json.dumps(manifest | change))
    with pytest.raises(BadModel, match=expected) as caught:
        artifact.load(folder)
    assert "\n" not in str(caught.value)


def test_a_missing_part_and_a_missing_folder_are_refused(model_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(BadModel, match="found none"):
        artifact.load(tmp_path / "nowhere")
    folder = tmp_path / "model"
    shutil.copytree(model_folder, folder)
    (folder / "idf.npy").unlink()
    with pytest.raises(BadModel, match="idf"):
        artifact.load(folder)


def test_arrays_are_mapped_so_that_processes_share_them(model_folder: Path) -> None:
    assert isinstance(artifact.load(model_folder).first_level.terms.weights, np.memmap)


def test_a_model_made_before_a_lexicon_list_was_added_is_refused(model_folder: Path, tmp_path: Path) -> None:
    # Given a whole model whose manifest lacks one of the installed lists
    folder = tmp_path / "model"
    shutil.copytree(model_folder, folder)
    manifest = json.loads((folder / artifact.MANIFEST).read_text())
    del manifest["resources"]["cues/voices.txt"]
    (folder / artifact.MANIFEST).write_text(json.dumps(manifest | {"sha256": artifact._digest(manifest)}))

    # When it is loaded, then it is refused by name
    with pytest.raises(BadModel, match=r"another classifier/cues/voices\.txt"):
        artifact.load(folder)
