"""Kept pages that are read again: what they say today replaces what is stored, once, and nothing is lost; on both databases."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sqlalchemy import func, select, update

from tests.integration.parts.press import article as report
from tests.integration.parts.samples import entry
from tests.integration.parts.steps import balanced, keep
from tests.integration.window.conftest import Desk, desk  # noqa: F401 - a fixture
from worker.archive.page_archive import PageArchive
from worker.archive.page_files import archive_of, path_of
from worker.cli import main as program
from worker.config import Settings
from worker.demo.site import served
from worker.errors import NotFound, UsageError
from worker.extract.near_duplicates import copy_marks
from worker.messages import Labelled, Page, URLRequest
from worker.models.labeller import Labeller
from worker.operations.archive import rereading
from worker.operations.archive.replay import Replayed
from worker.operations.archive.replay import replay as replay_pages
from worker.operations.archive.selection import Selection
from worker.sandbox.pool import ParsePool
from worker.storage.audit import DeedFilter
from worker.storage.duplicates import MARKS
from worker.storage.revisions import versions
from worker.storage.search import SearchFilter
from worker.storage.tables import articles, deliveries, labels, outbox, pages, revisions, topics

TRADE = next(page for page in served() if page.path.startswith("/2025/05/06/pepper")).body()
"""A page of the sample site about trade."""

SECRET = "a-secret-of-this-test"


@pytest.fixture(scope="module")
def parsing(tmp_path_factory):
    """One pool of parsers and one model for what the tests store: the shipped ones."""
    pool = ParsePool(Settings(data_dir=tmp_path_factory.mktemp("pool"), parse_processes=1))
    yield pool, Labeller()
    pool.close(0)


class Lent:
    """The same pool for every replay: to start a parser costs as much as a page."""

    def __init__(self, pool: ParsePool) -> None:
        self.extract = pool.extract

    def close(self) -> None:
        """It is another's."""


@pytest.fixture
def kept(desk: Desk, parsing, monkeypatch) -> Kept:  # noqa: F811
    """Articles with kept pages; flips and articles go to a webhook."""
    settings = replace(
        desk.services.settings,
        webhook_url="http://127.0.0.1:1/hook",
        webhook_secret=SECRET,
        parse_processes=1,
        disk_free_min=0,
    )
    desk.services.settings = settings
    monkeypatch.setattr("worker.operations.archive.replay.ParsePool", lambda _: Lent(parsing[0]))
    return Kept(desk, *parsing)


class Kept:
    """What is stored and kept, and what replays say of it."""

    def __init__(self, desk: Desk, pool: ParsePool, labeller: Labeller) -> None:  # noqa: F811
        self.desk, self.services, self._pool, self._labeller = desk, desk.services, pool, labeller
        self.archive = PageArchive(self.services.settings)

    def store(self, *bodies: bytes, keep_page: bool = True) -> list[int]:
        """Stores what the program makes of these pages today."""
        first = self.count(articles)
        for number in range(first, first + len(bodies)):
            self.desk.accept(range(number, number + 1), f"h{number}.test:443")
        found = []
        for request in sorted(self.desk.leased(), key=lambda request: request.item_id):
            page = self.page(request, bodies[len(found)])
            keep(self.desk.ledger, self.outcome(request, page, keep_page=keep_page))
            found.append(request.item_id)
        self.desk.ledger.published([number for number, _ in self.desk.ledger.unpublished(100)])
        return found

    def page(self, request: URLRequest, body: bytes, fetched_at: str = "2026-11-24T06:00:00Z") -> Page:
        return Page(
            request.url, request.url, 200, body, "text/html; charset=utf-8", '"e1"', ms=12, wire_bytes=len(body), fetched_at=fetched_at
        )

    def outcome(self, request: URLRequest, page: Page, *, keep_page: bool = True) -> Labelled:
        found = rereading.extracted(self._pool, page, request.item_id, refuse_opt_outs=False)
        on_disk = self.archive.keep(page) if keep_page else None
        found = replace(found, token=request.token, page_sha256=on_disk and on_disk.sha256, page_bytes=on_disk.bytes if on_disk else 0)
        [one] = rereading.with_labels([found], self._labeller, self.services.settings)
        assert isinstance(one, Labelled)
        return one

    def as_an_older_program_left_it(self, item: int, **columns: object) -> None:
        with self.services.engine.begin() as connection:
            connection.execute(update(articles).where(articles.c.item_id == item).values(**columns))

    def replay(self, *, dry_run: bool = False, **which: object) -> Replayed:
        done = replay_pages(self.services, Selection(**which), lambda _: None, dry_run=dry_run, who="ann")  # type: ignore[arg-type]
        assert balanced(self.desk.ledger)
        return done

    def count(self, table: object) -> int:
        with self.services.engine.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]

    def everything(self) -> list[object]:
        """Every row that a reader is given."""
        with self.services.engine.connect() as connection:
            tables = (articles, labels, topics, revisions, deliveries, outbox, pages)
            return [[tuple(row) for row in connection.execute(table.select().order_by(*table.primary_key.columns))] for table in tables]


def test_a_replay_of_what_this_program_stored_changes_nothing(kept: Kept) -> None:
    kept.store(report(0), report(1), TRADE)
    before = kept.everything()
    done = kept.replay()
    assert (done.selected, done.unchanged, done.changes) == (3, 3, ())
    assert kept.everything() == before


def test_what_an_older_extraction_left_is_replaced_once_and_kept(kept: Kept) -> None:
    [item] = kept.store(report(0))
    right = kept.services.articles.of([item])[0]
    stored_at = right.stored_at
    kept.as_an_older_program_left_it(item, title="Menu", authors=["Share this"], text="Wrong. " * 200, content_sha256="0" * 64)
    kept.desk.clock.at += 1000
    # When only looked at, nothing is written
    before = kept.everything()
    preview = kept.replay(dry_run=True)
    assert kept.everything() == before
    assert (preview.dry_run, preview.revised) == (True, 1)
    # When replayed, the article is what the page says today, and the old one is its earlier version
    done = kept.replay()
    assert replace(done, dry_run=True) == preview
    [change] = done.changes
    assert (change.item_id, change.became, change.fields) == (item, "revised", ("title", "text", "authors", "content_sha256"))
    now = kept.services.articles.of([item])[0]
    assert (now.title, now.text, now.authors) == (right.title, right.text, right.authors)
    assert now.stored_at == stored_at, "nothing new has come in"
    marks = select(*(articles.c[f"band_{number}"] for number in range(MARKS))).where(articles.c.item_id == item)
    with kept.services.engine.connect() as connection:
        assert list(connection.execute(marks).one()) == copy_marks(now.text), "its copies are found as those of any article"
    [version] = versions.of(kept.services.engine, item)
    assert (version.title, version.text, version.authors) == ("Menu", "Wrong. " * 200, ["Share this"])
    # And it is told: on the stream, in the trace and in the log
    assert kept.count(outbox) == 1
    [trace] = kept.desk.ledger.trace(entry(0, "h0.test:443").key)
    assert (trace.state, trace.events[-1].outcome) == ("stored", "revised")
    assert trace.events[-1].detail == "its kept page was read again: title, text, authors, content_sha256"
    [deed] = kept.services.audit.page(DeedFilter(), 5)
    assert (deed.who, deed.what, deed.count) == ("ann", "replay", 1)
    # A second replay changes nothing
    before = kept.everything()
    again = kept.replay()
    assert (again.revised, again.unchanged) == (0, 1)
    assert kept.everything() == before


def test_a_label_that_flips_is_told_as_after_a_recheck(kept: Kept) -> None:
    [item] = kept.store(TRADE)
    with kept.services.engine.begin() as connection:
        connection.execute(update(topics).where(topics.c.item_id == item, topics.c.label == "trade").values(decision="no"))
    done = kept.replay()
    [flip] = done.flips
    assert (flip.label, flip.before, flip.after, flip.articles) == ("trade", "no", "yes", 1)
    assert (done.revised, done.fields) == (1, {})
    [version] = versions.of(kept.services.engine, item)
    assert list(version.flips) == [{"label": "trade", "before": "no", "after": "yes"}]
    with kept.services.engine.connect() as connection:
        [(kind, body)] = connection.execute(select(deliveries.c.kind, deliveries.c.body)).all()
    assert (kind, json.loads(body)) == ("label.flipped", [{"label": "trade", "before": "no", "after": "yes"}])
    assert kept.replay().unchanged == 1


def test_labels_of_another_model_that_say_the_same_are_replaced_without_a_version(kept: Kept) -> None:
    [item] = kept.store(report(0))
    with kept.services.engine.begin() as connection:
        connection.execute(update(labels).values(model_id="older", model_sha256="1" * 64))
    assert kept.replay(dry_run=True).relabelled == 1
    assert kept.replay().relabelled == 1
    assert kept.count(revisions) == 0
    assert kept.services.articles.of([item])[0].model.sha256 == kept.services.labeller.sha256
    assert kept.replay().unchanged == 1


def test_what_a_person_said_stays(kept: Kept) -> None:
    [item] = kept.store(report(0))
    with kept.services.engine.begin() as connection:
        connection.execute(
            update(labels).values(labelled_by="ann", labelled_at=1.0, model_source_type=labels.c.source_type, model_sha256="1" * 64)
        )
        connection.execute(update(topics).where(topics.c.label == "trade").values(decision="yes", model_decision="no"))
    assert kept.replay().unchanged == 1
    assert kept.services.articles.of([item])[0].decided("yes") == ["trade"]


def test_articles_without_a_page_and_with_a_broken_one_are_counted_and_stay(kept: Kept) -> None:
    [bare] = kept.store(report(0), keep_page=False)
    gone, damaged, good = kept.store(report(1), report(2), report(3))
    archive = archive_of(kept.services.settings.data_dir)
    with kept.services.engine.connect() as connection:
        digests = dict(connection.execute(select(pages.c.item_id, pages.c.sha256)).all())
    path_of(archive, digests[gone]).unlink()
    path_of(archive, digests[damaged]).write_bytes(b"not zstd")
    for item in (bare, gone, damaged, good):
        kept.as_an_older_program_left_it(item, title="Menu")
    done = kept.replay()
    assert (done.selected, done.without_page, done.lost, done.revised) == (4, 1, 2, 1)
    assert [(one.item_id, one.became, one.detail) for one in done.changes] == [
        (gone, "lost", "its file is gone"),
        (damaged, "lost", "expected a compressed page, got what zstd cannot read: zstd decompress error: Unknown frame descriptor"),
        (good, "revised", None),
    ]
    assert [result.title for result in kept.services.articles.of([bare, gone, damaged])] == ["Menu"] * 3


def test_a_page_that_is_no_article_today_takes_nothing_away(kept: Kept) -> None:
    [item] = kept.store(report(0))
    request = URLRequest(item, 0, kept.services.articles.of([item])[0].url or "")
    empty = kept.archive.keep(kept.page(request, b"<html><body></body></html>"))
    with kept.services.engine.begin() as connection:
        connection.execute(update(pages).values(sha256=empty.sha256))
    done = kept.replay()
    assert (done.failed, done.changes[0].reason) == (1, "no-text")
    assert kept.services.articles.of([item])[0].text


def test_a_later_answer_that_a_recheck_left_aside_is_left_aside_again(kept: Kept) -> None:
    more = b"".join(report(number).partition(b"</h1>")[2].partition(b"</article>")[0] for number in range(10, 14))
    [item] = kept.store(report(0).replace(b"</article>", more + b"</article>"))
    request = URLRequest(item, 0, kept.services.articles.of([item])[0].url or "")
    later = kept.archive.keep(kept.page(request, report(0), "2026-11-25T06:00:00Z"))
    with kept.services.engine.begin() as connection:
        connection.execute(update(pages).values(sha256=later.sha256))
    done = kept.replay()
    assert (done.kept, done.revised) == (1, 0)
    assert "a wall or an excerpt" in (done.changes[0].detail or "")


def test_no_text_is_stored_twice(kept: Kept) -> None:
    first, second = kept.store(report(0), report(1))
    text, sha256 = (kept.services.articles.of([first])[0].text, kept.services.articles.of([first])[0].content_sha256)
    kept.as_an_older_program_left_it(second, text="Other.", content_sha256="0" * 64)
    request = URLRequest(second, 0, "https://h1.test/1")
    same = kept.archive.keep(kept.page(request, report(0)))
    with kept.services.engine.begin() as connection:
        connection.execute(update(pages).where(pages.c.item_id == second).values(sha256=same.sha256))
    done = kept.replay(items=(second,))
    assert text
    assert sha256
    assert (done.kept, done.changes[0].reason, done.changes[0].detail) == (1, "duplicate", f"the page shows the text of item {first} now")


def test_an_article_that_is_being_fetched_again_waits_for_that(kept: Kept) -> None:
    [item] = kept.store(report(0))
    kept.as_an_older_program_left_it(item, title="Menu")
    kept.desk.ledger.recheck([item])
    assert (kept.replay().kept, kept.count(revisions)) == (1, 0)


def test_articles_are_chosen_as_a_search_chooses_them(kept: Kept) -> None:
    items = kept.store(report(0), report(1), report(2))
    assert kept.replay(items=(items[1], items[1])).selected == 1
    assert kept.replay(limit=2).selected == 2
    assert kept.replay(job="job").selected == 3
    assert kept.replay(wanted=SearchFilter(words=("report 1",))).selected == 1
    assert kept.replay(wanted=SearchFilter(host="other.test")).selected == 0
    with pytest.raises(NotFound, match="got 999"):
        kept.replay(items=(999,))
    with pytest.raises(UsageError, match="job"):
        kept.replay(job="no such")
    with pytest.raises(UsageError, match="--topic"):
        kept.replay(wanted=SearchFilter(topics=("weather",)))


def test_the_command_shows_first_and_asks(kept: Kept, monkeypatch, capfd) -> None:
    settings = kept.services.settings
    monkeypatch.setenv("PRESSMARK_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("PRESSMARK_DATABASE_URL", str(settings.database_url))
    [item] = kept.store(report(0))
    kept.as_an_older_program_left_it(item, title="Menu")

    def call(*words: str) -> tuple[int, str, str]:
        code = program.run(["replay", *words])
        return code, *capfd.readouterr()

    code, out, err = call("--dry-run", "--json")
    assert (code, json.loads(out)["revised"], json.loads(out)["changes"][0]["fields"]) == (0, 1, ["title"])
    code, out, err = call()
    assert code == 2
    assert "revised" in out
    assert err == "pressmark: 1 articles would be replaced, and earlier versions kept: expected --yes, since no terminal is there to ask\n"
    code, out, err = call("--json")
    assert (code, out) == (2, "")
    code, out, err = call("--yes", "--json")
    assert (code, json.loads(out)["dry_run"], json.loads(out)["revised"]) == (0, False, 1)
    code, out, err = call()
    assert (code, err) == (0, "")
    assert "unchanged" in out


def test_nothing_stored_is_nothing_to_do(kept: Kept) -> None:
    assert kept.replay() == Replayed(False, kept.services.labeller.model_id, 0, 0, 0, 0, 0, 0, 0, 0, {}, (), ())
