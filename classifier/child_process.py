"""Compute in a process of its own, whose arithmetic is the same whoever starts it: the same seeds give the same bytes and figures.

NumPy, OpenBLAS and the C library choose their loops by processor when they are loaded, and threads sum in another order. So what
they choose by is set before the process begins, to what every x86-64 processor of the last fifteen years has.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, TypeAlias, TypeVar

import numpy as np

from classifier import errors
from classifier.errors import ClassifierError

Progress: TypeAlias = Callable[[str, int, int], None]
"""Is called with the name of a step, its number from 1, and the number of steps."""

log = logging.getLogger(__name__)

PACKAGES = Path(__file__).resolve().parents[1]
"""Where the running `classifier` lies: the child must not import another that is installed too."""
CHOOSE_LOOPS = ("OPENBLAS_", "GOTO_", "OMP_", "MKL_", "NPY_", "GLIBC_TUNABLES", "PYTHONHASHSEED")
"""Beginnings of the variables by which libraries choose loops, threads and orders; none of the caller's is handed on."""
FIXED = {
    "OPENBLAS_CORETYPE": "Nehalem",  # needs no AVX, like NumPy's baseline; OpenBLAS for other machines than x86 passes over it
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX,-AVX2,-FMA,-FMA4,-AVX_Usable,-AVX2_Usable,-FMA_Usable,-FMA4_Usable",  # exp and log
    "PYTHONHASHSEED": "0",
}

Result = TypeVar("Result")


def compute(work: Callable[..., Result], arguments: list[str | None], progress: Progress, aim: str) -> Result:
    """What `work` returns for `arguments`, computed in a child process; raises the ClassifierError that it raises.

    `work` is a function at the top of a module that takes the arguments and, last, a Progress, and returns what JSON has. `aim` is what
    it is to do, for the message where it is ended from outside.
    """
    call = json.dumps([work.__module__, work.__qualname__, arguments])
    with subprocess.Popen(  # noqa: S603 - this program itself
        [sys.executable, "-W", "ignore::ImportWarning", "-m", __name__, call],  # NumPy warns of features that a processor lacks
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(os.environ),
        encoding="utf-8",
        start_new_session=True,  # Ctrl-C reaches the parent alone, which ends the child
    ) as process:
        try:
            results: list[Result] = _follow(process.stdout, progress)
        except BaseException:
            process.kill()
            raise
    if process.returncode or not results:
        raise ClassifierError(f"expected the {aim}, got its exit code {process.returncode}")
    return results[0]


def environment(callers: Mapping[str, str]) -> dict[str, str]:
    """The child's environment: the caller's, without what chooses loops, and with FIXED."""
    kept = {name: value for name, value in callers.items() if not name.startswith(CHOOSE_LOOPS)}
    path = os.pathsep.join(filter(None, [str(PACKAGES), callers.get("PYTHONPATH")]))
    return kept | FIXED | {"NPY_DISABLE_CPU_FEATURES": " ".join(_beyond_baseline()), "PYTHONPATH": path}


def _beyond_baseline() -> list[str]:
    """The processor features for which NumPy has loops of their own, whether this processor has them or not."""
    features = np.show_config(mode="dicts")["SIMD Extensions"]
    return [*features.get("found", []), *features.get("not found", [])]


def _follow(lines: IO[str] | None, progress: Progress) -> list[Result]:
    """Hands on what the child reports, and raises the error that it ended with; returns its results, none or one."""
    results: list[Result] = []
    for line in lines or ():
        kind, *values = json.loads(line)
        if kind == "step":
            progress(*values)
        elif kind == "warning":
            log.warning("%s", *values)
        elif kind == "result":
            results += values
        else:
            raise _error(*values)
    return results


def _error(name: str, message: str) -> ClassifierError:
    found: type[ClassifierError] = getattr(errors, name)
    return found(message)


def _report(kind: str, *values: object) -> None:
    print(json.dumps([kind, *values]), flush=True)  # noqa: T201 - the parent reads it


class _Warnings(logging.Handler):
    """Reports warnings to the parent, whose log they belong to."""

    def emit(self, record: logging.LogRecord) -> None:
        """One warning."""
        _report("warning", record.getMessage())


def _end_with_parent() -> None:
    """Ends the process when standard input does: whoever started it is gone."""
    sys.stdin.read()
    os._exit(1)


def main(call: str) -> None:
    """Does what `compute` asked."""
    module, name, arguments = json.loads(call)
    logging.basicConfig(level=logging.WARNING, handlers=[_Warnings()])
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        work: Callable[..., object] = getattr(importlib.import_module(module), name)
        _report("result", work(*arguments, lambda step, number, steps: _report("step", step, number, steps)))
    except ClassifierError as error:
        _report("error", type(error).__name__, str(error))


if __name__ == "__main__":
    main(sys.argv[1])
