"""Write the JSON Schema of a Result from the code; `make reference` runs it, and a test compares the file with what this gives."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

from pydantic import TypeAdapter

from docs.build_reference import SHAPES, sentences_of
from worker.operations.sharing.schema import FILE
from worker.results import Result

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NAME = "urn:pressmark:result:1"
"""The number is the `v` of the Results that it describes."""

Schema = dict[str, Any]


def schema() -> str:
    """The document. Every field is required, since each is written, null where it is not known; others may be added."""
    found = TypeAdapter(Result).json_schema(mode="serialization")
    definitions = found.pop("$defs")
    for name, definition in definitions.items():
        _describe(definition, name)
    _describe(found, "Result")
    document = {"$schema": DIALECT, "$id": NAME, **found, "$defs": definitions}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _describe(definition: Schema, name: str) -> None:
    """Adds the sentences of the fields, names what is required, and lets fields of later versions in."""
    [kind] = [kind for kind in SHAPES if kind.__name__ == name]
    sentences = sentences_of(kind)
    for field, told in definition["properties"].items():
        for word in ("title", "default"):
            told.pop(word, None)
        if field in sentences:
            told["description"] = sentences[field]
    definition["required"] = list(definition["properties"])
    definition.pop("additionalProperties", None)
    for part in (definition, *definition["properties"].values()):
        if "description" in part:
            part["description"] = re.sub(r"\bNone\b", "null", part["description"])


if __name__ == "__main__":
    FILE.write_text(schema(), encoding="utf-8")
    sys.stdout.write(f"{FILE.name} written\n")
