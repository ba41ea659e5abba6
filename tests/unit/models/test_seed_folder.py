"""Where the labelled articles are: given, named, here, or a copy of the packaged ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from worker.config import Settings
from worker.errors import UsageError
from worker.models import seed_folder
from worker.models.seeds import read


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder without seeds."""
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    return tmp_path


def test_what_is_given_comes_first_then_the_setting_then_the_folder_here(elsewhere: Path) -> None:
    settings = Settings(data_dir=elsewhere / "data", seeds_dir=elsewhere / "named")
    assert seed_folder.seed_folder(settings, Path("mine")) == Path("mine")
    assert seed_folder.seed_folder(settings) == elsewhere / "named"
    Path("seeds").mkdir()
    assert seed_folder.seed_folder(Settings(data_dir=elsewhere / "data")) == Path("seeds")
    assert not (elsewhere / "data").exists()


def test_elsewhere_it_is_a_copy_that_keeps_what_people_add(elsewhere: Path) -> None:
    settings = Settings(data_dir=elsewhere / "data")
    folder = seed_folder.seed_folder(settings)
    assert folder == elsewhere / "data" / "seeds"
    packaged = seed_folder.packaged()
    assert packaged is not None
    assert len(read(folder)) == len(read(packaged)) > 2000
    (folder / "reviewed.jsonl").write_text("", encoding="utf-8")
    assert seed_folder.seed_folder(settings) == folder
    assert (folder / "reviewed.jsonl").exists()
    assert [path.name for path in (elsewhere / "data").iterdir()] == ["seeds"]


def test_without_packaged_seeds_the_remedy_is_named(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seed_folder, "packaged", lambda: None)
    with pytest.raises(UsageError, match="PRESSMARK_SEEDS_DIR"):
        seed_folder.seed_folder(Settings(data_dir=elsewhere / "data"))
