"""The tables that the shipped forests read: other numbers would need other forests."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from worker.extract.fields import metadata
from worker.extract.lines.boilerplate_filter import read
from worker.extract.model.block_features import block_table
from worker.extract.model.line_features import line_table
from worker.extract.model.neighbour_features import with_chances
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
        ("communique.html", ("fbea3485e850", "262fbd2f4183", "d4df763d2a63")),
        ("khmer-lunar-date.html", ("43cf604465ec", "6574a74230cd", "7d3ce0c6fbff")),
        ("chinese-portal.html", ("cad385f93912", "3fdd9da68c95", "dde8f7a30459")),
        ("comments-longer.html", ("3deb848078d1", "ca4fa0723ef6", "c462985a0af7")),
        ("gallery.html", ("7b323728175a", "46a360540ae9", "825fbd9dea20")),
    ],
)
def test_names_and_values_of_all_columns_are_those_on_which_the_forests_were_fitted(page: str, digests: tuple[str, str, str]) -> None:
    # Given a page, its blocks and their lines
    root = parse((PAGES / page).read_text(encoding="utf-8")).root
    assert root is not None
    blocks, places = blocks_of(root)
    lines = [read(line) for block in blocks for line in block.text.split("\n")]
    # When their features are computed, for the second forest with chances from 0 to 1
    first = block_table(blocks, places, hints_of(metadata.read(root, "https://press.example/a", date.max)))
    second = with_chances(first, np.linspace(0, 1, len(blocks)))
    # Then columns and values are as they were when the forests were fitted
    assert (digest(first), digest(second), digest(line_table(lines))) == digests
