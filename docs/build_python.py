"""Write docs/python.md, the reference of `import pressmark`, from its docstrings.

`make reference` runs it; a test compares the file with what this gives.
"""

from __future__ import annotations

import dataclasses
import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pressmark
from docs.build_reference import sentences_of

PAGE = Path(__file__).with_name("python.md")
METHODS = ("to_dict", "decided", "outlet", "summary")
"""Of the values: what is more than a field."""


def page() -> str:
    """The whole document."""
    head = f"# Python\n\nWritten by `make reference` from the docstrings; edit those, not this file.\n\n{_text(pressmark)}\n"
    return "\n".join([head, *(line for name in sorted(pressmark.__all__, key=_order) for line in _part(name))]).rstrip() + "\n"


def _order(name: str) -> tuple[int, str]:
    """Functions first, then the client, the error, and the values that they give."""
    thing = getattr(pressmark, name)
    return (0 if inspect.isfunction(thing) else 1 if name == "Client" else 2 if name == "PressmarkError" else 3), name


def _part(name: str) -> Iterator[str]:
    thing = getattr(pressmark, name)
    if inspect.isfunction(thing):
        yield f"## `pressmark.{name}{_signature(thing)}`\n"
        yield _text(thing) + "\n"
        return
    shown = _signature(thing) if name == "Client" else ""
    yield f"## `pressmark.{name}{shown}`\n"
    yield _text(thing) + "\n"
    if name == "Client":
        for method, function in inspect.getmembers(thing, inspect.isfunction):
            if not method.startswith("_"):
                yield f"### `Client.{method}{_signature(function)}`\n"
                yield _text(function) + "\n"
    elif dataclasses.is_dataclass(thing) and name != "Settings":
        yield from _fields(thing)


def _fields(kind: type) -> Iterator[str]:
    """The fields of a value with their types, and its methods."""
    sentences = sentences_of(kind)
    yield "| field | type | meaning |\n|---|---|---|"
    for field in dataclasses.fields(kind):
        yield f"| `{field.name}` | `{_cell(str(field.type))}` | {_cell(sentences.get(field.name, ''))} |"
    for name in METHODS:
        member = inspect.getattr_static(kind, name, None)
        if isinstance(member, property):
            yield f"| `{name}` | property | {_cell(inspect.getdoc(member) or '')} |"
        elif member is not None:
            yield f"| `{name}()` | method | {_cell(inspect.getdoc(member) or '')} |"
    yield ""


class _Written:
    """An annotation as it stands in the source, which `inspect` would put in quotes."""

    def __init__(self, text: object) -> None:
        self._text = str(text)

    def __repr__(self) -> str:
        return self._text


def _signature(thing: Callable[..., object]) -> str:
    """As it is written, without `self`."""
    found = inspect.signature(thing)
    shown = [p.replace(annotation=_Written(p.annotation)) for p in found.parameters.values() if p.name != "self"]
    return str(found.replace(parameters=shown, return_annotation=_Written(found.return_annotation)))


def _text(thing: object) -> str:
    return inspect.getdoc(thing) or ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name} written\n")
