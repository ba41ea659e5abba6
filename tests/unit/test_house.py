"""The house rules: who may import whom, nothing unpickled, no script run in Redis, no trace of one machine."""

import keyword
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from worker.cli.main import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [*(ROOT / "pressmark").rglob("*.py"), *(ROOT / "worker").rglob("*.py"), *(ROOT / "classifier").rglob("*.py")]

PROCESS_ROOMS = {"pipeline", "processes", "celery_app.py"}

FORBIDDEN = re.compile(
    r"\b(import|from) (c?pickle|joblib|dill|marshal|shelve)\b|allow_pickle=True|\.register_script\(|\.eval\(|yaml\.load\(|\beval\(|\bexec\("
)


def lint_imports(tree: Path) -> int:
    """The verdict of the contracts on a tree: 0 where they are kept."""
    command = [Path(sys.executable).parent / "lint-imports", "--no-cache"]
    environment = {"PYTHONPATH": str(tree), "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, check=False).returncode


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of all packages and their contracts."""
    for name in ("pressmark", "worker", "classifier", "training", "benchmarks"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.npy", "*.html"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_hold_on_the_tree_as_it_is(tree: Path) -> None:
    assert lint_imports(tree) == 0


@pytest.mark.parametrize(
    ("file", "planted"),
    [
        ("classifier/labels.py", "import worker.messages"),
        ("classifier/labels.py", "def late():\n    import redis"),
        ("worker/messages.py", "from worker import queues"),
        ("worker/extract/__init__.py", "import requests"),
        ("worker/extract/__init__.py", "from worker import fetch"),
        ("worker/intake/__init__.py", "import classifier.predict"),
        ("worker/intake/feeds.py", "from worker.storage import for_intake"),
        ("worker/pipeline/keeper.py", "import sqlalchemy"),
        ("worker/pipeline/dispatcher.py", "import celery"),
        ("worker/operations/trace.py", "import click"),
        ("worker/operations/trace.py", "def late():\n    from worker.cli import main"),
        ("worker/unplaced.py", "import json"),
        ("worker/extract/__init__.py", "import training.truth"),
        ("worker/models/__init__.py", "def late():\n    import benchmarks.label"),
        ("worker/pipeline/keeper.py", "from tests.integration.parts import samples"),
        ("classifier/labels.py", "import training"),
        ("classifier/training/__init__.py", "from benchmarks import label"),
        ("worker/operations/trace.py", "import pressmark"),
        ("pressmark/pages.py", "import requests"),
        ("pressmark/client.py", "def late():\n    from worker.cli import main"),
        ("training/truth.py", "from worker.storage import ledger"),
        ("training/truth.py", "from worker.messages import Article"),
        ("training/truth.py", "import benchmarks.extraction.gate"),
        ("training/truth.py", "from tests.integration.parts import samples"),
    ],
)
def test_a_planted_import_breaks_the_contracts(tree: Path, file: str, planted: str) -> None:
    with (tree / file).open("a", encoding="utf-8") as source:
        source.write(f"\n{planted}\n")
    assert lint_imports(tree) == 1


def test_the_contract_on_training_names_every_part_of_the_worker_but_extraction() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    [forbidden] = [contract["forbidden_modules"] for contract in contracts if contract["name"].startswith("training knows")]
    found = {
        path.name.removesuffix(".py") for path in (ROOT / "worker").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert set(forbidden) == {f"worker.{name}" for name in found - {"__init__", "extract"}}


def test_each_file_of_commands_is_one_command() -> None:
    files = {path.stem for path in (ROOT / "worker" / "cli").glob("*.py")} - {"__init__", "main"}
    assert files == {name + "_" * keyword.iskeyword(name) for name in COMMANDS}


def test_processes_are_built_by_their_own_builders_and_only_commands_use_lazy_services() -> None:
    rooms = [path for path in (ROOT / "worker").rglob("*.py") if path.relative_to(ROOT / "worker").parts[0] in PROCESS_ROOMS]
    found = [path for path in rooms if re.search(r"from worker\.bootstrap(\.commands)? import", path.read_text(encoding="utf-8"))]
    assert rooms
    assert found == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_source_unpickles_evaluates_or_scripts_redis(source: Path) -> None:
    text = source.read_text(encoding="utf-8")
    assert FORBIDDEN.search(text) is None


def test_no_file_names_the_machine_it_was_written_on() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if tracked.returncode:
        pytest.skip("not a git checkout")
    home = str(Path.home())
    for name in filter(None, tracked.stdout.decode().split("\0")):
        content = (ROOT / name).read_bytes()
        assert home.encode() + b"/" not in content or home == "/", name


def test_what_is_marked_lab_is_where_make_test_looks_for_it() -> None:
    marked = [path for path in (ROOT / "tests").rglob("test_*.py") if "pytest.mark." + "lab" in path.read_text(encoding="utf-8")]
    assert marked
    assert {path.parent for path in marked} == {ROOT / "tests" / "lab"}
