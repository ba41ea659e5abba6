"""Check what a model's files hold, beyond their digests: types, shapes, and numbers that are finite."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import cast

import numpy as np
from numpy.typing import NDArray

from classifier.model.outlets import KINDS


def expect_manifest(manifest: Mapping[str, object]) -> None:
    """Raises ValueError, naming the entry, for a manifest whose entries are not of their kinds."""
    name = manifest.get("id")
    if not isinstance(name, str) or not name.isprintable():
        raise ValueError(f"`id`: expected a name, got {_short(name)}")
    for key in ("source_sure", "least_near", "usual_near"):
        _expect_number(key, manifest.get(key))
    topics = manifest.get("topics")
    _expect_thresholds(manifest.get("cuts"), len(topics) if isinstance(topics, list) else 0)
    for key in ("parts", "resources"):
        _expect_texts(key, manifest.get(key))
    _expect_outlets(manifest.get("outlets", {}))
    _expect_languages(manifest.get("languages"))


def _expect_number(key: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError(f"`{key}`: expected a finite number, got {_short(value)}")


def _expect_thresholds(value: object, topics: int) -> None:
    if not isinstance(value, list) or len(value) != topics:
        raise ValueError(f"`cuts`: expected {topics} thresholds, got {_short(value)}")
    for threshold in value:
        if not isinstance(threshold, list) or len(threshold) != 3:
            raise ValueError(f"`cuts`: expected three numbers for each topic, got {_short(threshold)}")
        for number in threshold:
            _expect_number("cuts", number)


def _expect_texts(key: str, value: object) -> None:
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise ValueError(f"`{key}`: expected an object of texts, got {_short(value)}")


def _expect_outlets(value: object) -> None:
    if not isinstance(value, dict) or not all(source in KINDS for source in value.values()):
        raise ValueError(f"`outlets`: expected a source type for each outlet, got {_short(value)}")


def _expect_languages(value: object) -> None:
    lists = value.values() if isinstance(value, dict) else ()
    if not isinstance(value, dict) or not all(isinstance(words, list) and all(isinstance(word, str) for word in words) for words in lists):
        raise ValueError(f"`languages`: expected a list of words for each language, got {_short(value)}")


def _short(value: object) -> str:
    return repr(value)[:80]


def numbers(arrays: Mapping[str, NDArray[np.generic]], name: str, *shape: int | None) -> NDArray[np.float32]:
    """The array of that name, of real finite numbers and of this shape (None: any length but 0). Raises KeyError, ValueError."""
    array = arrays[name]
    if array.dtype.kind != "f":
        raise ValueError(f"{name}.npy: expected real numbers, got {array.dtype}")
    if array.ndim != len(shape) or not all(_fits(found, wanted) for found, wanted in zip(array.shape, shape, strict=True)):
        raise ValueError(f"{name}.npy: expected the shape {_shape(shape)}, got {_shape(array.shape)}")
    floats = cast("NDArray[np.float32]", array)  # models are saved in float32; float64 serves as well
    if not np.isfinite(floats).all():
        raise ValueError(f"{name}.npy: expected finite numbers, got NaN or infinity")
    return floats


def _fits(found: int, wanted: int | None) -> bool:
    return found > 0 if wanted is None else found == wanted


def _shape(shape: tuple[int | None, ...]) -> str:
    return " x ".join("any" if length is None else str(length) for length in shape)


def letters(arrays: Mapping[str, NDArray[np.generic]], name: str) -> str:
    """The text whose UTF-8 bytes the array of that name holds. Raises KeyError, ValueError."""
    array = arrays[name]
    if array.dtype != np.uint8 or array.ndim != 1:
        raise ValueError(f"{name}.npy: expected bytes in one row, got {array.dtype} of shape {_shape(array.shape)}")
    return bytes(array).decode()
