"""Model folders that are broken in one way each, with every digest right, as somebody who hands over a model could make them."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from classifier.model.artifact import default_folder

PART = "idf"
"""Inverse document frequencies: one number a term."""
WEIGHTS = "article_weights"
HUGE = 300 * 1024 * 1024
"""Bytes of a manifest: the one that ships has 14 KB."""


def sound_model(folder: Path) -> Path:
    """A copy of the model that ships."""
    shutil.copytree(default_folder(), folder)
    return folder


def seal(folder: Path, *, text: str | None = None, **changed: Any) -> None:
    """Writes the manifest again, with the digests that belong to it; `text` is what stands in the file instead."""
    manifest = json.loads((folder / "manifest.json").read_text()) | changed
    for name in manifest["parts"]:
        part = folder / f"{name}.npy"
        if part.is_file():
            manifest["parts"][name] = hashlib.sha256(part.read_bytes()).hexdigest()
    del manifest["sha256"]
    manifest["sha256"] = hashlib.sha256(json.dumps(manifest, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    (folder / "manifest.json").write_text(text or json.dumps(manifest, ensure_ascii=False))


def replaced(name: str, change: Callable[[Any], Any]) -> Callable[[Path], None]:
    """One array put in another's place, and the manifest sealed."""

    def spoil(folder: Path) -> None:
        part = folder / f"{name}.npy"
        np.save(part, change(np.load(part)), allow_pickle=True)
        seal(folder)

    return spoil


def filled(value: float) -> Callable[[Any], Any]:
    """The same array with one number everywhere."""
    return lambda array: np.full_like(array, value)


def _absurd_shape(folder: Path) -> None:
    """A header that promises a terabyte."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f4", "fortran_order": False, "shape": (10**12,)})
    (folder / f"{PART}.npy").write_bytes(header.getvalue() + b"\0" * 64)
    seal(folder)


def _outside(folder: Path) -> None:
    """A part that names a file of another folder."""
    np.save(folder.parent / "outside.npy", np.zeros(3))
    parts = json.loads((folder / "manifest.json").read_text())["parts"]
    digest = hashlib.sha256((folder.parent / "outside.npy").read_bytes()).hexdigest()
    seal(folder, parts={**parts, "../outside": digest})


def _instead(name: str, make: Callable[[Path], None]) -> Callable[[Path], None]:
    """Something that is no file, in a file's place."""

    def spoil(folder: Path) -> None:
        (folder / name).unlink()
        make(folder / name)

    return spoil


def _huge_manifest(folder: Path) -> None:
    """Of zeros that take no space on the disk."""
    with (folder / "manifest.json").open("r+b") as file:
        file.truncate(HUGE)


def _text(change: Callable[[str], str]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        manifest = folder / "manifest.json"
        manifest.write_text(change(manifest.read_text()))

    return spoil


def _cuts(value: Any) -> Callable[[Path], None]:
    return lambda folder: seal(folder, cuts=[[value, value, value]] * 4)


BROKEN: dict[str, Callable[[Path], None]] = {
    "array of objects": replaced(PART, lambda array: np.array([{"a": 1}] * len(array), dtype=object)),
    "array of texts": replaced(PART, lambda array: np.array(["a"] * len(array))),
    "array of complex numbers": replaced(PART, lambda array: array.astype(complex)),
    "shape of a million million": _absurd_shape,
    "shape too short": replaced(PART, lambda array: array[:10]),
    "shape of two more dimensions": replaced(PART, lambda array: array[:, None, None]),
    "an empty array": replaced(WEIGHTS, lambda array: array[:0]),
    "no array at all": lambda folder: ((folder / f"{PART}.npy").write_bytes(b"hello"), seal(folder))[1],
    "weights that are NaN": replaced(WEIGHTS, filled(float("nan"))),
    "weights that are infinite": replaced(WEIGHTS, filled(float("inf"))),
    "frequencies that are NaN": replaced(PART, filled(float("nan"))),
    "cuts that are words": _cuts("high"),
    "cuts that are NaN": _cuts(float("nan")),
    "cuts that are missing": lambda folder: seal(folder, cuts=[]),
    "parts that are a list": lambda folder: seal(folder, text='{"format": "pressmark-model", "major": 1, "parts": []}'),
    "a part outside": _outside,
    "a part that is a pipe": _instead(f"{PART}.npy", os.mkfifo),
    "a part that is a folder": _instead(f"{PART}.npy", Path.mkdir),
    "a part that is a device": _instead(f"{PART}.npy", lambda path: path.symlink_to("/dev/zero")),
    "a manifest that is a pipe": _instead("manifest.json", os.mkfifo),
    "a manifest that is a folder": _instead("manifest.json", Path.mkdir),
    "a manifest that is a device": _instead("manifest.json", lambda path: path.symlink_to("/dev/zero")),
    "a manifest of 300 MB": _huge_manifest,
    "a manifest of 100,000 brackets": _text(lambda text: '{"format": ' + "[" * 100_000),
    "a number of 5,000 digits": _text(lambda text: text.replace('"major": 1', '"major": ' + "9" * 5000)),
    "no UTF-8": lambda folder: (folder / "manifest.json").write_bytes(b"\xff\xfe\xfd"),
    "major that is a list": _text(lambda text: text.replace('"major": 1', '"major": [1]')),
}
