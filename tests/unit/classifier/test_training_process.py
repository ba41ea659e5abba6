"""The same seeds give the same bytes, whatever chooses loops, threads and orders where the training is started."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from classifier.errors import BadCall, BadSeeds, ClassifierError
from classifier.training_process import environment, rebuild
from tests.conftest import ROOT


def bytes_of(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a model."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def set_environment(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name in [name for name in os.environ if name.startswith(("OPENBLAS_", "OMP_", "NPY_"))]:
        monkeypatch.delenv(name)
    for name, value in values.items():
        monkeypatch.setenv(name, value)


OTHER_ENVIRONMENTS = {
    "older processor": {"OPENBLAS_CORETYPE": "Nehalem", "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"},
    "threads and hash order": {"OPENBLAS_CORETYPE": "Haswell", "OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2", "PYTHONHASHSEED": "7"},
}


@pytest.mark.parametrize("other", OTHER_ENVIRONMENTS)
def test_the_same_seeds_give_the_same_bytes_in_every_environment(
    other: str, trained: Path, few_seeds_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a model that was trained in this environment; when another names other loops, threads and orders
    set_environment(monkeypatch, OTHER_ENVIRONMENTS[other])
    rebuild(few_seeds_folder, tmp_path / "model", "carded", lambda *_: None)
    # Then every file of its model has the same bytes
    assert bytes_of(tmp_path / "model") == bytes_of(trained)


def test_numpy_and_openblas_run_the_loops_that_every_processor_has() -> None:
    told = (
        "import numpy, scipy.linalg, threadpoolctl\n"
        "print(numpy.show_config(mode='dicts')['SIMD Extensions'].get('found', []))\n"
        "print({(pool.get('architecture'), pool['num_threads']) for pool in threadpoolctl.threadpool_info()})\n"
    )
    callers = {**os.environ, "NPY_DISABLE_CPU_FEATURES": "", "OPENBLAS_CORETYPE": "SkylakeX"}
    done = subprocess.run([sys.executable, "-c", told], env=environment(callers), capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "{('Nehalem', 1)}"]


def test_what_the_child_says_reaches_the_caller(few_seeds_folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    # Given rows of other features beside seeds that are too few
    seeds = tmp_path / "seeds"
    shutil.copytree(few_seeds_folder, seeds)
    lines = (seeds / "few.jsonl").read_text(encoding="utf-8").splitlines()
    (seeds / "few.jsonl").write_text("\n".join(lines[:10]), encoding="utf-8")
    (seeds / "real").mkdir()
    (seeds / "real" / "manifest.json").write_text('{"format": "pressmark-feature-rows", "parts": {}, "features": "0"}')
    # When a model is to be trained, then the error and the warning are the caller's, and nothing is written
    with caplog.at_level(logging.WARNING), pytest.raises(BadSeeds, match="expected at least 60 seeds to train, got 10"):
        rebuild(seeds, tmp_path / "model", None, lambda *_: None)
    assert "training goes on without them" in caplog.text
    assert not (tmp_path / "model").exists()


def test_a_folder_of_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "diary.txt").write_text("mine")
    with pytest.raises(BadCall, match="expected a model folder or an empty one, found other files"):
        rebuild(ROOT / "seeds", tmp_path, None, lambda *_: None)


def children() -> set[int]:
    """The processes that this one started and that still run."""
    listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii")
    return set(map(int, listed.split()))


def test_a_child_that_is_ended_from_outside_is_told_in_one_line(few_seeds_folder: Path, tmp_path: Path) -> None:
    before = children()

    def end(*_: object) -> None:
        for process in children() - before:
            os.kill(process, signal.SIGKILL)

    with pytest.raises(ClassifierError, match="expected the training process to write a model, got its exit code -9"):
        rebuild(few_seeds_folder, tmp_path / "model", None, end)
    assert not (tmp_path / "model").exists()


def test_a_caller_that_gives_up_leaves_no_child(few_seeds_folder: Path, tmp_path: Path) -> None:
    before = children()

    def give_up(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(few_seeds_folder, tmp_path / "model", None, give_up)
    assert children() == before
