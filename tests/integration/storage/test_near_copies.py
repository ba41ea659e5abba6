"""Near copies are looked for among the newest articles that share a mark, however many share it."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, insert

from worker.messages import Article, Extracted, Extractor, Http
from worker.storage import duplicates
from worker.storage.database import reading, writing
from worker.storage.duplicates import Duplicates
from worker.storage.tables import articles

FAR, NEAR = f"{(1 << 64) - 1:016x}", f"{0:016x}"
"""Fingerprints: of other texts, and of the text that is looked for."""


def store(engine: Engine, simhashes: list[str]) -> None:
    """An article for each, numbered from one, all with the mark 7 in the second place."""
    plain = {"final_url": "", "text": "", "authors": [], "extractor": {}, "warnings": [], "opt_outs": [], "http": {}, "fetched_at": ""}
    with writing(engine) as connection:
        for number, simhash in enumerate(simhashes, 1):
            own = {"item_id": number, "cluster_id": number, "content_sha256": f"{number:064x}", "simhash": simhash, "stored_at": 1.0}
            connection.execute(insert(articles), plain | own | {"band_0": number, "band_1": 7, "band_2": number, "band_3": number})


def asked() -> Extracted:
    nothing = dict.fromkeys(("url", "canonical_url", "title", "published_at", "published_source", "modified_at", "language", "site_name"))
    article = Article(**nothing, description=None, image=None, text="", authors=[], extractor=Extractor("x", "1"), warnings=[])
    return Extracted(0, 0, article, "", Http(), "f" * 64, NEAR, [], marks=[900, 7, 901, 902])


@pytest.mark.parametrize(("place", "cluster"), [(10, 10), (8, 8), (7, 99)], ids=["the newest", "the last that is compared", "before them"])
def test_of_many_that_share_a_mark_the_newest_are_compared(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, place: int, cluster: int
) -> None:
    monkeypatch.setattr(duplicates, "CANDIDATES_OF_ONE", 3)
    store(engine, [NEAR if number == place else FAR for number in range(1, 11)])
    with reading(engine) as connection:
        assert Duplicates(connection, [asked()]).claim(99, asked()) == cluster


def test_in_a_batch_more_of_them_are_compared(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "CANDIDATES_OF_ONE", 3)
    store(engine, [NEAR if number == 6 else FAR for number in range(1, 11)])
    with reading(engine) as connection:
        assert Duplicates(connection, [asked(), asked()]).claim(99, asked()) == 6
