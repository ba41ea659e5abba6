"""A1: the public stream `articles` is bounded by bytes, so that it never fills Redis, however many articles are stored.

Small: Redis has 16 MB here, the stream may have 4. The keeper publishes what stands in its outbox; putting stored items
there again makes it publish thousands of Results without fetching thousands of pages.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from tests.attack.parts.commands import ROOT, pressmark
from tests.attack.parts.pages import page
from tests.attack.parts.redis_servers import FailingRedis
from tests.attack.parts.sites import RawSite, answer, raw_site
from tests.integration.parts.service import RunningService

MIB = 1024 * 1024
REDIS_MEMORY = 16 * MIB
STREAM = 4 * MIB
"""Of PRESSMARK_PUBLISH_MAX_BYTES, the setting that is to come."""
SLACK = 1.5
"""Redis trims whole nodes of a stream, and counts its own overhead."""
RESULTS = 4000
"""Of some 8 KB each: twice the memory of this Redis."""
STORIES, BATCH = 20, 200
WAITED = "lorries with rice waited at the crossing, " * 6
LONG = tuple(f"The customs office reported for the {day}th time that {WAITED}" for day in range(10))
"""An article of 3,000 characters, as the one of 6,155 bytes in the report."""


class Publishing:
    """`up` with some stored articles, on a Redis with little memory."""

    def __init__(self, service: RunningService, site: RawSite, server: FailingRedis) -> None:
        self.service, self.site, self.server = service, site, server

    @property
    def database(self) -> Path:
        """The ledger."""
        return self.service.folder / "data" / "pressmark.sqlite"

    def publish_again(self, results: int) -> None:
        """Puts the stored items into the outbox, again and again; the keeper publishes an item once a batch of 200 rows."""
        rows = results * BATCH // STORIES
        with closing(sqlite3.connect(self.database, timeout=30)) as connection, connection:
            items = [row[0] for row in connection.execute("SELECT item_id FROM articles")]
            connection.executemany("INSERT INTO outbox (item_id) VALUES (?)", ((items[n % len(items)],) for n in range(rows)))

    def unpublished(self) -> int:
        """What the outbox still holds."""
        with closing(sqlite3.connect(self.database, timeout=30)) as connection:
            return int(connection.execute("SELECT count(*) FROM outbox").fetchone()[0])

    def all_published(self, patience: float) -> bool:
        """Waits for an empty outbox; False when patience ends."""
        end = time.monotonic() + patience
        while self.unpublished():
            if time.monotonic() > end:
                return False
            time.sleep(0.5)
        return True

    def stream_bytes(self) -> int:
        """What Redis says the stream takes."""
        with self.server.client() as client:
            return int(client.memory_usage("pressmark:articles", samples=0) or 0)

    def newest(self) -> str:
        """The last Result on the stream."""
        with self.server.client() as client:
            return client.xrevrange("pressmark:articles", count=1)[0][1][b"result"].decode()


def settings(site: RawSite, server: FailingRedis, limit: int) -> dict[str, str]:
    return {**site.settings(), "PRESSMARK_REDIS_URL": server.url, "PRESSMARK_PUBLISH_MAX_BYTES": str(limit)}


@pytest.fixture
def publishing(tmp_path, redis_server) -> Iterator[Publishing]:
    """With 20 articles stored, and 10 more pages to come."""
    with redis_server.client() as client:
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", REDIS_MEMORY)
    world = {f"/{number}": answer(page(story=LONG, mark=f"Report number {number}.").encode()) for number in range(STORIES + 10)}
    with raw_site(world) as site, RunningService(tmp_path, settings(site, redis_server, STREAM)) as service:
        service.up()
        service.enqueue([site.url(path) for path in world][:STORIES])
        service.until(lambda: service.settled() == STORIES, 60)
        yield Publishing(service, site, redis_server)


def test_a_stream_of_articles_never_fills_redis(publishing, figure):
    # When: twice as much is published as this Redis can hold
    publishing.publish_again(RESULTS)
    published = publishing.all_published(40)
    figure("Results left unpublished, of 4,000", publishing.unpublished() * STORIES // BATCH)
    figure("MB of the stream in a Redis of 16.8 MB", round(publishing.stream_bytes() / 1_000_000, 1))
    # Then: all of it went through the stream, and new articles do too
    assert published, "the stream stands still: " + publishing.service.log.read_text()[-500:]
    assert publishing.stream_bytes() < STREAM * SLACK
    new = [publishing.site.url(f"/{number}") for number in range(STORIES, STORIES + 10)]
    publishing.service.enqueue(new)
    publishing.service.until(lambda: publishing.service.settled() == STORIES + 10, 60)
    assert publishing.all_published(10)
    assert any(url in publishing.newest() for url in new)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_300000_articles_of_6_kb_pass_through_the_redis_of_the_compose_file(publishing, figure):
    # Given: the memory that docker-compose.yml gives Redis, and the limit of a fresh installation
    with publishing.server.client() as client:
        client.config_set("maxmemory", compose_memory())
    publishing.service.down()
    publishing.service.settings = {
        name: value for name, value in publishing.service.settings.items() if name != "PRESSMARK_PUBLISH_MAX_BYTES"
    }
    publishing.service.up()
    # When
    publishing.publish_again(300_000)
    published = publishing.all_published(1800)
    figure("Results left unpublished, of 300,000", publishing.unpublished() * STORIES // BATCH)
    # Then
    assert published
    assert publishing.service.queues()["balanced"] is True


# Limits beside Redis' memory ---------------------------------------------------------------------


def compose_memory() -> int:
    """Bytes that docker-compose.yml gives Redis."""
    service = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]["redis"]
    found = re.search(r"--maxmemory (\d+)mb", service["command"][-1])
    assert found
    return int(found[1]) * MIB


def test_the_stream_of_a_fresh_installation_takes_no_more_than_half_of_the_compose_files_redis(tmp_path):
    limits = {row["name"]: row["value"] for row in pressmark(tmp_path, "config", "--json").json["settings"]}
    limit = limits.get("PRESSMARK_PUBLISH_MAX_BYTES")
    assert limit is not None, "there is no limit in bytes"
    assert int(limit) <= compose_memory() / 2


def warns_of_memory(folder: Path, server: FailingRedis, **settings: str) -> bool:
    """Whether `doctor` says that Redis has too little memory for the limits."""
    done = pressmark(folder, "doctor", "--json", settings={"PRESSMARK_REDIS_URL": server.url, **settings})
    findings = [finding for finding in done.json["checks"] if finding["state"] != "ok" and finding["check"] == "redis"]
    return any("maxmemory" in f"{finding['detail']} {finding['remedy']}" for finding in findings)


def test_doctor_warns_where_the_limits_exceed_redis_memory(tmp_path, redis_server):
    with redis_server.client() as client:
        client.config_set("maxmemory", REDIS_MEMORY)
    assert warns_of_memory(tmp_path, redis_server, PRESSMARK_PUBLISH_MAX_BYTES=str(64 * MIB))


@pytest.mark.parametrize("memory", [0, 2048 * MIB])
def test_doctor_is_silent_where_redis_has_room_enough(tmp_path, redis_server, memory):
    with redis_server.client() as client:
        client.config_set("maxmemory", memory)
    assert not warns_of_memory(tmp_path, redis_server, PRESSMARK_PUBLISH_MAX_BYTES=str(64 * MIB))
