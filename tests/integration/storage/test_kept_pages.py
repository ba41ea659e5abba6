"""Kept pages belong to their items: they come with them and go with them, by age, by size, and as strays; on both databases."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from tests.integration.parts.samples import entry, labelled
from tests.integration.parts.steps import balanced, keep, leased
from worker.archive.page_archive import PageArchive
from worker.archive.page_files import archive_of, path_of
from worker.messages import Page
from worker.storage.archive import pages as kept_pages
from worker.storage.articles import Articles
from worker.storage.database import reading, writing
from worker.storage.ledger import Ledger
from worker.storage.tables import pages

DAY = 86400.0


@pytest.fixture
def kept_for(engine, settings, clock):
    """A ledger with these settings."""
    return lambda **changes: Ledger(engine, replace(settings, **changes), now=clock, chance=lambda: 0.5)


@pytest.fixture
def store(settings, lead):
    """Stores pages, each with a file in the archive; returns their digests."""

    def stored(ledger, *numbers: int, text: str | None = None, again: bool = False) -> list[str]:
        ledger.accept([entry(number, f"h{number}.test:443") for number in numbers], ledger.open_job("job"), force=again)
        digests, outcomes = [], []
        for request in leased(ledger, lead):
            page = Page(request.url, request.url, 200, b"<p>" + os.urandom(100), fetched_at="2026-11-24T06:00:00Z")
            kept = PageArchive(replace(settings, disk_free_min=0)).keep(page)
            outcome = labelled(request, text)
            extracted = replace(outcome.extracted, page_sha256=kept.sha256, page_bytes=kept.bytes)
            outcomes.append(replace(outcome, extracted=extracted))
            digests.append(kept.sha256)
        keep(ledger, *outcomes)
        return digests

    return stored


@pytest.fixture
def archive(engine, settings, lead):
    """What is kept, and the sweep."""
    return Kept(engine, settings, lead)


class Kept:
    def __init__(self, engine, settings, lead) -> None:
        self._engine, self._lead = engine, lead
        self.folder = archive_of(settings.data_dir)

    def rows(self) -> set[str]:
        with reading(self._engine) as connection:
            return set(connection.execute(select(pages.c.sha256)).scalars())

    def bytes(self) -> int:
        with reading(self._engine) as connection:
            return sum(connection.execute(select(pages.c.bytes)).scalars())

    def files(self) -> set[str]:
        return {path.stem for path in self.folder.rglob("*") if path.is_file()}

    def articles(self) -> int:
        return Articles(self._engine).count()

    def sweep(self, ledger: Ledger) -> bool:
        return ledger.sweep(self._lead)


def test_a_copy_keeps_its_own_page_too(ledger, store, archive) -> None:
    digests = store(ledger, 1, 2, text="One and the same text.")
    assert archive.rows() == archive.files() == set(digests)
    assert archive.articles() == 1


def test_an_article_without_a_page_has_no_row(ledger, lead, archive) -> None:
    ledger.accept([entry(1)], ledger.open_job("job"))
    keep(ledger, labelled(leased(ledger, lead)[0]))
    assert archive.rows() == set()


def test_pages_stay_for_ever_unless_a_setting_says_otherwise(ledger, store, archive, clock) -> None:
    digests = store(ledger, 1, 2)
    clock.at += 5000 * DAY
    archive.sweep(ledger)
    assert archive.rows() == archive.files() == set(digests)


def test_old_pages_go_and_their_articles_stay(kept_for, store, archive, clock, monkeypatch) -> None:
    monkeypatch.setattr(kept_pages, "AT_ONCE", 2)
    ledger = kept_for(pages_days=30.0)
    store(ledger, 1, 2, 3)
    clock.at += 20 * DAY
    young = store(ledger, 4)
    clock.at += 11 * DAY
    assert archive.sweep(ledger) is True  # two of three: there is more
    assert archive.sweep(ledger) is False
    assert archive.rows() == archive.files() == set(young)
    assert archive.articles() == 4
    assert balanced(ledger)


def test_the_oldest_pages_go_where_they_are_too_much(kept_for, store, archive, clock) -> None:
    ledger = kept_for()
    old = store(ledger, 1)
    clock.at += 1
    new = [*store(ledger, 2), *store(ledger, 3)]
    assert archive.sweep(kept_for(pages_max_bytes=10_000)) is False
    assert archive.rows() == {*old, *new}
    archive.sweep(kept_for(pages_max_bytes=archive.bytes() - 1))
    assert archive.rows() == archive.files() == set(new)


def test_a_take_down_takes_the_page_out_at_once(ledger, store, archive) -> None:
    first, second = store(ledger, 1, 2)
    assert ledger.forget(key=entry(1, "h1.test:443").key) == 1
    assert len(archive.rows()) == 1
    assert archive.rows() == archive.files()
    assert archive.rows() <= {first, second}


def test_a_row_whose_file_is_gone_hinders_no_take_down(ledger, store, archive) -> None:
    [digest] = store(ledger, 1)
    path_of(archive.folder, digest).unlink()
    assert ledger.forget(key=entry(1, "h1.test:443").key) == 1
    assert archive.rows() == set()


def test_a_row_that_names_no_digest_hinders_no_take_down_and_reaches_no_file(ledger, store, archive, engine, tmp_path) -> None:
    store(ledger, 1)
    (tmp_path / "x.page").write_bytes(b"")
    with writing(engine) as connection:
        connection.execute(update(pages).values(sha256="../x"))
    assert ledger.forget(key=entry(1, "h1.test:443").key) == 1
    assert archive.rows() == set()
    assert (tmp_path / "x.page").exists()


def test_strays_go_after_a_day_and_pages_of_items_never(ledger, store, archive, clock) -> None:
    [digest] = store(ledger, 1)
    theirs = path_of(archive.folder, digest)
    stray, half, fresh = (theirs.with_name(name) for name in (f"{digest[:4]}{'0' * 60}.page", "x.part", f"{digest[:4]}{'1' * 60}.page"))
    for path in (stray, half, fresh):
        path.write_bytes(b"")
    for path in (theirs, stray, half):
        os.utime(path, (clock.at - 2 * DAY, clock.at - 2 * DAY))
    os.utime(fresh, (clock.at, clock.at))
    for _ in range(256):  # one folder a minute
        archive.sweep(ledger)
        clock.at += 60
    assert {path.name for path in theirs.parent.iterdir()} == {theirs.name, fresh.name}


def test_a_page_that_was_fetched_again_replaces_the_older_one(ledger, store, archive) -> None:
    store(ledger, 1)
    newer = store(ledger, 1, again=True)
    assert len(newer) == 1
    assert archive.rows() == set(newer)
