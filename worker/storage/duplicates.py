"""Find copies: the same text at another address, and near copies, of whose text a good part is the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, Executable, or_, select, union

from worker.storage.database import one_of
from worker.storage.tables import articles

if TYPE_CHECKING:
    from worker.messages import Extracted

MARKS = 4
"""Marks of a text, of which near copies share at least one."""
NEAR, BITS_A_MARK = 16, 2
"""Bits of 64 by which the simhashes of two texts differ at most: NEAR, and BITS_A_MARK more for each mark that they share. Unrelated texts
differ in 32, one pair in 2,500 in 18 or less, and no pair of 25,651 shared a mark. Chosen on half of the shared pages: see
docs/decisions/copies.md."""
CANDIDATES = 5000
"""Articles that are compared with one batch, the newest first: near copies of an agency's story appear within days."""
CANDIDATES_OF_ONE = 200
"""The same for each article of a small batch. A mark that thousands have is that of a phrase under every text of a paper; to read all of
their rows took 85 ms for one article among a million."""
_MARK = 1 << 31
"""What every mark is below, so that it is an integer of every database."""
Place = tuple[int, int]
"""A fingerprint as a number, and the cluster of the article that has it."""


def marks_of(extracted: Extracted) -> list[int]:
    """The marks of a text; quarters of its simhash where a worker of a version before sent none. Raises ValueError for odd ones."""
    number = int(extracted.simhash, 16)
    if len(extracted.simhash) != 16:
        raise ValueError(f"expected a simhash of 16 hexadecimal digits, got {extracted.simhash!r}")
    marks = extracted.marks or [(number >> (16 * part)) & 0xFFFF for part in range(MARKS)]
    if len(marks) != MARKS or not all(0 <= mark < _MARK for mark in marks):
        raise ValueError(f"expected {MARKS} marks of 31 bits, got {marks!r}"[:200])
    return marks


def nearest(simhash: int, candidates: Mapping[Place, int]) -> int | None:
    """The cluster of the nearest candidate, None where none is near; candidates have the number of marks that are shared."""
    found = [((simhash ^ other).bit_count(), shared, cluster) for (other, cluster), shared in candidates.items()]
    near = [(bits, cluster) for bits, shared, cluster in found if is_near(bits, shared)]
    return min(near, default=(0, None))[1]


def is_near(bits: int, shared: int) -> bool:
    """Whether two texts are near copies whose simhashes differ in so many bits and that share so many marks."""
    return shared > 0 and bits <= NEAR + BITS_A_MARK * shared


def _newest(connection: Connection, same: Sequence[ColumnElement[bool]], most: int) -> Executable:
    """The newest articles of which one of these is true."""
    c = articles.c
    query = select(c.simhash, c.cluster_id, *(c[f"band_{n}"] for n in range(MARKS)))
    if connection.dialect.name != "sqlite":
        return query.where(or_(*same)).order_by(c.item_id.desc()).limit(most)
    found = union(*(select(c.item_id).where(one) for one in same)).subquery()  # read from the indexes, without the rows
    return query.where(c.item_id.in_(select(found.c.item_id).order_by(found.c.item_id.desc()).limit(most)))


class Duplicates:
    """The stored articles that a batch of new ones may copy, and those of the batch that were claimed so far."""

    def __init__(self, connection: Connection, batch: Sequence[Extracted]) -> None:
        self._owner: dict[str, int] = {}
        self._marked: list[dict[int, list[Place]]] = [{} for _ in range(MARKS)]
        if batch:
            self._load_texts(connection, {extracted.content_sha256 for extracted in batch})
            self._load_near(connection, [marks_of(extracted) for extracted in batch])

    def _load_texts(self, connection: Connection, digests: set[str]) -> None:
        c = articles.c
        rows = connection.execute(select(c.content_sha256, c.item_id).where(one_of(c.content_sha256, digests)).order_by(c.item_id.desc()))
        self._owner = {row.content_sha256: row.item_id for row in rows}  # the last, which is the oldest, wins

    def _load_near(self, connection: Connection, wanted: Sequence[Sequence[int]]) -> None:
        columns = [articles.c[f"band_{n}"] for n in range(MARKS)]
        same = [one_of(column, {marks[n] for marks in wanted}) for n, column in enumerate(columns)]
        newest = _newest(connection, same, min(CANDIDATES, CANDIDATES_OF_ONE * len(wanted)))
        for simhash, cluster, *marks in connection.execute(newest):
            self._add(simhash, cluster, marks)

    def _add(self, simhash: str, cluster: int, marks: Sequence[int]) -> None:
        for places, mark in zip(self._marked, marks, strict=True):
            places.setdefault(mark, []).append((int(simhash, 16), cluster))

    def original(self, item_id: int, digest: str) -> int | None:
        """The other item that has exactly this text, None where there is none."""
        owner = self._owner.get(digest)
        return owner if owner != item_id else None

    def claim(self, item_id: int, extracted: Extracted) -> int:
        """Makes this item the owner of its text; returns its cluster: that of the nearest text, else a new one with the item's number."""
        self._owner.setdefault(extracted.content_sha256, item_id)
        marks = marks_of(extracted)
        shared = Counter(place for places, mark in zip(self._marked, marks, strict=True) for place in places.get(mark, ()))
        cluster = nearest(int(extracted.simhash, 16), shared)
        cluster = item_id if cluster is None else cluster
        self._add(extracted.simhash, cluster, marks)
        return cluster
