"""Read a model's arrays from the files of its folder, checked and in bounded memory; nothing outside the folder is read."""

from __future__ import annotations

import hashlib
import io
import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifier.errors import BadModel
from classifier.regular_file import read_regular

PART_LIMIT = 256 * 1024 * 1024
"""Bytes of one array's file: 200 times the largest of the model that ships."""
PART_NAME = re.compile(r"\w+")


def part_path(folder: Path, name: str) -> Path:
    """The file of an array, which lies in the model's own folder; raises BadModel for a name or a link that leads elsewhere."""
    path = folder / f"{name}.npy"
    if PART_NAME.fullmatch(name) is None or not path.resolve().is_relative_to(folder.resolve()):
        raise BadModel(f"{folder}: expected arrays inside the folder, got {name!r:.80}")
    return path


def read_part(folder: Path, name: str) -> bytes:
    """The bytes of an array's file. Raises BadModel."""
    path = part_path(folder, name)
    try:
        return read_regular(path, PART_LIMIT)
    except (OSError, ValueError) as error:
        raise BadModel(f"{path}: expected an array of the model, got {getattr(error, 'strerror', None) or error}") from error


def read_array(folder: Path, name: str, digest: str) -> NDArray[np.generic]:
    """An array of the model, mapped from its file after its digest is checked. Raises BadModel."""
    path = part_path(folder, name)
    if hashlib.sha256(read_part(folder, name)).hexdigest() != digest:
        raise BadModel(f"{path}: damaged, its SHA-256 is not the manifest's")
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError, OverflowError, MemoryError) as error:
        raise BadModel(f"{path}: expected an array of numbers in NumPy's format, got something else") from error
    if not isinstance(array, np.ndarray):
        raise BadModel(f"{path}: expected one array, got an archive of several")
    return array


def npy(array: NDArray[np.generic]) -> bytes:
    """An array in NumPy's format."""
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.ascontiguousarray(array), allow_pickle=False)
    return buffer.getvalue()
