"""The stored articles, read: as Results for export, and one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from sqlalchemy import Engine

Result = dict[str, Any]
"""The contract's flat object: the article's fields, the labels' fields, and how the item ended."""


class Articles:
    """Reads only; what writes articles is the ledger, in the keeper's transaction."""

    def __init__(self, engine: Engine) -> None:
        raise NotImplementedError

    def results(self, outcome: Literal["stored", "all"] = "stored", *, job_id: int | None = None) -> Iterator[Result]:
        """Every Result in the order of item ids, paged by key: no snapshot is held longer than a page.

        `all` is every item of kind article that has ended: stored, duplicate, refused or dead.
        """
        raise NotImplementedError

    def of(self, item_ids: Sequence[int]) -> list[Result]:
        """The Results of these items, as far as they have ended."""
        raise NotImplementedError

    def count(self) -> int:
        """How many articles there are."""
        raise NotImplementedError
