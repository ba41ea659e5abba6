"""The models of a machine: followed within seconds, checked, shared by digest, and never a reason to stop."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from classifier.model import artifact
from worker.config import Settings
from worker.errors import Unavailable, UsageError
from worker.models.cache import LOOK, ModelCache, at_hand, read_files


class FakeRegistry:
    """A registry in memory, with the interface of the real one; tests/integration/storage/test_model_registry.py holds that to it."""

    def __init__(self) -> None:
        self.models: dict[str, tuple[str, dict[str, bytes]]] = {}
        self.now: str | None = None
        self.away = False

    def active(self) -> str | None:
        if self.away:
            raise Unavailable("the database cannot be used")
        return self.now

    def find(self, name: str) -> Any:
        manifest = json.loads(self.models[name][0])
        return type("Entry", (), {"id": name, "sha256": manifest["sha256"]})

    def files(self, name: str) -> tuple[str, dict[str, bytes]]:
        return self.models[name]


def renamed(name: str) -> tuple[str, dict[str, bytes]]:
    """The shipped model under another name: another digest, the same parts."""
    manifest, parts = read_files(artifact.default_folder())
    told = json.loads(manifest) | {"id": name}
    told["sha256"] = artifact._digest(told)
    return json.dumps(told), parts


class Hand:
    """A cache with a clock that the test moves."""

    def __init__(self, folder: Path) -> None:
        self.registry = FakeRegistry()
        self.registry.models = {name: renamed(name) for name in ("first", "second")}
        self.settings = Settings(data_dir=folder)
        self.time = 0.0
        self.cache = ModelCache(self.settings, lambda: self.registry, clock=lambda: self.time)  # type: ignore[arg-type, return-value]

    def later(self) -> str:
        self.time += LOOK
        return self.cache.current().model_id


@pytest.fixture
def hand(tmp_path: Path) -> Hand:
    return Hand(tmp_path)


def test_without_a_promotion_the_shipped_model_serves(hand: Hand) -> None:
    shipped = json.loads(read_files(artifact.default_folder())[0])["id"]
    assert hand.cache.current().model_id == shipped
    assert at_hand(hand.settings) is None


def test_a_promotion_is_followed_at_the_next_look_and_a_rollback_too(hand: Hand) -> None:
    hand.cache.current()
    hand.registry.now = "first"
    assert hand.later() == "first"
    hand.registry.now = "second"
    assert hand.later() == "second"
    hand.registry.now = None
    assert hand.later() not in ("first", "second")


def test_between_two_looks_nobody_is_asked(hand: Hand) -> None:
    before = hand.cache.current()
    hand.registry.now = "first"
    hand.time += LOOK / 2
    assert hand.cache.current() is before


def test_commands_without_a_database_find_the_model_in_use(hand: Hand) -> None:
    hand.registry.now = "first"
    hand.later()
    folder = at_hand(hand.settings)
    assert folder is not None
    assert json.loads((folder / "manifest.json").read_text())["id"] == "first"


def test_while_the_database_is_away_the_present_model_goes_on(hand: Hand) -> None:
    hand.registry.now = "first"
    hand.later()
    hand.registry.away = True
    assert hand.later() == "first"


def test_a_damaged_model_is_refused_and_the_present_one_goes_on(hand: Hand) -> None:
    before = hand.cache.current().model_id
    manifest, parts = renamed("first")
    parts = parts | {"idf": parts["idf"][:-1] + bytes([parts["idf"][-1] ^ 1])}
    hand.registry.models["first"] = (manifest, parts)
    hand.registry.now = "first"
    assert hand.later() == before


def test_files_that_were_damaged_on_this_disk_are_fetched_anew_once(hand: Hand) -> None:
    # Given a promoted model whose files here have rotted
    hand.registry.now = "first"
    hand.later()
    folder = at_hand(hand.settings)
    assert folder is not None
    (folder / "idf.npy").write_bytes(b"rotten")
    # Then it is loaded all the same
    assert hand.cache.labeller("first").model_id == "first"
    assert (folder / "idf.npy").read_bytes() == hand.registry.models["first"][1]["idf"]
    # And a second damage is told instead of fetched without end
    (folder / "idf.npy").write_bytes(b"rotten")
    with pytest.raises(UsageError, match="damaged"):
        hand.cache.labeller("first")


def test_a_named_folder_goes_before_every_promotion(hand: Hand, tmp_path: Path) -> None:
    manifest, parts = renamed("mine")
    folder = tmp_path / "mine"
    shutil.copytree(artifact.default_folder(), folder)
    (folder / "manifest.json").write_text(manifest)
    hand.registry.now = "first"
    cache = ModelCache(Settings(data_dir=tmp_path, model_dir=folder), lambda: hand.registry)  # type: ignore[arg-type, return-value]
    assert cache.current().model_id == "mine"
    assert parts


def test_a_named_folder_without_a_model_is_one_clear_error(tmp_path: Path) -> None:
    cache = ModelCache(Settings(data_dir=tmp_path, model_dir=tmp_path / "nothing"), FakeRegistry)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"manifest\.json"):
        cache.current()
