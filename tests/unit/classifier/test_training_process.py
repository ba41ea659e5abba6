"""The same seeds give the same bytes, whatever chooses loops, threads and orders where the training is started."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from classifier.child_process import environment
from classifier.cli import main
from classifier.errors import BadCall, BadSeeds, ClassifierError
from classifier.report import card
from classifier.training import commands, learning_curve
from classifier.training_process import rebuild
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


@pytest.mark.parametrize("other", OTHER_ENVIRONMENTS)
def test_the_same_model_has_the_same_card_in_every_environment(
    other: str, trained: Path, few_seeds_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given the card of a model; when it is made where other loops, threads and orders are named
    here = card.gather(trained, few_seeds_folder)
    set_environment(monkeypatch, OTHER_ENVIRONMENTS[other])
    # Then it has the same bytes
    assert card.gather(trained, few_seeds_folder) == here


def articles_of(seeds: Path, file: Path) -> Path:
    """A file of some labelled articles."""
    file.write_text("\n".join((seeds / "few.jsonl").read_text(encoding="utf-8").splitlines()[:8]), encoding="utf-8")
    return file


def test_no_figure_is_computed_in_the_process_of_the_caller(
    trained: Path, few_seeds_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a caller whose own arithmetic would be seen at once
    def computed_here(*_: object, **__: object) -> None:
        raise AssertionError("computed by the caller")

    for module, name in ((commands, "predict"), (commands, "train"), (commands, "evaluate"), (learning_curve, "train"), (card, "evaluate")):
        monkeypatch.setattr(module, name, computed_here)
    on = str(articles_of(few_seeds_folder, tmp_path / "on.jsonl"))
    # When it asks for figures and for a card, then they are computed elsewhere
    steps: list[str] = []
    assert commands.cross_validate(few_seeds_folder, lambda step, *_: steps.append(step)).articles > 60
    assert {"fold", "all articles"} <= set(steps)
    assert main(["evaluate", "--on", on, "--model", str(trained), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["articles"] == 8
    call = ["card", "--seeds", str(few_seeds_folder), "--model", str(trained), "--on", on, "--out", str(tmp_path / "card")]
    assert main(call) == 0
    assert "## On 8 other texts" in (tmp_path / "card" / "card.md").read_text(encoding="utf-8")


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


def test_a_measuring_child_that_is_ended_from_outside_is_told_in_one_line(
    few_seeds_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = children()

    def end(*_: object) -> None:
        for process in children() - before:
            os.kill(process, signal.SIGKILL)

    monkeypatch.setattr("classifier.cli._Clock.__call__", end)
    assert main(["evaluate", "--seeds", str(few_seeds_folder)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "error: expected the measuring process to return figures, got its exit code -9\n"


def test_ctrl_c_ends_the_child_that_measures(few_seeds_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = children()

    def give_up(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("classifier.cli._Clock.__call__", give_up)
    assert main(["evaluate", "--seeds", str(few_seeds_folder)]) == 130
    assert children() == before


def test_a_caller_that_gives_up_leaves_no_child(few_seeds_folder: Path, tmp_path: Path) -> None:
    before = children()

    def give_up(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(few_seeds_folder, tmp_path / "model", None, give_up)
    assert children() == before
