"""Redis as transport, on Valkey and on Redis."""

from __future__ import annotations

import base64
import json
import os
import signal
import time

import pytest
from redis.exceptions import NoPermissionError, ResponseError

from tests.conftest import missing
from tests.integration.conftest import NAMESPACE
from tests.integration.parts.own_time import Stopwatch
from tests.integration.parts.samples import failed
from tests.integration.parts.servers import RedisServer, redis_binary
from worker.config import Settings
from worker.errors import Unavailable
from worker.messages import Returned, Taken, URLRequest, decode_outcome
from worker.queues import (
    FETCH,
    LABEL,
    QUEUES,
    RESULTS,
    URGENT,
    Capacity,
    Control,
    Depths,
    Progress,
    PublicStream,
    QueueFull,
    Results,
    Schema,
    StreamLimits,
    connect,
    connect_to_report,
    this_process,
)
from worker.queues.capacity import SHARE
from worker.queues.connection import SHORT_TIMEOUT, expect_answer
from worker.queues.depths import add_entries, entry_of

REQUEST = URLRequest(1, 1, "https://press.test/1")


def message(urls: int, age: float = 0.0) -> str:
    """As kombu writes it."""
    body = base64.b64encode(b"[[], {}, {}]").decode()
    return json.dumps({"body": body, "headers": {"id": "x", "urls": urls, "sent": time.time() - age}, "properties": {}})


def put(client, queue: str, urls: int, age: float = 0.0) -> None:
    """A message, and what is noted beside its queue, as the transport does."""
    pipe = client.pipeline()
    pipe.lpush(f"{NAMESPACE}:{queue}", message(urls, age))
    add_entries(pipe, f"{NAMESPACE}:{queue}", [entry_of(urls, time.time() - age)])
    pipe.execute()


def waiting(depths: Depths) -> dict[str, int]:
    return {depth.name: depth.waiting for depth in depths.all()}


def test_depths_count_urls_and_not_messages(depths, results, client):
    # Given
    for number in range(120):
        put(client, FETCH, 20, age=120 - number)
    client.lpush(f"{NAMESPACE}:{LABEL}", "no message of ours")
    results.add([failed(REQUEST, "timeout"), Returned([(2, 1), (3, 1)]), Taken([(4, 1)], "w")])
    # Then
    assert waiting(depths) == {FETCH: 2400, URGENT: 0, LABEL: 1, "label.bulk": 0, RESULTS: 3}
    ages = {depth.name: depth.oldest_waiting_s for depth in depths.all()}
    assert 115 < ages[FETCH] < 180
    assert ages[URGENT] is None
    assert [depth.name for depth in depths.all()] == list(QUEUES)


def test_depths_are_right_while_messages_are_taken_and_for_those_of_another_program(depths, client):
    # Given
    for urls in (20, 7, 3):
        put(client, FETCH, urls, age=100 * urls)
    # When: the oldest is taken
    client.rpop(f"{NAMESPACE}:{FETCH}")
    # Then
    assert waiting(depths)[FETCH] == 10
    assert 690 < depths.oldest_age() < 800
    # When: another program puts a message behind it, which is read for its age and for nothing else
    client.rpush(f"{NAMESPACE}:{FETCH}", message(20, age=5000))
    client.ltrim(f"{NAMESPACE}:{FETCH}:urls", 0, 1)
    assert waiting(depths)[FETCH] == 11
    assert depths.oldest_age() > 4990


def test_a_queue_of_articles_has_room_until_it_holds_its_part_of_redis(small_redis):
    # Given
    client = connect(Settings(redis_url=small_redis.url))
    client.config_set("maxmemory", SHARE * 4_000_000)
    room = Capacity(client, NAMESPACE)
    assert room.full() == []
    # When
    client.lpush(f"{NAMESPACE}:{LABEL}", *["x" * 100_000] * 41)
    # Then
    assert room.full() == [LABEL]
    with pytest.raises(QueueFull, match="label is full"):
        room.expect(LABEL)
    # When
    client.rpop(f"{NAMESPACE}:{LABEL}", 10)
    assert room.full() == []
    client.close()


def test_the_oldest_age_is_that_of_whichever_queue_waits_longest(depths, client):
    assert depths.oldest_age() == 0.0
    put(client, LABEL, 5, age=300)
    put(client, FETCH, 5, age=30)
    assert 295 < depths.oldest_age() < 400
    put(client, "label.bulk", 5, age=5000)
    assert depths.oldest_age() < 400, "relabelling holds no lease"


def test_what_is_taken_and_not_acknowledged_still_counts(depths, results):
    results.add([failed(REQUEST, "timeout")])
    entries = results.read("k", 10, 10)
    assert waiting(depths)[RESULTS] == 1
    results.ack([entry_id for entry_id, _ in entries], 1)
    assert waiting(depths)[RESULTS] == 0


def test_an_outcome_comes_out_as_it_went_in(results):
    outcome = failed(REQUEST, "timeout", detail="ភាសាខ្មែរ \x00")
    results.add([outcome])
    assert decode_outcome(results.read("k", 10, 10)[0][1]) == outcome


def test_two_keepers_share_the_stream(results):
    results.add([failed(REQUEST, "timeout")] * 10)
    first, second = results.read("a", 6, 10), results.read("b", 6, 10)
    assert (len(first), len(second)) == (6, 4)
    assert {entry_id for entry_id, _ in first}.isdisjoint(entry_id for entry_id, _ in second)


def test_an_emptied_redis_is_read_from_again_without_a_word(results, client):
    results.add([failed(REQUEST, "timeout")])
    results.read("k", 10, 10)
    client.flushall()
    assert results.read("k", 10, 10) == []
    assert results.claim("k", 10, 0) == []
    results.add([failed(REQUEST, "timeout")])
    assert len(results.read("k", 10, 10)) == 1


def test_a_keeper_that_leaves_takes_its_name_along_unless_it_has_something_in_hand(results, client):
    results.add([failed(REQUEST, "timeout")] * 2)
    entries = results.read("tidy", 1, 10)
    results.read("untidy", 1, 10)
    results.ack([entry_id for entry_id, _ in entries])
    results.leave("tidy")
    results.leave("untidy")
    names = [consumer["name"] for consumer in client.xinfo_consumers(f"{NAMESPACE}:{RESULTS}", "keepers")]
    assert names == [b"untidy"]


def test_what_was_claimed_and_has_vanished_is_left_out(results, client):
    results.add([failed(REQUEST, "timeout")] * 2)
    entries = results.read("k", 10, 10)
    client.xdel(f"{NAMESPACE}:{RESULTS}", entries[0][0])
    assert len(results.claim("other", 10, 0)) == 1


def test_flows_are_counted_in_and_out(depths, results):
    depths.flowed(FETCH, entered=40, left=10)
    results.add([failed(REQUEST, "timeout")] * 3, out_of=FETCH)
    flows = {depth.name: (depth.in_per_min, depth.out_per_min) for depth in depths.all()}
    assert flows[FETCH] == (40, 13)
    assert flows[RESULTS] == (3, 0)


def test_workers_are_alive_while_they_are_seen(control, client):
    control.heartbeat("a@host", [FETCH, URGENT], 7)
    client.hset(f"{NAMESPACE}:workers", "old@host", json.dumps({"queues": ["label"], "at": time.time() - 60, "running": 3}))
    client.hset(f"{NAMESPACE}:workers", "ancient@host", json.dumps({"queues": ["label"], "at": time.time() - 1e6, "running": 3}))
    seen = {worker.name: (worker.alive, worker.running, worker.queues) for worker in control.workers()}
    assert seen == {"a@host": (True, 7, (FETCH, URGENT)), "old@host": (False, 0, ("label",))}
    control.deregister("a@host")
    assert [worker.name for worker in control.workers()] == ["old@host"]


def test_a_process_that_serves_no_queue_is_alive_while_it_makes_progress_and_gone_when_it_ends(control):
    with Progress(control, "keeper") as progress:
        [keeper] = control.workers()
        assert (keeper.name, keeper.queues, keeper.alive) == (f"keeper@{this_process()}", (), True)
        # When: a round at once is no second write
        progress.made()
        assert control.workers() == [keeper]
        # When: rounds go on
        end = time.monotonic() + 60
        while control.workers()[0].last_seen == keeper.last_seen:
            assert time.monotonic() < end
            progress.made()
            time.sleep(0.1)
    assert control.workers() == []


def test_progress_ends_nothing_while_redis_is_away(tmp_path):
    away = Control(connect(Settings(redis_url=f"unix://{tmp_path}/nobody.sock")), "x")
    with Progress(away, "dispatcher") as progress:
        progress.made()


def test_the_epoch_and_the_pause_flags_are_remembered_until_redis_is_emptied(control, client):
    assert control.epoch() is None
    assert control.paused() == frozenset()
    control.begin_epoch("one")
    control.set_paused(["label"])
    assert (control.epoch(), control.paused()) == ("one", {"label"})
    client.flushall()
    assert (control.epoch(), control.paused()) == (None, frozenset())


def test_the_public_stream_is_trimmed(client):
    public_stream = PublicStream(client, NAMESPACE, StreamLimits(entries=100, bytes=1 << 30, days=30))
    for _ in range(5):
        public_stream.publish(["{}"] * 200)
    assert client.xlen(f"{NAMESPACE}:articles") < 400, "trimmed near the maximum, by whole nodes of the stream"


def test_a_redis_that_is_away_is_told_in_one_line():
    client = connect(Settings(redis_url="unix:///nonexistent/socket"))
    for call in (
        lambda: Depths(client, "x").all(),
        lambda: Control(client, "x").workers(),
        lambda: Results(client, "x").add([failed(REQUEST, "timeout")]),
        lambda: Results(client, "x").read("k", 1, 1),
        lambda: Results(client, "x").claim("k", 1, 1),
    ):
        with pytest.raises(Unavailable, match=r"^Redis cannot be used: [^\n]+$"):
            call()


def test_without_a_redis_url_the_way_out_is_named():
    with pytest.raises(Unavailable, match="pressmark up"):
        connect(Settings())


@pytest.fixture
def small_redis():
    """A server of this test's own."""
    binary = redis_binary("valkey") or redis_binary("redis-server")
    if binary is None:
        missing("a server for Redis")
    server = RedisServer(binary)
    server.start()
    yield server
    server.stop()


def test_a_full_redis_is_told_in_one_line_and_loses_nothing_of_what_it_has(small_redis):
    # Given a server that evicts nothing and has no room
    client = connect(Settings(redis_url=small_redis.url))
    results = Results(client, NAMESPACE)
    results.add([failed(REQUEST, "timeout")])
    client.config_set("maxmemory", 1)
    # When
    with pytest.raises(Unavailable, match="maxmemory"):
        results.add([failed(REQUEST, "timeout")])
    # Then
    client.config_set("maxmemory", 0)
    assert len(results.read("k", 10, 10)) == 1
    client.close()


@pytest.mark.parametrize("said", ["many", [1], float("nan"), float("inf"), -5, 10**9, None, {"a": 1}])
def test_headers_that_make_no_sense_count_as_one_url_sent_now(depths, client, said):
    garbage = json.dumps({"headers": {"urls": said, "sent": said}})
    client.lpush(f"{NAMESPACE}:{FETCH}", garbage)
    assert waiting(depths)[FETCH] == 1
    assert depths.oldest_age() == 0.0


def test_whatever_lies_under_the_keys_of_this_program_is_read(depths, control, client):
    # Given
    garbage = [b"", b"many", b"\xff\xfe", b"\x00" * 64, b"[" * 100_000, b"5", b"{}", b'{"queues": 5, "at": "x", "running": {}}']
    for number, value in enumerate(garbage):
        client.lpush(f"{NAMESPACE}:{FETCH}", value)
        client.xadd(f"{NAMESPACE}:{RESULTS}", {"m": value, "n": value})
        client.hset(f"{NAMESPACE}:workers", value + b"%d" % number, value)
        client.set(f"{NAMESPACE}:paused", value)
        client.set(f"{NAMESPACE}:epoch", value)
        client.set(f"{NAMESPACE}:flow:{FETCH}:in:{int(time.time() // 60)}", value)
        # Then
        assert control.paused() == frozenset()
        control.epoch()
        depths.all()
    assert waiting(depths)[FETCH] == len(garbage)
    assert control.workers() == []


def test_a_command_that_reports_asks_a_silent_redis_once(small_redis):
    # Given: a server that accepts connections and answers nothing
    client = connect_to_report(Settings(redis_url=small_redis.url))
    os.kill(small_redis._process.pid, signal.SIGSTOP)
    try:
        # When
        watch = Stopwatch()
        for call in (Depths(client, "x").all, Control(client, "x").workers, Control(client, "x").refusal):
            with pytest.raises(Unavailable):
                call()
        # Then
        assert watch.seconds < 2 * SHORT_TIMEOUT
    finally:
        os.kill(small_redis._process.pid, signal.SIGCONT)


def test_what_redis_answers_to_a_write_is_reported(small_redis):
    with connect_to_report(Settings(redis_url=small_redis.url)) as client:
        control = Control(client, "x")
        assert control.refusal() is None
        client.config_set("maxmemory", "1mb")
        assert control.refusal().startswith(("OOM", "command not allowed"))
        client.config_set("maxmemory", "0")
        client.replicaof("127.0.0.1", "1")
        assert "replica" in control.refusal()


def test_acknowledging_and_trimming_go_on_while_redis_is_full(small_redis):
    # Given: full, with a result that was stored
    with connect_to_report(Settings(redis_url=small_redis.url)) as client:
        results = Results(client, "x")
        results.add([failed(REQUEST, "timeout")])
        entries = results.read("k", 10, 10)
        client.config_set("maxmemory", "1mb")
        # When
        results.ack([entry_id for entry_id, _ in entries], 1)
        # Then
        assert client.xlen("x:results") == 0


def test_a_key_of_another_type_is_named_moved_aside_and_noted(client):
    # Given: a text where a list belongs, and a list where a hash belongs; the values of other keys are as they should be
    schema = Schema(client, NAMESPACE)
    assert schema.wrong() == []
    client.set(f"{NAMESPACE}:{FETCH}", "a text")
    client.lpush(f"{NAMESPACE}:workers", "a list")
    client.set(f"{NAMESPACE}:epoch", "e")
    with pytest.raises(Unavailable, match="another type"):
        Depths(client, NAMESPACE).all()
    # When
    told = schema.mend()
    # Then
    assert [line.partition(";")[0] for line in told] == [
        f"the key {NAMESPACE}:{FETCH} holds a string, expected a list",
        f"the key {NAMESPACE}:workers holds a list, expected a hash",
    ]
    assert schema.wrong() == []
    assert client.get(told[0].rpartition(" ")[2]) == b"a text"
    assert client.llen(f"{NAMESPACE}:parked") == 2
    assert Depths(client, NAMESPACE).all()[0].waiting == 0


@pytest.mark.parametrize("how", ["unable to save", "read-only", "full"])
def test_a_redis_that_refuses_for_now_answers_and_one_that_is_gone_does_not(small_redis, tmp_path, how):
    client = connect(Settings(redis_url=small_redis.url))
    ping = {
        "unable to save": "MISCONF Redis is configured to save",
        "read-only": "READONLY You can't write",
        "full": "OOM command not allowed",
    }
    client.ping = lambda: (_ for _ in ()).throw(ResponseError(ping[how]))
    expect_answer(client)
    client.close()
    with pytest.raises(Unavailable):
        expect_answer(connect(Settings(redis_url=f"unix://{tmp_path}/nobody.sock")))


def test_a_redis_that_will_never_let_us_in_is_no_redis(small_redis):
    client = connect(Settings(redis_url=small_redis.url))
    client.ping = lambda: (_ for _ in ()).throw(NoPermissionError("this user has no permissions to run the 'ping' command"))
    with pytest.raises(Unavailable, match="no permissions"):
        expect_answer(client)
    client.close()
