"""The index of words: it names every article that holds what is looked for, and one of an earlier version is replaced."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import Engine, insert, select, text

from worker.storage import word_index
from worker.storage.database import reading, writing
from worker.storage.tables import articles, facets

TEXTS = (
    "Rice left the port; 3,400 t of it, at x-ray speed (xx).",
    "Ông Đặng bán 100% gạo. İstanbul ΌΜΗΡΕ Straße ŽIŽEK",
    "អង្ករត្រូវបាននាំចេញទៅចិន។ 中柬贸易。한국어 ข้าวหอมมะลิ",
    "the port at last. abcdefghijklmnopqrstuvwxyz 0123456789",
)


@pytest.fixture
def stored(engine: Engine) -> Engine:
    """An article for each text, in the database's own index."""
    plain = {"final_url": "", "authors": [], "extractor": {}, "warnings": [], "opt_outs": [], "http": {}, "simhash": "0", "fetched_at": ""}
    marks = {**{f"band_{part}": 0 for part in range(4)}, "stored_at": 1.0}
    facet = dict.fromkeys(("day", "published_at", "outlet", "host", "language", "source_type", "topics"), "")
    with writing(engine) as connection:
        for number, words in enumerate(TEXTS, 1):
            own = {"item_id": number, "cluster_id": number}
            title = words[:9] if number % 2 else None
            connection.execute(insert(articles), plain | marks | own | {"title": title, "text": words, "content_sha256": str(number)})
            connection.execute(insert(facets), facet | own)
        word_index.add(connection, range(1, len(TEXTS) + 1))
    assert word_index.build(engine) is None
    return engine


def named(engine: Engine, *words: str) -> set[int]:
    """The candidates; every article where the index narrows nothing."""
    with reading(engine) as connection:
        narrow = word_index.candidates(connection, words)
        query = select(facets.c.item_id)
        return set(connection.execute(query if narrow is None else query.where(narrow)).scalars())


def held(engine: Engine, word: str) -> set[int]:
    with reading(engine) as connection:
        return set(connection.execute(select(articles.c.item_id).where(word_index.holds(word))).scalars())


def test_whatever_piece_of_a_text_is_looked_for_the_text_is_named_and_holds_it(stored: Engine) -> None:
    chance = random.Random(3)
    for number, words in enumerate(TEXTS, 1):
        for _ in range(60):
            start = chance.randrange(len(words))
            piece = words[start : start + chance.randrange(1, 12)]
            for asked in (piece, piece.upper() if piece.upper().lower() == piece.lower() else piece):
                if number == 2 and "İ" in piece:
                    continue  # its small letter is one letter in one database and two in the other
                assert number in named(stored, asked), asked
                assert number in held(stored, asked), asked


@pytest.mark.parametrize(
    ("words", "found"),
    [(("rice",), {1}), (("port",), {1, 4}), (("port", "last"), {4}), (("贸易",), {3}), (("port at last",), {4}), (("zz",), set())],
)
def test_the_index_names_few_others(stored: Engine, words: tuple[str, ...], found: set[int]) -> None:
    named_ones = named(stored, *words)
    assert found <= named_ones
    if all(len(word) > 2 or word == "贸易" for word in words):
        assert named_ones == found


def test_of_an_i_with_a_dot_the_capital_is_found_as_the_database_makes_it_small(stored: Engine) -> None:
    small = "istanbul" if stored.dialect.name == "postgresql" else "İstanbul".lower()
    assert held(stored, small) == {2}
    assert 2 in named(stored, small)


def test_the_index_of_an_earlier_version_serves_until_its_successor_is_built(stored: Engine) -> None:
    if stored.dialect.name != "postgresql":
        pytest.skip("SQLite's index has one form")
    with writing(stored) as connection:
        connection.execute(text(f"DROP INDEX {word_index.TRIGRAMS}"))
        connection.execute(text(f"CREATE INDEX {word_index.PAIRS} ON articles USING gin (title gin_trgm_ops)"))
    assert named(stored, "rice") == {1}
    assert word_index.build(stored) is None
    with reading(stored) as connection:
        names = set(connection.execute(text("SELECT indexname FROM pg_indexes WHERE tablename = 'articles'")).scalars())
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        connection.execute(text("SET LOCAL enable_indexscan = off"))  # of so few articles it would walk along their numbers
        narrow = word_index.candidates(connection, ["rice"])
        assert narrow is not None
        query = select(facets.c.item_id).where(narrow).compile(connection, compile_kwargs={"literal_binds": True})
        plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {query}").scalars())
    assert (word_index.TRIGRAMS in names, word_index.PAIRS in names) == (True, False)
    assert f"Bitmap Index Scan on {word_index.TRIGRAMS}" in plan
