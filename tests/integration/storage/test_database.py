"""The database opened, migrated and refused, on SQLite and PostgreSQL."""

from __future__ import annotations

import shutil
import subprocess
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, select, text

from tests.integration.parts.samples import entry
from worker.config import Settings
from worker.errors import Unavailable, UsageError
from worker.storage import database, tables
from worker.storage.database import Unacceptable, migrate, open_database, reading, require_current, writing
from worker.storage.ledger import Ledger
from worker.storage.tables import SCHEMA, metadata

MIGRATIONS = Path(database.__file__).parent / "migrations"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path):
    """A database without any table."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/new/pressmark.sqlite"
    else:
        url = request.getfixturevalue("postgres_server").new_database()
    engine = open_database(Settings(database_url=url))
    yield engine
    engine.dispose()


def test_an_empty_database_says_what_to_do(empty):
    with pytest.raises(Unavailable, match="run `pressmark migrate`"):
        require_current(empty)


def test_to_migrate_twice_is_to_migrate_once(empty):
    assert migrate(empty) == (None, SCHEMA)
    Ledger(empty, Settings()).accept([entry(1)], Ledger(empty, Settings()).open_job())
    assert migrate(empty) == (SCHEMA, SCHEMA)
    require_current(empty)
    assert Ledger(empty, Settings()).balance().accepted == 1


def test_the_revisions_make_exactly_the_tables_of_the_models(empty):
    migrate(empty)
    with empty.connect() as connection:
        ours = {"compare_type": True, "include_name": lambda name, kind, _: kind != "table" or not str(name).startswith("article_")}
        context = MigrationContext.configure(connection, opts=ours)  # FTS5 keeps tables of its own
        assert compare_metadata(context, metadata) == []


def test_the_newest_revision_is_the_one_that_the_program_names():
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == SCHEMA


def test_a_database_from_the_future_is_refused_in_one_line(empty):
    migrate(empty)
    with writing(empty) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for deed in (migrate, require_current):
        with pytest.raises(Unavailable, match=r"^the database has schema 9999, made by a newer Pressmark.*upgrade[^\n]*$"):
            deed(empty)


def test_a_migration_that_breaks_off_leaves_nothing(empty, monkeypatch):
    monkeypatch.setattr("alembic.command.upgrade", lambda config, _: _half(config.attributes["connection"]))
    with pytest.raises(RuntimeError):
        migrate(empty)
    monkeypatch.undo()
    assert migrate(empty) == (None, SCHEMA)


def _half(connection) -> None:
    connection.execute(text("CREATE TABLE items (id INTEGER)"))
    raise RuntimeError("the power went")


def test_writers_queue_and_none_is_lost(engine):
    # Given twenty threads that read and write the same number
    def add() -> None:
        for _ in range(10):
            with writing(engine) as connection:
                beat = connection.execute(text("SELECT beat FROM engine")).scalar_one()
                connection.execute(text("UPDATE engine SET beat = :beat"), {"beat": beat + 1})

    threads = [threading.Thread(target=add) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(engine) as connection:
        assert connection.execute(text("SELECT beat FROM engine")).scalar_one() == 120


def test_readers_are_not_kept_waiting_by_a_writer(engine):
    with writing(engine) as held:
        held.execute(text("UPDATE engine SET beat = 7"))
        with reading(engine) as connection:
            assert connection.execute(text("SELECT beat FROM engine")).scalar_one() == 0


def test_a_lock_that_is_never_released_is_told_in_one_line(engine, monkeypatch):
    monkeypatch.setattr(database, "LOCK_WAIT", 0.2)
    other = open_database(Settings(database_url=engine.url.render_as_string(hide_password=False)))
    with writing(engine), pytest.raises(Unavailable, match="cannot be used"), writing(other):
        pass
    other.dispose()


def test_a_command_waits_for_a_lock_only_as_long_as_a_person_would(engine, monkeypatch):
    # Given: a lock that is held, which a process would wait for half a minute
    monkeypatch.setattr(database, "COMMAND_LOCK_WAIT", 0.2)
    other = open_database(Settings(database_url=engine.url.render_as_string(hide_password=False)), for_command=True)
    # When / Then
    with writing(engine), pytest.raises(Unavailable, match="lock"), writing(other):
        pass
    other.dispose()


def test_a_database_that_can_be_written_is_found_so_and_left_as_it_was(engine):
    database.expect_writable(engine)
    database.require_current(engine)


def test_a_sqlite_file_that_may_only_be_read_is_found_so(tmp_path):
    # Given
    engine = open_database(Settings(data_dir=tmp_path))
    database.migrate(engine)
    engine.dispose()
    only_read = open_database(Settings(database_url=f"sqlite:///file:{tmp_path}/pressmark.sqlite?mode=ro&uri=true"))
    # When / Then
    with pytest.raises(Unavailable, match="readonly"):
        database.expect_writable(only_read)
    only_read.dispose()


def test_sqlite_is_durable_at_every_commit(tmp_path):
    engine = open_database(Settings(data_dir=tmp_path))
    with reading(engine) as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == 2
    engine.dispose()


def test_a_text_that_the_database_cannot_hold_is_refused_as_such(engine):
    bad = "\ud800"  # half of a surrogate pair: no database encodes it
    with pytest.raises(Unacceptable), writing(engine) as connection:
        connection.execute(text("UPDATE engine SET leader = :name"), {"name": bad})


@pytest.mark.parametrize("url", ["postgresql+psycopg://nobody@/none?host=/nonexistent", "sqlite:////proc/none/x.sqlite"])
def test_a_database_that_is_away_is_told_in_one_line(url):
    with pytest.raises(Unavailable) as caught:
        require_current(open_database(Settings(database_url=url)))
    assert "\n" not in str(caught.value)


def test_a_password_is_never_told():
    with pytest.raises(Unavailable) as caught:
        require_current(open_database(Settings(database_url="postgresql+psycopg://user:secret@/none?host=/nonexistent")))
    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database_is_told_in_one_line(tmp_path):
    (tmp_path / "pressmark.sqlite").write_bytes(b"not a database at all, but a letter to the editor" * 100)
    with pytest.raises(Unavailable, match=r"^[^\n]*not a database[^\n]*$"):
        require_current(open_database(Settings(data_dir=tmp_path)))


def test_a_full_disk_is_told_in_one_line_and_nothing_is_half_written(tmp_path, sqlite_template):
    # Given a disk of 3 MB
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "none", str(small)], check=False, capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("may not mount a small disk here")
    try:
        shutil.copy(sqlite_template, small / "pressmark.sqlite")
        settings = Settings(data_dir=small)
        engine = open_database(settings)
        ledger = Ledger(engine, settings)
        job = ledger.open_job("big")
        # When
        with pytest.raises(Unavailable, match=r"^[^\n]*full[^\n]*$"):
            for _ in ledger.accept_many(map(entry, range(20_000)), job):
                pass
        # Then
        running, counted = ledger.recount()
        assert counted.balanced
        assert running.accepted == counted.accepted == ledger.progress(job).open
        engine.dispose()
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_half_an_emoji_is_a_wrong_question_and_no_fault_of_the_database(engine: Engine) -> None:
    with pytest.raises(UsageError, match="expected text and numbers that a database can hold"), reading(engine) as connection:
        connection.execute(select(tables.items.c.id).where(tables.items.c.host == "\ud83d"))
