"""Compute tables of named columns: a feature's name and formula are one entry, so that names and values cannot diverge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Subject = TypeVar("Subject")
Features = Mapping[str, Callable[[Subject], ArrayLike]]
"""The name of each feature, and the function that computes its column from the subject of the table."""


@dataclass(frozen=True, eq=False)
class Table:
    """Rows of numbers with named columns."""

    names: tuple[str, ...]
    rows: NDArray[np.float32]
    """Shape (rows, len(names))."""

    def column(self, name: str) -> NDArray[np.float32]:
        """The values of one column, shape (rows,). Raises KeyError for a name that the table does not have."""
        if name not in self.names:
            raise KeyError(f"expected one of {', '.join(self.names)}, got {name}")
        return self.rows[:, self.names.index(name)]

    def select(self, *names: str) -> Table:
        """Some of the columns, in the order of `names`."""
        return Table(names, np.stack([self.column(name) for name in names], axis=1))

    def take(self, index: NDArray[np.intp], prefix: str) -> Table:
        """The rows at the positions in `index`, the names of the columns with `prefix` before them."""
        return Table(tuple(f"{prefix}{name}" for name in self.names), self.rows[index])

    def shifted(self, by: int) -> Table:
        """For every row the values of the row `by` positions on, -1 beyond the ends; `chars` becomes `chars+1` or `chars-1`."""
        return Table(tuple(f"{name}{by:+d}" for name in self.names), shifted(self.rows, by))


def measure(features: Features[Subject], subject: Subject) -> Table:
    """The table of `subject`: the column of every feature, in the order of the registry."""
    columns = [np.asarray(compute(subject), dtype=np.float32) for compute in features.values()]
    return Table(tuple(features), np.stack(columns, axis=1))


def join(*tables: Table) -> Table:
    """The columns of all tables side by side; they have the same rows."""
    names = tuple(name for table in tables for name in table.names)
    return Table(names, np.concatenate([table.rows for table in tables], axis=1, dtype=np.float32))


def shifted(values: NDArray[np.float32], by: int) -> NDArray[np.float32]:
    """For every row of `values` the row `by` positions on; -1 beyond the ends."""
    result = np.full_like(values, -1)
    if abs(by) >= len(values):
        return result
    if by > 0:
        result[:-by] = values[by:]
    else:
        result[-by:] = values[:by]
    return result
