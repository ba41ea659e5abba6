"""The demonstration as a user meets it: one command, an empty folder, and every page to its end."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from worker.demo.site import expected

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
"""Seconds before a test gives up; a run takes about fifteen."""


def environment(folder: Path) -> dict[str, str]:
    """Nothing of ours from outside, temporary files where the test sees them."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("PRESSMARK_")}
    return {**own, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", "TMPDIR": str(folder / "tmp"), "HOME": str(folder)}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "worker", *arguments]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty home with an empty place for temporary files."""
    (tmp_path / "tmp").mkdir()
    return tmp_path


def left_behind(folder: Path) -> list[Path]:
    return list(folder.rglob("*pressmark*"))


def test_every_page_ends_as_expected_in_one_json_document_and_nothing_is_left(folder: Path) -> None:
    # When the demonstration runs where nothing was set up
    done = subprocess.run(
        command("demo", "--json"), env=environment(folder), cwd=folder, capture_output=True, timeout=PATIENCE, check=False
    )
    # Then every page is in the one document, each with its outcome, and the books are balanced
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    document = json.loads(done.stdout)
    assert list(document) == ["results", "queues"]
    assert len(document["results"]) == len(expected())
    assert document["queues"]["balanced"] is True
    assert Counter(result["outcome"] for result in document["results"]) == outcomes_with_one_copy()
    # And nothing stays on the disk
    assert left_behind(folder) == []


def outcomes_with_one_copy() -> Counter[str]:
    """How often each outcome is expected; one of the two copies, whichever comes second, is the duplicate."""
    outcomes = Counter(page.outcome for page in expected())
    outcomes.subtract(["stored"])
    outcomes.update(["duplicate"])
    return outcomes


@contextmanager
def kept(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """`demo --keep`, once its table is out: the process, and the data folder that it names."""
    process = subprocess.Popen(
        command("demo", "--keep"), env=environment(folder), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr
    try:
        told: Any = None
        while told is None:
            line = process.stderr.readline().decode()
            assert line, "the demonstration ended by itself"
            told = re.search(r"PRESSMARK_DATA_DIR=(\S+)", line)
        yield process, Path(told[1])
    finally:
        if process.poll() is None:
            process.kill()
        process.stderr.close()
        process.wait()


def test_kept_running_it_can_be_looked_into_until_it_is_told_to_stop(folder: Path) -> None:
    with kept(folder) as (process, data):
        # When another command looks in
        looked = subprocess.run(
            command("queues", "--json"),
            env={**environment(folder), "PRESSMARK_DATA_DIR": str(data)},
            capture_output=True,
            timeout=PATIENCE,
            check=True,
        )
        # Then it sees the ledger of the demonstration
        assert json.loads(looked.stdout)["ledger"]["accepted"] == len(expected())
        # And when it is told to stop, it cleans up
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    assert left_behind(folder) == []
