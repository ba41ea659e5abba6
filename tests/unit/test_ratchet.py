"""Figures of the code that may only fall: who lowers one lowers its number here, in the same commit."""

from __future__ import annotations

import ast
import re
import tokenize
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("pressmark", "worker", "classifier")

CEILINGS = {
    "Any": 32,
    "imports inside functions": 55,
    "patterns in extract": 45,
    "files with letters of other scripts": 0,
    "files over 300 lines": 0,
    "modules at worker's top": 9,
    "modules in the largest folder": 53,
    "subscripts by a name of the contract": 76,
}
"""What may not be exceeded. `docs/decisions/house.md` tells which of them will fall further, and why the others stay."""

CONTRACT_NAMES = {
    *("topics", "primary_topic", "source_type", "evidence", "language_supported", "probabilities", "probability", "threshold"),
    *("decision", "label", "terms", "outcome", "reason", "final_url", "item_id", "job_ids", "content_sha256", "duplicate_of"),
    *("cluster_id", "fetched_at", "stored_at", "attempts", "title", "text", "url", "site_name", "published_at", "language"),
}
"""Names of the contract's Article, Labels and Result."""


def sources(*packages: str) -> Iterator[Path]:
    for package in packages or PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def names(word: str) -> int:
    """How often a name stands in the code, comments and strings left out."""
    found = 0
    for path in sources():
        with path.open("rb") as file:
            found += sum(token.type == tokenize.NAME and token.string == word for token in tokenize.tokenize(file.readline))
    return found


def late_imports() -> int:
    """Import statements inside functions."""
    found: set[tuple[Path, int]] = set()
    for path in sources():
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                found |= {(path, node.lineno) for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)}
    return len(found)


def foreign_letters() -> int:
    """Files of extraction and classifier with letters outside Latin."""
    return sum(
        any(
            character.isalpha() and not unicodedata.name(character, "").startswith(("LATIN", "MICRO", "FEMININE", "MASCULINE"))
            for character in text
        )
        for text in (path.read_text(encoding="utf-8") for path in sources("worker/extract", "classifier"))
    )


def contract_subscripts() -> int:
    """`row["topics"]` and `row.get("topics")`: a name of the contract used as a key."""
    found = 0
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            key: ast.expr | None = None
            if isinstance(node, ast.Subscript):
                key = node.slice
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
                key = node.args[0]
            found += isinstance(key, ast.Constant) and key.value in CONTRACT_NAMES
    return found


def largest_folder() -> int:
    return max(len(list(folder.glob("*.py"))) for package in PACKAGES for folder in [ROOT / package, *(ROOT / package).rglob("*/")])


MEASURES = {
    "Any": lambda: names("Any"),
    "imports inside functions": late_imports,
    "patterns in extract": lambda: sum(
        len(re.findall(r"\bre\.compile\(", path.read_text(encoding="utf-8"))) for path in sources("worker/extract")
    ),
    "files with letters of other scripts": foreign_letters,
    "files over 300 lines": lambda: sum(path.read_text(encoding="utf-8").count("\n") > 300 for path in sources()),
    "modules at worker's top": lambda: len(list((ROOT / "worker").glob("*.py"))),
    "modules in the largest folder": largest_folder,
    "subscripts by a name of the contract": contract_subscripts,
}


@pytest.mark.parametrize("figure", CEILINGS)
def test_a_figure_of_the_code_is_exactly_its_ceiling(figure: str) -> None:
    # A figure that fell is written down, so that it cannot rise again
    assert MEASURES[figure]() == CEILINGS[figure]
