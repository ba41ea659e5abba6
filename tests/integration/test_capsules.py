"""Capsules: saved from kept pages, run without an installation, the same bytes each time; hostile ones are refused in one line."""

from __future__ import annotations

import hashlib
import io
import json
import os
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.parts.shelf import BODIES, filled, page_of
from worker.archive.page_files import archive_of, path_of
from worker.archive.page_record import record_of
from worker.bootstrap import Services
from worker.cli import main as program
from worker.config import Settings
from worker.operations.archive.capsule_file import Manifest, Writer

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An installation with kept pages."""
    return filled(tmp_path_factory.mktemp("shelf") / "data")


def run(settings: Settings | None, *words: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    """The program in a process of its own."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("PRESSMARK_")}
    there = (
        {"PRESSMARK_DATA_DIR": str(settings.data_dir)} if settings else {"HOME": "/nonexistent", "PRESSMARK_DATA_DIR": "/nonexistent/data"}
    )
    environment = {**own, **there, "PRESSMARK_PARSE_PROCESSES": "1", **more}
    return subprocess.run(
        [sys.executable, "-m", "worker", *words], env=environment, cwd=ROOT, capture_output=True, check=False, timeout=300
    )


@pytest.fixture(scope="module")
def capsule(shelf: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """It, saved."""
    file = tmp_path_factory.mktemp("capsule") / "study.capsule"
    done = run(shelf, "capsule", "save", str(file), "--job", "study", "--json", PYTHONHASHSEED="random")
    assert (done.returncode, done.stderr) == (0, b"1 of 4 articles have no kept page, and are not in it\n")
    said = json.loads(done.stdout)
    assert (said["pages"], said["selected"], said["without_page"], said["bytes"]) == (3, 4, 1, file.stat().st_size)
    return file


def test_the_same_content_is_the_same_file_whatever_the_hash_seed(shelf: Settings, capsule: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.capsule"
    assert run(shelf, "capsule", "save", str(again), "--job", "study", PYTHONHASHSEED="1").returncode == 0
    assert again.read_bytes() == capsule.read_bytes()


@pytest.mark.parametrize("seed", ["0", "1", "random"])
def test_it_gives_the_same_bytes_without_an_installation_whatever_the_hash_seed(capsule: Path, seed: str) -> None:
    done = run(None, "capsule", "run", str(capsule), "--results", PYTHONHASHSEED=seed)
    assert (done.returncode, done.stderr) == (0, b"3 pages, the same results byte for byte\n")
    assert done.stdout == zipfile.ZipFile(capsule).read("results.jsonl")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert sorted((one["outcome"], one["reason"]) for one in found) == [("dead", "no-text"), ("stored", None), ("stored", None)]
    assert not Path("/nonexistent").exists()


def call(capfd: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = program.run(["capsule", *words])
    return code, *capfd.readouterr()


def rewritten(capsule: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A whole capsule with other members, each with the digest that it has."""
    with zipfile.ZipFile(capsule) as there:
        held = {name: there.read(name) for name in there.namelist()}
    manifest = json.loads(held.pop("manifest.json"))
    change(held)
    with target.open("wb") as file, Writer(file) as writer:
        for name, data in held.items():
            writer.add(name, [data])
        named = [name.removeprefix("pages/") for name in held if name.startswith("pages/")]
        kept = {name: manifest[name] for name in ("versions", "settings", "model")}
        writer.end(Manifest(**kept, pages=named, members=writer.members))
    return target


def test_differences_are_listed_and_end_with_1(capsule: Path, tmp_path: Path, capfd) -> None:
    def change(held: dict[str, bytes]) -> None:
        lines = [json.loads(line) for line in held["results.jsonl"].splitlines()]
        lines[0] |= {"site_name": "Another", "extra": [1]}
        lines[1] = ["no", "object"]
        held["results.jsonl"] = b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)

    other = rewritten(capsule, tmp_path / "other.capsule", change)
    code, out, err = call(capfd, "run", str(other), "--json")
    said = json.loads(out)
    assert (code, said["pages"], said["same"], err) == (1, 3, 1, "2 of 3 pages give other results\n")
    first, second = said["different"]
    assert [(field["name"], field["saved"], field["now"]) for field in first["fields"]] == [
        ("site_name", "Another", None),
        ("extra", "[1]", None),
    ]
    assert [field["name"] for field in second["fields"]] == ["result"]
    code, out, err = call(capfd, "run", str(other))
    assert code == 1
    assert "Another" in out


def test_limits_are_those_of_this_machine_and_told(capsule: Path, capfd, monkeypatch) -> None:
    monkeypatch.setenv("PRESSMARK_PARSE_CPU", "4")
    code, out, err = call(capfd, "run", str(capsule), "--json")
    assert (code, json.loads(out)["around"]) == (0, [{"name": "parse_cpu", "saved": 5.0, "now": 4.0}])
    assert "parse_cpu: 5.0 there, 4.0 here" in err


def of(**names: bytes) -> bytes:
    """A zip with these members, as any program writes it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in names.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def manifest(**changes: object) -> bytes:
    """A manifest of nothing."""
    plain = {"format": "pressmark-capsule", "v": 1, "versions": {}, "settings": {}, "model": {}, "pages": [], "members": {}}
    return json.dumps({**plain, **changes}).encode()


def bomb() -> bytes:
    """Sixteen gigabytes by what it says, one of them by what is in it."""
    said = {f"pages/{number:064x}": {"bytes": 1 << 30, "sha256": "0" * 64} for number in range(16)}
    held = {"model/manifest.json": b"", "results.jsonl": b""}
    members = {**said, **{name: {"bytes": 0, "sha256": hashlib.sha256(b"").hexdigest()} for name in held}}
    zeros = zipfile.ZIP_DEFLATED
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zeros) as archive:
        archive.writestr("manifest.json", manifest(members=members, pages=[name.removeprefix("pages/") for name in said]))
        for name, data in held.items():
            archive.writestr(name, data)
        for name in said:
            archive.writestr(name, bytes(1 << 20))
    return buffer.getvalue()


def escaping(name: str) -> bytes:
    data = {"manifest.json": b"", "model/manifest.json": b"", "results.jsonl": b"", name: b"x"}
    said = {
        name: {"bytes": len(held), "sha256": hashlib.sha256(held).hexdigest()} for name, held in data.items() if name != "manifest.json"
    }
    return of(**{**data, "manifest.json": manifest(members=said)})


PLAIN = of(**{"manifest.json": manifest()})
HOSTILE = {
    "nothing": b"",
    "no zip": b"hello " * 100,
    "another zip": of(**{"a.txt": b"a"}),
    "no object": of(**{"manifest.json": b"[1]"}),
    "a deep manifest": of(**{"manifest.json": b"[" * 200_000}),
    "an oversized manifest": of(**{"manifest.json": b" " * (9 << 20)}),
    "an infinite number": of(**{"manifest.json": manifest(settings={"parse_cpu": 1}).replace(b"1}", b"1e999}")}),
    "a newer one": of(**{"manifest.json": manifest(v=2)}),
    "a manifest with more": of(**{"manifest.json": manifest(more=1)}),
    "a member that is not there": of(**{"manifest.json": manifest(members={"pages/x": {"bytes": 1, "sha256": ""}})}),
    "a bomb": bomb(),
    "a way out": escaping("pages/../../../../tmp/x"),
    "an absolute path": escaping("/etc/cron.d/x"),
    "code": escaping("model/__init__.py"),
    "a pickle": escaping("model/x.pkl"),
    "a second list of members": of(**{"manifest.json": manifest()})[:-22]
    + b"PK\6\7"
    + bytes(16)
    + of(**{"manifest.json": manifest()})[-22:],
    "a long list of members": struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 60_000, 60_000, 1 << 31, 0, 0),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_one_line(name: str, tmp_path: Path, capfd) -> None:
    file = tmp_path / "hostile.capsule"
    file.write_bytes(HOSTILE[name])
    code, out, err = call(capfd, "run", str(file))
    assert (code, out) == (2, "")
    assert err.startswith(f"pressmark: {file}: expected a whole capsule, got another file: ")
    assert err.count("\n") == 1
    assert len(err) < len(str(file)) + 400


@pytest.mark.parametrize("at", [0.1, 0.5, 0.9, 0.999])
def test_a_byte_that_changed_is_found_before_anything_is_used(capsule: Path, tmp_path: Path, capfd, at: float) -> None:
    data = bytearray(capsule.read_bytes())
    data[int(len(data) * at)] ^= 0xFF
    file = tmp_path / "damaged.capsule"
    file.write_bytes(data)
    code, out, err = call(capfd, "run", str(file), "--results")
    assert (code, out, err.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("at", [0.2, 0.8, 0.9999])
def test_a_file_that_is_cut_is_refused(capsule: Path, tmp_path: Path, capfd, at: float) -> None:
    file = tmp_path / "cut.capsule"
    file.write_bytes(capsule.read_bytes()[: int(capsule.stat().st_size * at)])
    code, out, err = call(capfd, "run", str(file))
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_a_model_that_is_none_of_ours_is_refused(capsule: Path, tmp_path: Path, capfd) -> None:
    def change(held: dict[str, bytes]) -> None:
        held["model/manifest.json"] = held["model/manifest.json"].replace(b'"major": 1', b'"major": 9')

    file = rewritten(capsule, tmp_path / "model.capsule", change)
    code, out, err = call(capfd, "run", str(file))
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"pressmark: {file}: its model cannot be used: model: expected model format 1, got 9")


def test_an_array_of_objects_is_never_unpickled(capsule: Path, tmp_path: Path, capfd) -> None:
    mark = tmp_path / "executed"
    pickled = b"\x93NUMPY\x01\x00v\x00{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".ljust(128, b" ")
    pickled += b"cos\nsystem\n(S'touch " + str(mark).encode() + b"'\ntR."

    def change(held: dict[str, bytes]) -> None:
        model = json.loads(held["model/manifest.json"])
        held["model/idf.npy"] = pickled
        model["parts"]["idf"] = hashlib.sha256(pickled).hexdigest()
        model.pop("sha256")
        model["sha256"] = hashlib.sha256(json.dumps(model, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
        held["model/manifest.json"] = json.dumps(model).encode()

    file = rewritten(capsule, tmp_path / "pickle.capsule", change)
    code, out, err = call(capfd, "run", str(file))
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "its model cannot be used: model/idf.npy: expected an array of numbers" in err
    assert not mark.exists()


def test_a_page_that_is_no_page_is_refused(capsule: Path, tmp_path: Path, capfd) -> None:
    def change(held: dict[str, bytes]) -> None:
        last = [name for name in held if name.startswith("pages/")][-1]
        held[last] = held[last].replace(b'"status": 200', b'"status": {}', 1)

    file = rewritten(capsule, tmp_path / "page.capsule", change)
    code, out, err = call(capfd, "run", str(file), "--results")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"pressmark: {file}: expected a whole capsule, got another file: pages/")


@pytest.mark.parametrize("what", ["a folder", "a pipe", "nothing"])
def test_what_is_no_file_is_refused_at_once(what: str, tmp_path: Path, capfd) -> None:
    path = tmp_path / "x"
    if what == "a folder":
        path.mkdir()
    elif what == "a pipe":
        os.mkfifo(path)
    code, _, err = call(capfd, "run", str(path))
    assert (code, err.count("\n")) == (2, 1)


def test_a_capsule_overwrites_nothing_and_is_never_empty(shelf: Settings, capsule: Path, tmp_path: Path, capfd, monkeypatch) -> None:
    monkeypatch.setenv("PRESSMARK_DATA_DIR", str(shelf.data_dir))
    before = capsule.read_bytes()
    code, _, err = call(capfd, "save", str(capsule))
    assert (code, err) == (2, f"pressmark: {capsule}: expected a file that is not there yet\n")
    assert capsule.read_bytes() == before
    target = tmp_path / "empty.capsule"
    code, _, err = call(capfd, "save", str(target), "--host", "h3.test")
    assert (code, err) == (2, "pressmark: expected articles with kept pages (PRESSMARK_KEEP_PAGES), got 1 without any\n")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_page_is_told_and_left_out(shelf: Settings, tmp_path: Path, capfd, monkeypatch) -> None:
    monkeypatch.setenv("PRESSMARK_DATA_DIR", str(shelf.data_dir))
    services = Services(shelf)
    page = page_of("https://h1.test/1", BODIES[1])
    file = path_of(archive_of(shelf.data_dir), hashlib.sha256(record_of(page)).hexdigest())
    whole = file.read_bytes()
    try:
        file.write_bytes(b"damaged")
        code, out, err = call(capfd, "save", str(tmp_path / "x.capsule"), "--json")
    finally:
        file.write_bytes(whole)
        services.close()
    assert (code, json.loads(out)["lost"], json.loads(out)["pages"]) == (1, 1, 2)
    assert "1 kept pages are damaged or gone" in err
