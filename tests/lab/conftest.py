"""Runs the lab once for all its tests, in a namespace of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab.net import can_unshare

ROOT = Path(__file__).resolve().parents[2]


def _play(module: str, shared: Path, folder: Path, *more: str) -> dict:
    """The report of one module of the lab; its output is shown where it fails."""
    if not can_unshare():
        if os.environ.get("CI"):
            pytest.fail("CI must be able to make a network namespace")
        pytest.skip("no network namespace can be made here")
    report = folder / "report.json"
    command = ["unshare", "-n", "-m", "--fork", "--kill-child", sys.executable, "-m", module, str(report), "--shared", str(shared), *more]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=900)
    assert report.exists(), done.stderr[-3000:]
    return json.loads(report.read_text())


@pytest.fixture(scope="session")
def hostile(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict:
    """The report on hostile servers: every variant beside honest fetches, and in the full form alone as well."""
    full = os.environ.get("PRESSMARK_TEST_LAB") == "full"
    return _play("tests.lab.run", shared, tmp_path_factory.mktemp("hostile"), *([] if full else ["--quick"]))


@pytest.fixture(scope="session")
def urls(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict:
    """The report on URLs."""
    return _play("tests.lab.ssrf", shared, tmp_path_factory.mktemp("urls"))
