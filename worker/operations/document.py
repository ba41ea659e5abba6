"""Turn values into the contract's JSON: the fields of a document, in order, are its keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass


@dataclass(frozen=True, slots=True)
class Document:
    """A value in the shape of the contract; commands print its `to_dict`, pages and programs read its fields."""

    def to_dict(self) -> dict[str, object]:
        """The JSON object, made of dicts, lists, text, numbers, booleans and None."""
        return {field.name: as_json(getattr(self, field.name)) for field in fields(self)}


def as_json(value: object) -> object:
    """A value as the json module takes it: documents and other dataclasses become dicts, tuples become lists."""
    if isinstance(value, Document):
        return value.to_dict()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {name: as_json(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(part) for part in value]
    return value
