"""Counting what a search by words finds: exact where that is quick, else told as an estimate, or as a least number."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, insert

from worker.storage import search, word_index
from worker.storage.counts import sampling
from worker.storage.database import reading, writing
from worker.storage.search import SearchFilter
from worker.storage.tables import articles, facets

NUMBER = 600
COMMON, MEDIUM, RARE = "minister", "centipede", "quince"


def text(number: int) -> str:
    """The common word in four of ten texts, the medium one in sixty, the rare one in three."""
    words = [COMMON] * (number % 5 < 2) + [MEDIUM] * (number % 10 == 3) + [RARE] * (number % 200 == 7)
    return f"Article {number} of a paper. {' '.join(words)}"


@pytest.fixture
def stored(engine: Engine) -> Engine:
    """Articles of two languages, three outlets and two topics; every other one is a near copy of the one before."""
    shared = {"final_url": "https://one.test/", "authors": [], "extractor": {}, "warnings": [], "opt_outs": [], "http": {}}
    marks = {"simhash": "0", **{f"band_{part}": 0 for part in range(4)}, "fetched_at": "", "stored_at": 1.0}
    numbers = range(1, NUMBER + 1)
    with writing(engine) as connection:
        rows = [
            {**shared, **marks, "item_id": n, "text": text(n), "content_sha256": f"{n:064x}", "cluster_id": (n + 1) // 2} for n in numbers
        ]
        connection.execute(insert(articles), rows)
        short = [
            {
                "item_id": n,
                "day": f"2026-01-{n % 28 + 1:02d}",
                "published_at": f"2026-01-{n % 28 + 1:02d}T00:00:00Z",
                "outlet": f"paper{n % 3}",
                "host": f"paper{n % 3}.test:443",
                "language": "en" if n % 2 else "km",
                "source_type": "official",
                "topics": "|trade|" if n % 5 < 2 else "|culture?|",
                "cluster_id": (n + 1) // 2,
            }
            for n in numbers
        ]
        connection.execute(insert(facets), short)
        word_index.add(connection, list(numbers))
    word_index.build(engine)
    return engine


@pytest.fixture
def small(monkeypatch) -> None:
    """Limits that six hundred articles exceed."""
    for name, value in {"SAMPLE": 100, "FIRST": 50, "LEAST": 50, "ENOUGH": 20, "MOST": 40, "CHECKED": 40, "PROBES": 200}.items():
        monkeypatch.setattr(sampling, name, value)


def survey(engine: Engine, *, once: bool = False, **wanted) -> sampling.Survey:
    with reading(engine) as connection:
        return sampling.survey(connection, SearchFilter(**wanted), once=once)


def test_few_articles_are_all_read(stored: Engine) -> None:
    found = survey(stored, words=(COMMON,))
    assert (found.how, found.number) == ("exact", 240)
    with reading(stored) as connection:
        for by in ("day", "outlet", "topic", "language", "source_type"):
            expected = [pair for pair in search.counted(connection, SearchFilter(words=(COMMON,)), by) if pair[1]]
            assert found.by(by) == expected, by


@pytest.mark.usefixtures("small")
def test_a_rare_word_is_counted_exactly_by_the_index(stored: Engine) -> None:
    found = survey(stored, words=(RARE.upper(),))
    assert (found.how, found.number, {row.item_id for row in found.rows}) == ("exact", 3, {7, 207, 407})
    assert survey(stored, words=("nowhere at all",)).number == 0
    assert survey(stored, words=(RARE,), language="km").number == 0


@pytest.mark.usefixtures("small")
def test_a_common_word_is_estimated_from_a_sample_and_said_to_be(stored: Engine) -> None:
    found = survey(stored, words=(COMMON,))
    assert found.how == "about"
    assert 180 <= found.number <= 300
    assert dict(found.by("topic")).keys() == {"trade"}
    assert sum(count for _, count in found.by("language")) == pytest.approx(found.number, rel=0.1)
    assert survey(stored, words=(COMMON,)).number == found.number, "the same sample, as long as nothing is stored"
    assert survey(stored, words=(COMMON,), outlet="paper1").number == pytest.approx(80, rel=0.4)


@pytest.mark.usefixtures("small")
def test_what_is_neither_common_nor_rare_is_estimated_from_a_larger_sample(stored: Engine, monkeypatch) -> None:
    assert survey(stored, words=(MEDIUM,)).how == "about"
    monkeypatch.setattr(sampling, "ENOUGH", 1000)
    found = survey(stored, words=(MEDIUM,))
    assert (found.how, found.number) == ("more", 40), "read as far as it may be"


@pytest.mark.usefixtures("small")
def test_a_narrow_filter_is_sampled_along_its_rows(stored: Engine, monkeypatch) -> None:
    monkeypatch.setattr(sampling, "PROBES", 10)
    for wanted, number in (({"language": "en"}, 120), ({"host": "paper1.test"}, 80), ({"host": "paper1.test", "language": "en"}, 40)):
        found = survey(stored, words=(COMMON,), **wanted)
        assert found.number == pytest.approx(number, rel=0.4), wanted
    assert {row.outlet for row in found.rows} == {"paper1"}


def test_near_copies_count_once(stored: Engine) -> None:
    found = survey(stored, words=(COMMON,), once=True)
    with reading(stored) as connection:
        assert found.number == search.total(connection, SearchFilter(words=(COMMON,)), once=True)
        assert found.by("language") == search.counted(connection, SearchFilter(words=(COMMON,)), "language", once=True)
