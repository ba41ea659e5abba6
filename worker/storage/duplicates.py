"""Find copies: the same text at another address, and near copies, whose texts differ in a few words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection, or_, select

from worker.storage.database import one_of
from worker.storage.tables import articles

if TYPE_CHECKING:
    from worker.messages import Extracted

NEAR = 3
"""Bits by which the simhashes of near copies differ at most, of 64 (Manku, Jain, Das Sarma: Detecting near-duplicates, 2007)."""
BANDS = 4
"""Parts of 16 bits: two hashes that differ in 3 bits agree in at least one of four parts."""
CANDIDATES = 5000
"""Articles that are compared with one batch, the newest first: near copies of an agency's story appear within days."""


def bands(simhash: str) -> list[int]:
    """The four bands of a simhash of 16 hexadecimal digits; raises ValueError for anything else."""
    number = int(simhash, 16)
    if len(simhash) != 16:
        raise ValueError(f"expected a simhash of 16 hexadecimal digits, got {simhash!r}")
    return [(number >> (16 * band)) & 0xFFFF for band in range(BANDS)]


def nearest(simhash: int, candidates: Iterable[tuple[int, int]]) -> int | None:
    """The cluster of the nearest candidate, None where none is near; candidates are pairs of simhash and cluster."""
    near = [((simhash ^ other).bit_count(), cluster) for other, cluster in candidates]
    return min((pair for pair in near if pair[0] <= NEAR), default=(0, None))[1]


class Duplicates:
    """The stored articles that a batch of new ones may copy, and those of the batch that were claimed so far."""

    def __init__(self, connection: Connection, batch: Sequence[Extracted]) -> None:
        self._owner: dict[str, int] = {}
        self._bands: list[dict[int, list[tuple[int, int]]]] = [{} for _ in range(BANDS)]
        if batch:
            self._load_texts(connection, {extracted.content_sha256 for extracted in batch})
            self._load_near(connection, [bands(extracted.simhash) for extracted in batch])

    def _load_texts(self, connection: Connection, digests: set[str]) -> None:
        c = articles.c
        rows = connection.execute(select(c.content_sha256, c.item_id).where(one_of(c.content_sha256, digests)).order_by(c.item_id.desc()))
        self._owner = {row.content_sha256: row.item_id for row in rows}  # the last, which is the oldest, wins

    def _load_near(self, connection: Connection, wanted: Sequence[Sequence[int]]) -> None:
        same = [one_of(articles.c[f"band_{n}"], {row[n] for row in wanted}) for n in range(BANDS)]
        query = select(articles.c.simhash, articles.c.cluster_id).where(or_(*same))
        for row in connection.execute(query.order_by(articles.c.item_id.desc()).limit(CANDIDATES)):
            self._add(row.simhash, row.cluster_id)

    def _add(self, simhash: str, cluster: int) -> None:
        for band, value in zip(self._bands, bands(simhash), strict=True):
            band.setdefault(value, []).append((int(simhash, 16), cluster))

    def original(self, item_id: int, digest: str) -> int | None:
        """The other item that has exactly this text, None where there is none."""
        owner = self._owner.get(digest)
        return owner if owner != item_id else None

    def claim(self, item_id: int, extracted: Extracted) -> int:
        """Makes this item the owner of its text; returns its cluster: that of the nearest text, else a new one with the item's number."""
        self._owner.setdefault(extracted.content_sha256, item_id)
        found = [pair for band, value in zip(self._bands, bands(extracted.simhash), strict=True) for pair in band.get(value, ())]
        cluster = nearest(int(extracted.simhash, 16), found)
        cluster = item_id if cluster is None else cluster
        self._add(extracted.simhash, cluster)
        return cluster
