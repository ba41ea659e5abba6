"""A1: the public stream never fills Redis: it is bounded in entries, bytes and age, and trimmed before anything is added."""

from __future__ import annotations

import json
import time

import pytest

from tests.attack.parts.redis_servers import FailingRedis
from worker.config import Settings
from worker.queues import PublicStream, StreamLimits

KEY = "x:articles"
MIB = 1024 * 1024
DAY = 86400.0


def result(number: int, size: int = 6000) -> str:
    """One of `size` bytes."""
    return json.dumps({"item_id": number, "text": "x" * (size - 40)})


def stream(client, **limits) -> PublicStream:
    """With the limits of the settings, but for those given."""
    return PublicStream(client, "x", StreamLimits(**{"entries": 100_000, "bytes": 256 * MIB, "days": 30.0, **limits}))


def newest(client) -> int:
    """The item of the last entry."""
    return int(json.loads(client.xrevrange(KEY, count=1)[0][1][b"result"])["item_id"])


@pytest.mark.timeout(600)
@pytest.mark.parametrize("count", [90_000, pytest.param(300_000, marks=pytest.mark.soak)])
def test_any_number_of_articles_of_6_kb_passes_through_a_redis_of_512_mb(redis_server: FailingRedis, count, figure):
    # Given: the server of docker-compose.yml, and the settings as they are
    with redis_server.client() as client:
        client.config_set("appendonly", "no")
        client.config_set("maxmemory", "512mb")
        public = PublicStream(client, "x", StreamLimits.of(Settings()))
        peak, begun = 0, time.monotonic()
        # When
        for start in range(0, count, 200):
            public.publish([result(number) for number in range(start, start + 200)])
            if start % 20_000 == 0:
                peak = max(peak, client.info("memory")["used_memory"])
        # Then
        figure("peak of Redis, MB", peak / 1e6)
        figure("µs an article", round((time.monotonic() - begun) * 1e6 / count))
        assert newest(client) == count - 1
        assert peak < 400 * MIB, "room for the queues"
        assert 30_000 < client.xlen(KEY) < 60_000


def test_a_stream_is_held_to_half_of_a_small_redis(redis_server):
    with redis_server.client() as client:
        client.config_set("maxmemory", "40mb")
        public = stream(client)
        for start in range(0, 20_000, 200):
            public.publish([result(number) for number in range(start, start + 200)])
        assert newest(client) == 19_999
        assert client.memory_usage(KEY, samples=0) <= 1.01 * 20 * MIB


def test_an_over_full_stream_in_a_full_redis_is_trimmed_at_the_first_publish(redis_server):
    # Given: what an older version left: every write is refused
    with redis_server.client() as client:
        pipe = client.pipeline(transaction=False)
        for number in range(5000):
            pipe.xadd(KEY, {"result": result(number)})
        pipe.execute()
        client.config_set("maxmemory", "20mb")
        # When
        stream(client).publish([result(5000)])
        # Then
        assert newest(client) == 5000
        assert client.memory_usage(KEY, samples=0) <= 1.01 * 10 * MIB


@pytest.mark.parametrize("size", [50, 6000, 300_000])
def test_the_limit_in_bytes_holds_for_short_and_for_long_texts(redis_server, size):
    with redis_server.client() as client:
        public = stream(client, bytes=4 * MIB)
        count = 12 * MIB // size
        for start in range(0, count, 100):
            public.publish([result(number, size) for number in range(start, min(start + 100, count))])
            assert client.memory_usage(KEY, samples=0) < 4.5 * MIB
        assert newest(client) == count - 1
        assert client.memory_usage(KEY, samples=0) > 2 * MIB, "no more is dropped than must be"


def test_a_result_larger_than_the_limit_is_published_alone(redis_server):
    with redis_server.client() as client:
        public = stream(client, bytes=MIB)
        public.publish([result(number) for number in range(10)])
        public.publish([result(10, 5 * MIB)])
        assert (client.xlen(KEY), newest(client)) == (1, 10)
        public.publish([result(11)])
        assert (client.xlen(KEY), newest(client)) == (1, 11)


def test_entries_older_than_the_limit_leave_at_the_next_publish(redis_server):
    with redis_server.client() as client:
        for age in range(300, 0, -1):
            client.xadd(KEY, {"result": result(age)}, id=f"{int((time.time() - age * DAY) * 1000)}-0")
        stream(client, days=30.0).publish([result(0)])
        assert client.xlen(KEY) in (30, 31)
