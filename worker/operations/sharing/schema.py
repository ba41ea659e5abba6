"""Give the JSON Schema of a Result, which `make reference` writes from the code."""

from __future__ import annotations

from pathlib import Path

FILE = Path(__file__).with_name("result.schema.json")


def result_schema() -> str:
    """JSON Schema, draft 2020-12, as text that ends with a line feed."""
    return FILE.read_text(encoding="utf-8")
