from __future__ import annotations

from pathlib import Path

import pytest

from worker.errors import UsageError
from worker.models.labeller import Document, Labeller


def test_the_labeller_names_its_model_in_every_label() -> None:
    labeller = Labeller()
    [labels] = labeller.label([Document("Rice", "Rice exports rose by a fifth.")])
    assert (labels.model.id, labels.model.sha256) == (labeller.model_id, labeller.sha256)


def test_a_folder_without_a_model_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected a model folder"):
        Labeller(tmp_path)
