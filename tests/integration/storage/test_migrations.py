"""Databases of earlier schemas are brought up to date with all that is in them, on SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, bindparam, text

from worker.config import Settings
from worker.storage import database
from worker.storage.database import migrate, open_database, reading, writing
from worker.storage.ledger import Ledger
from worker.storage.tables import SCHEMA
from worker.storage.values import Balance, DeadFilter

MIGRATIONS = Path(database.__file__).parent / "migrations"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path):
    """A database without any table."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/pressmark.sqlite"
    else:
        url = request.getfixturevalue("postgres_server").new_database()
    engine = open_database(Settings(database_url=url))
    yield engine
    engine.dispose()


def upgrade_to(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


ITEM = text(
    "INSERT INTO items (id, kind, key, url, host, lane, state, reason, detail, due, token, leased_until, taken, refetch, duplicate_of,"
    " changed_at) VALUES (:id, :kind, :key, :url, 'press.test:443', 1, :state, :reason, :detail, 0, 1, :leased_until, :taken, :refetch,"
    " :duplicate_of, 1)"
)
NOTHING = {"kind": "article", "reason": None, "detail": None, "leased_until": None, "taken": False, "refetch": False, "duplicate_of": None}
ITEMS = [
    {"id": 1, "state": "stored"},
    {"id": 2, "state": "duplicate", "reason": "duplicate", "duplicate_of": 1},
    {"id": 3, "state": "waiting", "refetch": True},
    {"id": 4, "state": "running", "leased_until": 120.0, "taken": True},
    {"id": 5, "state": "dead", "reason": "http-404"},
    {"id": 6, "state": "stored", "kind": "feed"},
    {"id": 7, "state": "dead", "reason": "not-html", "kind": "feed"},
    {"id": 8, "state": "waiting", "kind": "sitemap"},
    {"id": 9, "state": "refused", "reason": "robots", "kind": "sitemap"},
]
"""Of every kind, as the earlier schema had them; items 1 and 3 have an article."""
FORGOTTEN = [
    {"id": 11, "state": "dead", "reason": "dropped-by-user", "detail": "forgotten"},
    {"id": 12, "state": "refused", "reason": "scheme"},
    {"id": 13, "state": "running", "leased_until": 120.0, "taken": True},
    {"id": 14, "state": "waiting"},
]
"""Taken out; all but the first were sent again by a requeue since."""
OF_ARTICLES = {"receipts": 5, "stored": 1, "duplicate": 1, "waiting": 1, "running": 1, "dead": 1}
OTHERS = {"articles": 2, "refetching": 1, "naming": 1, "finished": 6}


def fill(engine: Engine, items: list[dict[str, object]], counters: dict[str, int]) -> None:
    rows = [NOTHING | {"key": f"key{item['id']}", "url": address(item)} | item for item in items]
    with writing(engine) as connection:
        connection.execute(ITEM, rows)
        connection.execute(text("INSERT INTO receipts (item_id, kind, at) SELECT id, kind, 1 FROM items"))
        connection.execute(
            text(
                "INSERT INTO articles (item_id, final_url, text, authors, extractor, warnings, opt_outs, http, content_sha256, simhash,"
                " band_0, band_1, band_2, band_3, cluster_id, fetched_at, stored_at) SELECT id, url, 'Text.', '[]', '{}', '[]', '[]', '{}',"
                " 'x', 'x', 0, 0, 0, 0, id, 'x', 1 FROM items WHERE id IN :ids"
            ).bindparams(bindparam("ids", expanding=True)),
            {"ids": [1, 3]},
        )
        connection.execute(
            text("INSERT INTO counters (name, value) VALUES (:name, :value)"), [{"name": n, "value": v} for n, v in counters.items()]
        )


def address(item: dict[str, object]) -> str:
    return f"forgotten:{item['id']}" if item in FORGOTTEN else f"https://press.test/{item['id']}"


def counted(engine: Engine) -> Balance:
    """The balance, which is the same both ways."""
    running, anew = Ledger(engine, Settings()).recount()
    assert replace(running, counted=True) == anew
    return anew


def test_the_counters_of_an_earlier_schema_are_counted_anew_over_every_kind(empty):
    # Given
    upgrade_to(empty, "0004")
    fill(empty, ITEMS, OF_ARTICLES | OTHERS)
    # When
    assert migrate(empty) == ("0004", SCHEMA)
    # Then
    balance = counted(empty)
    assert balance.balanced
    assert (balance.accepted, balance.articles) == (9, 2)
    assert balance.states == {"waiting": 2, "running": 1, "stored": 2, "duplicate": 1, "refused": 1, "dead": 2}
    with reading(empty) as connection:
        names = connection.execute(text("SELECT name, value FROM counters WHERE name IN ('finished', 'refetching')")).all()
    assert names == [("finished", 6)], "throughput goes on where it was, and what nobody reads any more is gone"


def test_take_downs_of_an_earlier_schema_are_refused_for_good(empty):
    # Given
    upgrade_to(empty, "0004")
    fill(empty, [*ITEMS, *FORGOTTEN], OF_ARTICLES | OTHERS | {"receipts": 9, "dead": 2, "refused": 1, "running": 2, "waiting": 2})
    # When
    migrate(empty)
    # Then they are refused, and the rest is as it was
    balance = counted(empty)
    assert balance.balanced
    assert balance.accepted == 13
    assert balance.states == {"waiting": 2, "running": 1, "stored": 2, "duplicate": 1, "refused": 5, "dead": 2}
    with reading(empty) as connection:
        query = "SELECT state, reason, detail, leased_until, token FROM items WHERE url LIKE 'forgotten%'"
        assert connection.execute(text(query)).all() == [("refused", "forgotten", None, None, 2)] * 4
    # And nothing sends them again
    ledger = Ledger(empty, Settings(host_interval=0.0))
    assert ledger.requeue(DeadFilter()) == 2
    lead = ledger.take_lead(ledger.leadership(), "test")
    assert lead is not None
    assert {request.item_id for _, request in ledger.lease(lead, 20)} <= {3, 5, 7, 8}
