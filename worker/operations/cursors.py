"""Cut lists into pages: write the place where a page ends as one opaque word, and read it back."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from worker.errors import UsageError

DIRECTIONS: tuple[Literal["older"], Literal["newer"]] = ("older", "newer")
Place = tuple[str | int | float | None, ...]
"""What the list is ordered by, of one row."""
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page of a list is wanted: the one `older` or `newer` than a place, or the first (None)."""

    direction: Literal["older", "newer"]
    place: Place | None

    def at(self, direction: Literal["older", "newer"]) -> Place | None:
        """The place where the page goes in this direction, else None."""
        return self.place if self.direction == direction else None

    def number(self, direction: Literal["older", "newer"]) -> int | None:
        """The same for a list that is ordered by one number."""
        place = self.at(direction)
        return int(place[0]) if place and isinstance(place[0], int) else None

    def of(self, found: Sequence[R], limit: int, place: Callable[[R], Place]) -> tuple[Sequence[R], str | None, str | None]:
        """The page of up to `limit` rows, and the cursors of the older and the newer one; None where there is none.

        `found` are up to `limit` + 1 rows, the newest first: one more than the page shows that there are more.
        """
        more = len(found) > limit
        back = self.direction == "newer"
        shown = (found[1:] if back else found[:limit]) if more else found
        older = written("older", place(shown[-1])) if shown and (more or back) else None
        newer = written("newer", place(shown[0])) if shown and self.place is not None and (more or not back) else None
        return shown, older, newer


def written(direction: Literal["older", "newer"], place: Place) -> str:
    """The cursor of the page in this direction from a row."""
    return base64.urlsafe_b64encode(json.dumps([direction, *place]).encode()).decode().rstrip("=")


def asked(cursor: str | None, kinds: tuple[type, ...]) -> Asked:
    """Which page a cursor means; None means the first.

    `kinds` are the types of the place's values, each of which may be None too. Raises UsageError for what was never a cursor.
    """
    if cursor is None:
        return Asked("older", None)
    try:
        direction, *place = json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise UsageError(f"expected a cursor as a list gave it, got {cursor[:60]!r}") from None
    fits = len(place) == len(kinds) and all(value is None or _is(value, kind) for value, kind in zip(place, kinds, strict=True))
    if direction not in ("older", "newer") or not fits:
        raise UsageError(f"expected a cursor of this list, got {cursor[:60]!r}")
    return Asked(direction, tuple(place))


def _is(value: object, kind: type) -> bool:
    """Numbers beyond what a database can hold were never in a cursor of ours."""
    if isinstance(value, bool):
        return False
    if kind is float:
        return isinstance(value, int | float) and -1e15 < value < 1e15
    return isinstance(value, kind) and (not isinstance(value, int) or abs(value) < 1 << 62)
