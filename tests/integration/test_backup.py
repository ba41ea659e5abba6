"""A backup while everything runs, restored into an empty installation of either database; anything else is refused in one line."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.integration.parts.samples import admit, delivered, entry, labelled
from tests.unit.operations.stored import register, store
from worker.bootstrap import Services
from worker.config import Settings
from worker.errors import Unavailable, UsageError
from worker.operations import articles, installation, queues
from worker.operations import backup as backup_of
from worker.operations.backup import MANIFEST, backup, restore
from worker.storage import row_copies
from worker.storage.database import reading
from worker.storage.ledger import Ledger
from worker.storage.search import SearchFilter
from worker.storage.tables import metadata

KEPT = "archive/ab/cd/" + "abcd" * 16 + ".page"


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def new(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator:
    """Services of a new installation of a kind, in a folder of its own."""
    made: list[Services] = []

    def make(kind: str) -> Services:
        url = request.getfixturevalue("postgres_server").new_database() if kind == "postgresql" else None
        made.append(Services(Settings(data_dir=tmp_path / f"data{len(made)}", database_url=url)))
        return made[-1]

    yield make
    for services in made:
        services.close()


@pytest.fixture
def original(new, kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Services:
    """With articles, a dead letter, a job, a model, a card and seeds."""
    monkeypatch.chdir(tmp_path)
    services = new(kind)
    installation.prepare(services)
    store(services, 4)
    register(services, "mine")
    services.registry.promote("mine", "ann")
    for name in ("models/abc/weights.npy", "cards/mine/card.md", KEPT, KEPT + ".part", "seeds/mine.jsonl", "redis/dump", "up.lock"):
        path = services.settings.data_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return services


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_all_of_an_installation_comes_back_on_either_database(original, new, target: str, tmp_path: Path) -> None:
    made = backup(original, tmp_path / "b.zip")
    there = new(target)
    assert restore(there, tmp_path / "b.zip").rows == made.rows
    # Every row of every table that has a copy
    for name in row_copies.table_names():
        query = select(metadata.tables[name]).order_by(*metadata.tables[name].primary_key.columns)
        with reading(original.engine) as one, reading(there.engine) as other:
            assert one.execute(query).all() == other.execute(query).all(), name
    # The files, but those of this machine
    files = {str(path.relative_to(there.settings.data_dir)) for path in there.settings.data_dir.rglob("*") if path.is_file()}
    assert {name for name in files if not name.startswith("pressmark.sqlite")} == {
        "models/abc/weights.npy",
        "cards/mine/card.md",
        KEPT,
        "seeds/mine.jsonl",
    }
    # And it works on: counts, search, new items with new numbers
    assert queues.report(there).balanced
    assert there.registry.active() == "mine"
    assert len(articles.search(there, SearchFilter(words=("tariffs on rice",)), 10).results) == 4
    ledger = Ledger(there.engine, there.settings)
    ledger.accept([entry(90, "fresh.test:443")], ledger.open_job("later"))
    lead = ledger.take_lead(ledger.leadership(), "test")
    assert lead
    [request] = [request for _, request in ledger.lease(lead, 10) if "fresh" in request.url]
    ledger.keep(delivered(labelled(request, "A text of its own about cassava.")), admit)
    assert len(articles.search(there, SearchFilter(words=("cassava",)), 10).results) == 1
    assert queues.report(there).balanced


def test_what_is_written_meanwhile_is_not_in_it(original, new, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = row_copies.rows

    def slow(connection, name):
        if name == "articles":  # the tables before it are read already
            store_more(original)
        yield from whole(connection, name)

    monkeypatch.setattr(row_copies, "rows", slow)
    made = backup(original, tmp_path / "b.zip")
    assert (made.rows["articles"], made.rows["items"], made.rows["receipts"]) == (4, 4, 4)
    assert original.articles.count() == 5
    there = new("sqlite")
    restore(there, tmp_path / "b.zip")
    assert queues.report(there).balanced


def test_a_kept_page_that_goes_meanwhile_does_not_end_the_backup(original, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = backup_of._files

    def listed_before(settings):
        found = list(whole(settings))
        (settings.data_dir / KEPT).unlink()
        return iter(found)

    monkeypatch.setattr(backup_of, "_files", listed_before)
    made = backup(original, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as file:
        assert f"data/{KEPT}" not in file.namelist()
        assert len(file.namelist()) == len(made.rows) + made.files + 1


def store_more(services: Services) -> None:
    ledger = Ledger(services.engine, services.settings)
    ledger.accept([entry(50, "more.test:443")], ledger.open_job("more"))
    lead = ledger.take_lead(ledger.leadership(), "other")
    assert lead
    ledger.keep(delivered(*(labelled(request) for _, request in ledger.lease(lead, 10))), admit)


def test_a_backup_is_closed_to_others_and_never_overwrites(original, tmp_path: Path) -> None:
    made = backup(original, tmp_path / "b.zip")
    assert (tmp_path / "b.zip").stat().st_mode & 0o077 == 0
    assert made.bytes == (tmp_path / "b.zip").stat().st_size
    assert [path.name for path in tmp_path.glob("b.zip*")] == ["b.zip"]
    with pytest.raises(UsageError, match="not there yet"):
        backup(original, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert "rows/secrets.jsonl" not in archive.namelist()


def _change(source: Path, target: Path, **changed) -> None:
    """A copy of a backup with another manifest or member."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == MANIFEST:
                data = json.dumps({**json.loads(data), **{k: v for k, v in changed.items() if "/" not in k}}).encode()
            new.writestr(name, changed.get(name, data))
        for name in set(changed) - set(old.namelist()):
            if "/" in name:
                new.writestr(name, changed[name])


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 0xFF
    path.write_bytes(data)


def _rewrite(path: Path, **changed) -> None:
    shutil.copy(path, path.with_suffix(".old"))
    _change(path.with_suffix(".old"), path, **changed)


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-200]), "whole backup"),
        (lambda path: path.write_bytes(b"not a zip at all"), "whole backup"),
        (lambda path: path.write_bytes(b""), "whole backup"),
        (_flip, "damaged|whole backup"),
        (lambda path: _rewrite(path, **{"rows/items.jsonl": b""}), "rows/items.jsonl is damaged"),
        (lambda path: _rewrite(path, format="other"), "no backup of Pressmark"),
        (lambda path: _rewrite(path, v=2), "newer Pressmark"),
        (lambda path: _rewrite(path, schema="9999"), "newer Pressmark"),
        (lambda path: _rewrite(path, **{"data/../../evil": b"x"}), "content differ"),
        (lambda path: _rewrite(path, sha256={"data/../../evil": "0"}), "cannot be in it"),
    ],
    ids=["cut", "foreign", "empty", "flipped", "changed", "another program's", "newer format", "newer schema", "added", "leads out"],
)
def test_a_file_that_is_not_whole_writes_nothing(original, new, tmp_path: Path, damage, told: str) -> None:
    backup(original, tmp_path / "b.zip")
    damage(tmp_path / "b.zip")
    there = new("sqlite")
    with pytest.raises(UsageError, match=told) as raised:
        restore(there, tmp_path / "b.zip")
    assert "\n" not in str(raised.value)
    assert not there.settings.data_dir.exists()
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "name",
    ["data/{outside}", "seeds/{outside}", "data/./evil", "data/evil/", "data/pressmark.sqlite", "data/redis.conf", "rows/secrets.jsonl"],
)
def test_a_whole_file_that_names_what_no_backup_holds_writes_nothing(original, new, tmp_path: Path, name: str) -> None:
    name = name.format(outside=tmp_path / "evil")  # data//tmp/…/evil: absolute once `data/` is taken off
    backup(original, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        sha256 = json.loads(archive.read(MANIFEST))["sha256"]
    _rewrite(tmp_path / "b.zip", **{name: b"x", "sha256": {**sha256, name: hashlib.sha256(b"x").hexdigest()}})
    there = new("sqlite")
    with pytest.raises(UsageError, match="cannot be in it"):
        restore(there, tmp_path / "b.zip")
    assert not there.settings.data_dir.exists()
    assert not (tmp_path / "evil").exists()


def test_seeds_that_are_there_are_not_overwritten(original, new, tmp_path: Path) -> None:
    backup(original, tmp_path / "b.zip")
    seeds = tmp_path / "own"
    seeds.mkdir()
    (seeds / "mine.jsonl").write_text("work of a week")
    fresh = new("sqlite")
    there = Services(replace(fresh.settings, seeds_dir=seeds))
    with pytest.raises(UsageError, match="expected an empty folder of seeds"):
        restore(there, tmp_path / "b.zip")
    there.close()
    assert (seeds / "mine.jsonl").read_text() == "work of a week"


@pytest.mark.parametrize("full", ["at the second file", "at the rows"])
def test_a_disk_that_fills_leaves_nothing_and_the_next_restore_works(original, new, tmp_path: Path, monkeypatch, full: str) -> None:
    backup(original, tmp_path / "b.zip")
    there = new("sqlite")
    with monkeypatch.context() as broken:
        if full == "at the rows":
            broken.setattr(row_copies, "write", _full)
        else:
            copy, files = shutil.copyfileobj, iter([0])
            broken.setattr(shutil, "copyfileobj", lambda *told: copy(*told) if next(files, None) == 0 else _full())
        # When
        with pytest.raises(Unavailable, match="No space left"):
            restore(there, tmp_path / "b.zip")
    # Then
    left = [path for path in there.settings.data_dir.rglob("*") if not path.name.startswith("pressmark.sqlite")]
    assert left == []
    restore(there, tmp_path / "b.zip")
    assert len(articles.search(there, SearchFilter(), 10).results) == 4


def _full(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_link_in_the_place_of_the_unfinished_file_is_not_followed(original, tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("whole")
    (tmp_path / "b.zip.part").symlink_to(tmp_path / "victim")
    with pytest.raises(Unavailable, match="cannot be written"):
        backup(original, tmp_path / "b.zip")
    assert (tmp_path / "victim").read_text() == "whole"


def test_only_an_empty_installation_is_restored_into(original, new, tmp_path: Path) -> None:
    backup(original, tmp_path / "b.zip")
    with pytest.raises(UsageError, match="expected an empty"):
        restore(original, tmp_path / "b.zip")
    shutil.rmtree(original.settings.data_dir / "models")
    used = Services(replace(original.settings, data_dir=tmp_path / "elsewhere")) if original.settings.database_url else None
    if used:
        with pytest.raises(UsageError, match="4 accepted URLs"):
            restore(used, tmp_path / "b.zip")
        used.close()
    fresh = new("sqlite")
    installation.prepare(fresh)  # tables and nothing in them
    assert restore(fresh, tmp_path / "b.zip").rows["articles"] == 4
