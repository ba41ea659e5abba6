"""Read a line of JSON strictly: one object, no key twice, no NaN; every fault is a ValueError that says what was expected."""

from __future__ import annotations

import json
from typing import NoReturn


def parse_object(raw: bytes | str) -> dict[str, object]:
    """One JSON object; raises ValueError with what was expected for anything else.

    Stricter than the json module: no key twice, no NaN or Infinity, bounded depth and digits.
    """
    try:
        value = json.loads(raw, object_pairs_hook=_unique_keys, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("expected a JSON object, got one nested too deep") from None
    except UnicodeDecodeError:
        raise ValueError("expected UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"expected a JSON object: {error.msg} at column {error.colno}") from None
    if not isinstance(value, dict):
        raise ValueError(f"expected a JSON object, got {_kind(value)}")  # noqa: TRY004 - one kind of error for a bad line
    return value


def _unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) != len(pairs):
        twice = next(name for name, _ in pairs if sum(other == name for other, _ in pairs) > 1)
        raise ValueError(f"expected each key once, got {twice!r} twice")
    return table


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"expected JSON, got {name}")


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", int: "a number", float: "a number", type(None): "null"}
    return names[type(value)]


def line_id(row: dict[str, object]) -> str | int:
    """The `id` of a line; raises ValueError where it is neither text nor a whole number."""
    name = row.get("id")
    if isinstance(name, str) or type(name) is int:  # to Python, true and false are numbers too
        return name
    raise ValueError("id: expected text or a whole number")


def text_field(row: dict[str, object], name: str, *, required: bool = False) -> str | None:
    """A text of a JSON object; raises ValueError where it is missing or of another kind."""
    value = row.get(name)
    if isinstance(value, str) or (value is None and not required):
        return value
    raise ValueError(f"{name}: expected text, got {_kind(value) if name in row else 'nothing'}")
