"""This machine's models: promotions are followed within seconds, files are checked and shared, and a failure never stops work."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from classifier.model import artifact
from worker.config import Settings
from worker.errors import Unavailable, UsageError
from worker.models.cache import CHECK_EVERY, ModelCache, local_folder, read_files


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


class Machine:
    """A cache with a clock that the test moves."""

    def __init__(self, folder: Path) -> None:
        self.registry = FakeRegistry()
        self.registry.models = {name: renamed(name) for name in ("first", "second")}
        self.settings = Settings(data_dir=folder)
        self.time = 0.0
        self.cache = ModelCache(self.settings, lambda: self.registry, clock=lambda: self.time)  # type: ignore[arg-type, return-value]

    def later(self) -> str:
        self.time += CHECK_EVERY
        return self.cache.current().model_id


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_without_a_promotion_the_shipped_model_serves(machine: Machine) -> None:
    shipped = json.loads(read_files(artifact.default_folder())[0])["id"]
    assert machine.cache.current().model_id == shipped
    assert local_folder(machine.settings) is None


def test_a_promotion_is_followed_at_the_next_check_and_a_rollback_too(machine: Machine) -> None:
    machine.cache.current()
    machine.registry.now = "first"
    assert machine.later() == "first"
    machine.registry.now = "second"
    assert machine.later() == "second"
    machine.registry.now = None
    assert machine.later() not in ("first", "second")


def test_between_two_checks_nobody_is_asked(machine: Machine) -> None:
    before = machine.cache.current()
    machine.registry.now = "first"
    machine.time += CHECK_EVERY / 2
    assert machine.cache.current() is before


def test_commands_without_a_database_find_the_model_in_use(machine: Machine) -> None:
    machine.registry.now = "first"
    machine.later()
    folder = local_folder(machine.settings)
    assert folder is not None
    assert json.loads((folder / "manifest.json").read_text())["id"] == "first"


def test_while_the_database_is_away_the_model_in_use_stays(machine: Machine) -> None:
    machine.registry.now = "first"
    machine.later()
    machine.registry.away = True
    assert machine.later() == "first"


def test_a_damaged_model_is_refused_and_the_model_in_use_stays(machine: Machine) -> None:
    before = machine.cache.current().model_id
    manifest, parts = renamed("first")
    parts = parts | {"idf": parts["idf"][:-1] + bytes([parts["idf"][-1] ^ 1])}
    machine.registry.models["first"] = (manifest, parts)
    machine.registry.now = "first"
    assert machine.later() == before


def test_files_that_were_damaged_on_this_disk_are_fetched_again_once(machine: Machine) -> None:
    # Given a promoted model whose files here have rotted
    machine.registry.now = "first"
    machine.later()
    folder = local_folder(machine.settings)
    assert folder is not None
    (folder / "idf.npy").write_bytes(b"rotten")
    # Then it is loaded all the same
    assert machine.cache.labeller("first").model_id == "first"
    assert (folder / "idf.npy").read_bytes() == machine.registry.models["first"][1]["idf"]
    # And a second damage is reported instead of fetching without end
    (folder / "idf.npy").write_bytes(b"rotten")
    with pytest.raises(UsageError, match="damaged"):
        machine.cache.labeller("first")


def test_a_named_folder_goes_before_every_promotion(machine: Machine, tmp_path: Path) -> None:
    manifest, parts = renamed("mine")
    folder = tmp_path / "mine"
    shutil.copytree(artifact.default_folder(), folder)
    (folder / "manifest.json").write_text(manifest)
    machine.registry.now = "first"
    cache = ModelCache(Settings(data_dir=tmp_path, model_dir=folder), lambda: machine.registry)  # type: ignore[arg-type, return-value]
    assert cache.current().model_id == "mine"
    assert parts


def test_a_named_folder_without_a_model_is_one_clear_error(tmp_path: Path) -> None:
    cache = ModelCache(Settings(data_dir=tmp_path, model_dir=tmp_path / "nothing"), FakeRegistry)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"manifest\.json"):
        cache.current()
