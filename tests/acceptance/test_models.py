"""The life of the model called wrongly: one line that says what was expected, the right exit code, and nothing changed."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from classifier.model import artifact
from tests.acceptance.conftest import ROOT, Home
from worker.bootstrap import Services
from worker.config import Settings
from worker.models.cache import read_files
from worker.models.manifest import shipped_name
from worker.storage.database import migrate


@pytest.fixture
def seeds(home: Home) -> Path:
    """Some of the real seeds, in a folder of the home."""
    folder = home.folder / "seeds"
    folder.mkdir()
    shutil.copy(ROOT / "seeds" / "base.jsonl", folder)
    return folder


def register(home: Home, name: str, change: Callable[[dict[str, bytes]], dict[str, bytes]] = lambda parts: parts) -> None:
    """The shipped model under another name, its arrays changed."""
    manifest, parts = read_files(artifact.default_folder())
    services = Services(Settings(data_dir=home.folder / "data"))
    migrate(services.engine)
    parts = change(parts)
    told = json.loads(manifest) | {"id": name, "parts": {part: hashlib.sha256(data).hexdigest() for part, data in parts.items()}}
    told["sha256"] = artifact._digest(told)
    services.registry.add(json.dumps(told), parts, by="test")
    services.close()


def rotten(home: Home, name: str) -> None:
    """Turns a bit of an array in the database."""
    services = Services(Settings(data_dir=home.folder / "data"))
    sha256 = json.loads(services.registry.files(name)[0])["parts"]["idf"]
    with services.engine.begin() as connection:
        connection.execute(text("UPDATE model_parts SET content = zeroblob(length(content)) WHERE sha256 = :sha"), {"sha": sha256})
    services.close()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("promote", "nosuch"), "no model 'nosuch'; `pressmark models` lists them"),
        (("diff", "nosuch"), "no model 'nosuch'"),
        (("rollback",), "expected a promotion to roll back"),
        (("evaluate", "--on", "nowhere.jsonl"), "nowhere.jsonl: expected a readable file"),
        (("train", "--on", "nowhere.jsonl"), "nowhere.jsonl: expected a readable file"),
        (("train", "--id", "../escape"), "expected a name of letters"),
        (("train", "--id", "shipped"), "is taken"),
        (("train", "--seeds", "nowhere"), "nowhere: expected a folder with *.jsonl files"),
    ],
)
def test_a_wrong_call_costs_one_line_and_changes_nothing(arguments: tuple[str, ...], told: str, home: Home, seeds: Path) -> None:
    done = home.call(*arguments)
    assert done.code == 2
    assert len(done.told) == 1
    assert told in done.err
    assert [row["id"] for row in home.call("models", "--json").lines] == [shipped_name()]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (lambda text: text.split("\n")[0] + "\n", "expected at least 60 seeds to train, got 1"),
        (lambda text: text + "{broken\n", "base.jsonl:510: expected one JSON object a line"),
        (lambda text: text + text.split("\n")[0] + "\n", "base.jsonl:510: expected a new id"),
        (lambda text: "".join(line + "\n" for line in text.split("\n") if line and '"demining"' not in line), "got 0 of demining"),
    ],
    ids=["too few", "a broken line", "an id twice", "a label missing"],
)
def test_seeds_that_cannot_teach_are_told_in_one_line(content: Callable[[str], str], told: str, home: Home, seeds: Path) -> None:
    file = seeds / "base.jsonl"
    file.write_text(content(file.read_text(encoding="utf-8")), encoding="utf-8")
    done = home.call("train")
    assert done.code == 2
    assert len(done.told) == 1
    assert told in done.err


def test_a_model_damaged_in_the_database_is_not_promoted_by_force_either(home: Home, seeds: Path) -> None:
    register(home, "mine")
    rotten(home, "mine")
    for options in ((), ("--force",)):
        done = home.call("promote", "mine", *options)
        assert done.code == 2
        assert "damaged" in done.told[-1]
    assert [row["id"] for row in home.call("models", "--json").lines if row["active"]] == [shipped_name()]


def test_a_model_without_a_part_is_not_promoted(home: Home, seeds: Path) -> None:
    register(home, "mine", lambda parts: {name: data for name, data in parts.items() if name != "idf"})
    done = home.call("promote", "mine", "--force")
    assert done.code == 2
    assert "expected a complete model" in done.told[-1]


def test_to_promote_the_active_model_again_is_no_mistake(home: Home, seeds: Path) -> None:
    register(home, "mine")
    assert home.call("promote", "mine", "--force").code == 0
    assert home.call("promote", "mine").code == 0
    assert json.loads(home.call("rollback", "--json").out) == {"id": shipped_name()}
