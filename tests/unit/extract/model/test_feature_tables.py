"""The tables that the shipped forests read: other numbers would need other forests."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from worker.extract.fields import metadata
from worker.extract.lines.line import classify_line
from worker.extract.model.block_features import block_table
from worker.extract.model.line_features import line_table
from worker.extract.model.neighbour_features import with_probabilities
from worker.extract.model.table import Table
from worker.extract.page.blocks import blocks_of
from worker.extract.page.markup import parse
from worker.extract.select.html_text import hints_of

PAGES = Path(__file__).resolve().parents[3] / "pages"
FIGURES = 4
"""Significant figures: the last bits of a float32 depend on the processor."""


def digest(table: Table) -> str:
    rows = "\n".join(" ".join(f"{value:.{FIGURES}g}" for value in row) for row in table.rows.tolist())
    return hashlib.sha256(f"{' '.join(table.names)}\n{rows}".encode()).hexdigest()[:12]


@pytest.mark.parametrize(
    ("page", "digests"),
    [
        ("communique.html", ("e37030b52617", "3e566077290d", "153c202cf416")),
        ("khmer-lunar-date.html", ("876e197b3cc5", "74d17f151a73", "4f4e77d6d957")),
        ("chinese-portal.html", ("16ee66672063", "0e7c5a241fa5", "df20547a841c")),
        ("comments-longer.html", ("0f1f0783e916", "a297243bc953", "80836aaf9efa")),
        ("gallery.html", ("fde04a5ebc8c", "40168695ad67", "62e8be9a5049")),
    ],
)
def test_names_and_values_of_all_columns_are_those_on_which_the_forests_were_fitted(page: str, digests: tuple[str, str, str]) -> None:
    # Given a page, its blocks and their lines
    root = parse((PAGES / page).read_text(encoding="utf-8")).root
    assert root is not None
    blocks, elements = blocks_of(root)
    lines = [classify_line(line) for block in blocks for line in block.text.split("\n")]
    # When their features are computed, for the second forest with probabilities from 0 to 1
    first = block_table(blocks, elements, hints_of(metadata.metadata_of(root, "https://press.example/a", date.max)))
    second = with_probabilities(first, np.linspace(0, 1, len(blocks)))
    # Then columns and values are as they were when the forests were fitted
    assert (digest(first), digest(second), digest(line_table(lines))) == digests
