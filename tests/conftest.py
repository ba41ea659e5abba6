"""What every test may use: the shared material, and real servers that the tests start themselves."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ONE_BLAS_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
for name in ONE_BLAS_THREAD:  # before anything imports numpy: processes share the cores, and threads that wait for each other spin
    os.environ.setdefault(name, "1")

ROOT = Path(__file__).resolve().parent.parent


def missing(what: str) -> None:
    """Skips at home and fails in CI, where everything must be there."""
    if os.environ.get("CI"):
        pytest.fail(f"CI must have {what}")
    pytest.skip(f"no {what} here")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared material: real pages, cases, documents."""
    folder = Path(os.environ.get("PRESSMARK_TEST_SHARED", ROOT.parent / "shared"))
    if not folder.is_dir():
        missing("shared material (PRESSMARK_TEST_SHARED)")
    return folder.resolve()
