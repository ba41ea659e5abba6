"""The plan of the house: few modules a folder, short files, names of the field, and letters of other scripts in data only."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("pressmark", "worker", "classifier", "training", "benchmarks")
FOLDERS = sorted({path.parent for package in PACKAGES for path in (ROOT / package).rglob("*.py")})
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

TOP_OF_WORKER = 12
FILES_A_FOLDER = 12
MAX_LINES = 300
LARGER_FOLDERS = {"worker/storage", "worker/cli", "worker/operations", "worker/fetch"}
"""One file a table or question, a command, a subject of commands, and the parts of one request: a folder more is one more name."""

FIELD_TERMS = set(Path(__file__).with_name("field_terms.txt").read_text(encoding="utf-8").split())
"""Words of which module names are made: terms of the field, or words that ARCHITECTURE's glossary explains."""


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_top_of_worker_stays_small() -> None:
    assert len(list((ROOT / "worker").glob("*.py"))) <= TOP_OF_WORKER


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_a_folder_can_be_taken_in_at_a_glance(folder: Path) -> None:
    files = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
    assert len(files) <= FILES_A_FOLDER or name(folder) in LARGER_FOLDERS


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_no_folder_bears_the_name_of_a_module_beside_it(folder: Path) -> None:
    assert not folder.with_suffix(".py").exists()


@pytest.mark.parametrize("file", FILES, ids=name)
def test_a_file_is_short(file: Path) -> None:
    assert file.read_text(encoding="utf-8").count("\n") <= MAX_LINES


@pytest.mark.parametrize("file", FILES, ids=name)
def test_a_module_is_named_by_words_of_the_field(file: Path) -> None:
    words = set(re.findall(r"[a-z]+", file.stem))
    glossary = set(re.findall(r"[a-z]+", (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").split("## Glossary", 1)[1]))
    revision = file.parent.name == "versions"
    assert revision or file.stem.startswith("__") or words - FIELD_TERMS - glossary == set()


@pytest.mark.parametrize("file", FILES, ids=name)
def test_a_module_says_what_it_does(file: Path) -> None:
    first = (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").split("\n")[0]
    assert first, "expected a docstring"
    # "Noun participle: a riddle" was the old form; a colon after two or three words gives it away
    assert not re.match(r"(?:\w+ ){1,3}\w*(?:ed|en|ld|pt|wn): ", first), first
