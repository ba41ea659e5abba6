"""Runs the lab once for all its tests, in a namespace of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab.net import can_unshare
from tests.lab.table import REPORTS, ROOT


def _play(module: str, shared: Path, *more: str) -> dict:
    """The report of one module of the lab, which is kept for the table; its output is shown where it fails."""
    if not can_unshare():
        if os.environ.get("CI"):
            pytest.fail("CI must be able to make a network namespace")
        pytest.skip("no network namespace can be made here")
    REPORTS.mkdir(parents=True, exist_ok=True)
    report = REPORTS / f"{module}.json"
    report.unlink(missing_ok=True)
    command = ["unshare", "-n", "-m", "--fork", "--kill-child", sys.executable, "-m", module, str(report), "--shared", str(shared), *more]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=900)
    assert report.exists(), done.stderr[-3000:]
    return json.loads(report.read_text())


@pytest.fixture(scope="session")
def hostile(shared: Path) -> dict:
    """The report on hostile servers: every variant beside honest fetches, and in the full form alone as well."""
    full = os.environ.get("PRESSMARK_TEST_LAB") == "full"
    return _play("tests.lab.run", shared, *([] if full else ["--quick"]))


@pytest.fixture(scope="session")
def urls(shared: Path) -> dict:
    """The report on URLs."""
    return _play("tests.lab.ssrf", shared)
