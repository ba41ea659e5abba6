"""The libraries that browsers load are the files that vendor.toml names, and each has its licence beside it."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import pytest

from worker.dashboard.view import assets

FOLDER = Path(assets.FOLDER) / "vendor"
PACKAGES = tomllib.loads((FOLDER / "vendor.toml").read_text(encoding="utf-8"))["package"]
FILES = {name: file["sha256"] for package in PACKAGES for name, file in package["files"].items()}


@pytest.mark.parametrize("name", FILES)
def test_a_vendored_file_is_the_one_that_was_noted(name: str) -> None:
    assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == FILES[name]


def test_no_file_stands_there_that_nobody_noted() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {*FILES, "vendor.toml"}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_each_package_names_its_version_and_brings_its_licence(package: dict[str, object]) -> None:
    assert package["version"]
    assert package["licence"] in ("MIT", "0BSD")
    assert any(str(name).endswith("LICENSE.txt") for name in package["files"])


def test_a_file_is_served_under_a_name_that_changes_with_its_content() -> None:
    for name, asset in assets.assets().items():
        digest = hashlib.sha256((assets.FOLDER / name).read_bytes()).hexdigest()[:12]
        assert digest in asset.served_as
