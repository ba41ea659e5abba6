"""Copies found: the same text on another address, and texts that differ in little."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, or_, select

from worker.messages import Extracted
from worker.storage.database import one_of
from worker.storage.tables import articles

NEAR = 3
"""Bits by which the simhashes of near copies differ at most, of 64 (Manku, Jain, Das Sarma: Detecting near-duplicates, 2007)."""
BANDS = 4
"""Of 16 bits: two hashes that differ in 3 bits agree in at least one of four bands."""
CANDIDATES = 5000
"""Articles looked at for one batch, the newest first: near copies of a wire story come within days."""


def bands(simhash: str) -> list[int]:
    """The four bands of a simhash in 16 hexadecimal digits; ValueError for anything else."""
    number = int(simhash, 16)
    if len(simhash) != 16:
        raise ValueError(f"expected a simhash of 16 hexadecimal digits, came {simhash!r}")
    return [(number >> (16 * band)) & 0xFFFF for band in range(BANDS)]


def nearest(simhash: int, candidates: Iterable[tuple[int, int]]) -> int | None:
    """The cluster of the nearest candidate (pairs of simhash and cluster), None where none is near."""
    near = [((simhash ^ other).bit_count(), cluster) for other, cluster in candidates]
    return min((pair for pair in near if pair[0] <= NEAR), default=(0, None))[1]


class Duplicates:
    """What the batch and the stored articles share; grows with every article that the batch claims."""

    def __init__(self, connection: Connection, batch: Sequence[Extracted]) -> None:
        self._owner: dict[str, int] = {}
        self._bands: list[dict[int, list[tuple[int, int]]]] = [{} for _ in range(BANDS)]
        if batch:
            self._load_texts(connection, {extracted.content_sha256 for extracted in batch})
            self._load_near(connection, [bands(extracted.simhash) for extracted in batch])

    def _load_texts(self, connection: Connection, digests: set[str]) -> None:
        c = articles.c
        rows = connection.execute(select(c.content_sha256, c.item_id).where(one_of(c.content_sha256, digests)).order_by(c.item_id.desc()))
        self._owner = {digest: item_id for digest, item_id in rows}  # noqa: C416 - the oldest wins

    def _load_near(self, connection: Connection, wanted: Sequence[Sequence[int]]) -> None:
        same = [one_of(articles.c[f"band_{n}"], {row[n] for row in wanted}) for n in range(BANDS)]
        query = select(articles.c.simhash, articles.c.cluster_id).where(or_(*same))
        for simhash, cluster in connection.execute(query.order_by(articles.c.item_id.desc()).limit(CANDIDATES)):
            self._add(simhash, cluster)

    def _add(self, simhash: str, cluster: int) -> None:
        for band, value in zip(self._bands, bands(simhash), strict=True):
            band.setdefault(value, []).append((int(simhash, 16), cluster))

    def original(self, item_id: int, digest: str) -> int | None:
        """The other item that has this very text, None where there is none."""
        owner = self._owner.get(digest)
        return owner if owner != item_id else None

    def claim(self, item_id: int, extracted: Extracted) -> int:
        """This item keeps the text; its cluster is that of the nearest text, else a new one named after the item."""
        self._owner.setdefault(extracted.content_sha256, item_id)
        found = [pair for band, value in zip(self._bands, bands(extracted.simhash), strict=True) for pair in band.get(value, ())]
        cluster = nearest(int(extracted.simhash, 16), found)
        cluster = item_id if cluster is None else cluster
        self._add(extracted.simhash, cluster)
        return cluster
