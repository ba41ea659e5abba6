"""An installation of its own for each test: a real database in a fresh folder, and no Redis."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from worker.bootstrap import Services
from worker.config import Settings
from worker.operations import installation


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def services(settings: Settings) -> Iterator[Services]:
    made = Services(settings)
    installation.prepare(made)
    yield made
    made.close()
