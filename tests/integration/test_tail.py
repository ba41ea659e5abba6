"""Following the public stream: with `tail`, and with the consumer group of docs/consume.md, on both servers."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.acceptance.conftest import Home
from tests.acceptance.terminal import Terminal
from tests.integration.parts.samples import LABELS, extracted
from tests.integration.parts.servers import RedisServer, redis_binary, until
from worker import results
from worker.config import Settings
from worker.messages import URLRequest
from worker.operations.sharing.tail import Start, Wanted, follow
from worker.queues import PublicStream, StreamLimits, connect
from worker.queues.public_stream import PublicReader

CONSUME = Path(__file__).resolve().parents[2] / "docs" / "consume.md"


def result(number: int, *topics: str, **changed: object) -> dict[str, Any]:
    """A stored article's Result, with these topics."""
    page = extracted(URLRequest(number, 1, f"https://press.test/{number}"))
    document = results.of_page(page, LABELS).to_dict() | {"item_id": number} | changed
    for topic in document["topics"]:  # type: ignore[attr-defined]
        topic["decision"] = "yes" if topic["label"] in topics else "no"
    return document


def publish(stream: PublicStream, *documents: object) -> None:
    stream.publish([json.dumps(document) for document in documents])


@pytest.fixture
def stream(public_stream: PublicStream) -> PublicStream:
    """Three Results: of trade, of culture, and one that was refused."""
    publish(public_stream, result(1, "trade"), result(2, "culture"), result(3, topics=[], outcome="refused", reason="robots"))
    return public_stream


@pytest.fixture
def home(tmp_path: Path, redis_server: RedisServer) -> Home:
    """An installation on this Redis."""
    return Home(tmp_path, {"PRESSMARK_REDIS_URL": redis_server.url, "PRESSMARK_NAMESPACE": "test"})


def ids(lines: list[Any]) -> list[int]:
    return [line["item_id"] for line in lines]


def test_what_the_stream_holds_is_printed_as_it_was_published(home: Home, stream: PublicStream) -> None:
    done = home.call("tail", "--from-start", "--no-follow", "--json")
    assert (done.code, done.err) == (0, "")
    assert done.lines == [result(1, "trade"), result(2, "culture"), result(3, topics=[], outcome="refused", reason="robots")]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["--topic", "trade"], [1]),
        (["--topic", "trade", "--topic", "culture"], []),
        (["--outcome", "refused"], [3]),
        (["--outcome", "stored", "--limit", "1"], [1]),
        (["--limit", "2"], [1, 2]),
    ],
)
def test_a_follower_says_what_he_wants(home: Home, stream: PublicStream, arguments: list[str], found: list[int]) -> None:
    done = home.call("tail", "--from-start", "--no-follow", *arguments)
    assert (done.code, ids(done.lines)) == (0, found)


def test_since_leaves_out_what_is_older(home: Home, client: redis.Redis) -> None:
    now = int(time.time() * 1000)
    for number, age in ((1, 3 * 3_600_000), (2, 3_600_000), (3, 0)):
        client.xadd("test:articles", {"result": json.dumps(result(number))}, id=f"{now - age}-0")
    assert ids(home.call("tail", "--since", "2h", "--no-follow").lines) == [2, 3]
    assert ids(home.call("tail", "--since", "2000-01-01", "--no-follow").lines) == [1, 2, 3]
    assert PublicReader.before((now - 3_600_000) / 1000) < f"{now - 3_600_000}-0"


def test_a_reader_parks_nothing_and_guesses_nothing(home: Home, client: redis.Redis, stream: PublicStream) -> None:
    publish(stream, result(4, v=2), ["no", "object"], result(5) | {"a_field_of_later": 1, "topics": None})
    client.xadd("test:articles", {"result": "{not json"})
    client.xadd("test:articles", {"other": "field"})
    done = home.call("tail", "--from-start", "--no-follow", "--outcome", "stored")
    assert (done.code, ids(done.lines)) == (0, [1, 2, 5])
    assert done.lines[-1]["a_field_of_later"] == 1
    assert len(done.told) == 4
    assert "expected a Result of version 1, got version 2" in done.told[0]


def test_a_number_beyond_all_numbers_ends_neither_a_reader_nor_a_take_down(home: Home, client: redis.Redis, stream: PublicStream) -> None:
    for junk in (b'{"v":1,"url":"u","outcome":"stored","extra":1e999}', b'{"v":1,"url":"u","outcome":"stored","item_id":1e999}'):
        client.xadd("test:articles", {"result": junk})
    stream.unpublish({1})
    publish(stream, result(4, "trade"))
    done = home.call("tail", "--from-start", "--no-follow", "--json")
    assert (done.code, ids(done.lines)) == (0, [2, 3, 4])
    assert done.err.count("left out: expected a Result") == 2


def test_a_topic_that_there_is_not_is_a_wrong_wish(home: Home, stream: PublicStream) -> None:
    done = home.call("tail", "--from-start", "--no-follow", "--topic", "tpyo")
    assert (done.code, done.out) == (2, "")
    assert "expected one of border_dispute, trade, demining, culture, got 'tpyo'" in done.err


def test_an_empty_stream_and_wrong_wishes(home: Home, client: redis.Redis) -> None:
    assert home.call("tail", "--from-start", "--no-follow").code == 0
    for arguments in (["--since", "soon"], ["--since", "1h", "--from-start"], ["--no-follow"], ["--limit", "0"], ["--outcome", "lost"]):
        done = home.call("tail", *arguments)
        assert (done.code, done.out, done.err.count("\n")) == (2, "", 1), arguments


def test_without_redis_it_says_so_within_seconds(tmp_path: Path) -> None:
    begun = time.monotonic()
    for more in ({}, {"PRESSMARK_REDIS_URL": "redis://127.0.0.1:9"}):
        assert Home(tmp_path, more).call("tail").code == 3
    assert time.monotonic() - begun < 5


@pytest.fixture
def following(home: Home, stream: PublicStream) -> Iterator[subprocess.Popen[bytes]]:
    """`tail` in a process of its own, which has printed what was there."""
    process = home.start("tail", "--from-start", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    for number in (1, 2, 3):
        assert json.loads(process.stdout.readline())["item_id"] == number
    yield process
    process.kill()
    process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


def test_what_is_published_later_comes_at_once_and_ctrl_c_ends_it(following: subprocess.Popen[bytes], stream: PublicStream) -> None:
    publish(stream, result(4))
    assert following.stdout is not None
    assert json.loads(following.stdout.readline())["item_id"] == 4
    following.send_signal(signal.SIGINT)
    out, err = following.communicate(timeout=30)
    assert (following.returncode, out, err) == (130, b"", b"")


def test_a_closed_pipe_ends_it_though_nothing_comes(following: subprocess.Popen[bytes]) -> None:
    assert following.stdout is not None
    following.stdout.close()
    assert following.wait(30) == 0
    assert following.stderr is not None
    assert following.stderr.read() == b""


def test_without_a_start_only_what_comes_is_shown(home: Home, stream: PublicStream, client: redis.Redis) -> None:
    rounds = follow(settings_of(home), Start(), Wanted())
    assert next(rounds).results == ()
    publish(stream, result(4))
    assert [found.summary.item_id for found in next(rounds).results] == [4]
    rounds.close()


def settings_of(home: Home) -> Settings:
    return Settings(data_dir=home.folder, redis_url=home.more["PRESSMARK_REDIS_URL"], namespace="test")


def test_a_redis_that_goes_away_is_waited_for_and_nothing_it_holds_is_missed(tmp_path: Path) -> None:
    binary = redis_binary("valkey")
    if binary is None:
        pytest.skip("no valkey here")
    server = RedisServer(str(binary))
    server.start()
    settings = Settings(data_dir=tmp_path, redis_url=server.url, namespace="test")
    client = connect(settings)
    publish(PublicStream(client, "test", StreamLimits.of(settings)), result(1))
    rounds = follow(settings, Start(first=True), Wanted())
    assert next(rounds).results == (), "Redis has answered"
    assert [found.summary.item_id for found in next(rounds).results] == [1]
    server.kill()
    assert "waiting for it" in next(note for one in rounds for note in one.notes)
    server.start()
    until(lambda: client.ping() is True, 30, "Redis")
    publish(PublicStream(client, "test", StreamLimits.of(settings)), result(2))
    seen = [(one.notes, [found.summary.item_id for found in one.results]) for one, _ in zip(rounds, range(3), strict=False)]
    assert any("Redis is back" in notes for notes, _ in seen)
    assert [2] in [found for _, found in seen]
    rounds.close()
    client.close()
    server.stop()


def test_people_at_a_terminal_read_a_line_each(home: Home, stream: PublicStream) -> None:
    publish(stream, result(4, "trade", title="Rice \x1b[31mred"))
    window = Terminal(home.command("tail", "--from-start", "--topic", "trade"), home.environment, home.folder, columns=200)
    try:
        window.see("stored            trade                     Title of https://press.test/1  https://press.test/1")
        window.see("Rice \\x1b[31mred")
        window.press("\x03")
        assert window.end() == 130
    finally:
        window.close()


# The consumer group of the manual


@pytest.fixture
def manual(redis_server: RedisServer, client: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the program of the page defines."""
    programs = re.findall(r"```python\n(.*?)```", CONSUME.read_text(encoding="utf-8"), re.DOTALL)
    [code] = [program for program in programs if "xreadgroup" in program]
    monkeypatch.setenv("PRESSMARK_REDIS_URL", redis_server.url)
    kept: dict[int, Any] = {}
    names: dict[str, Any] = {"store": kept.__setitem__, "remove": lambda item_id: kept.pop(item_id, None), "kept": kept}
    code = code.replace('"pressmark:articles"', '"test:articles"').replace("block=5000", "block=50")
    exec(compile(code, str(CONSUME), "exec"), names)  # noqa: S102 - the page's own program
    return names


def test_the_consumer_group_of_the_manual_handles_everything_once_it_is_back(manual: dict[str, Any], stream: PublicStream) -> None:
    manual["one_round"]()
    publish(stream, result(4, "trade"), result(5, v=2), result(1, topics=[], outcome="refused", reason="forgotten"))
    manual["one_round"]()
    assert sorted(manual["kept"]) == [2, 4]
    client = manual["client"]
    assert client.xpending("test:articles", "newsroom")["pending"] == 0
    assert client.xlen("test:articles:newsroom:parked") == 1


def test_what_a_consumer_took_and_lost_is_handled_by_another(manual: dict[str, Any], stream: PublicStream) -> None:
    client = manual["client"]
    client.xreadgroup("newsroom", "killed", {"test:articles": ">"}, count=1)
    manual["one_round"]()
    assert sorted(manual["kept"]) == [2]
    client.xclaim("test:articles", "newsroom", "killed", 0, [client.xrange("test:articles", count=1)[0][0]], idle=61_000)
    manual["one_round"]()
    assert sorted(manual["kept"]) == [1, 2]
    assert client.xpending("test:articles", "newsroom")["pending"] == 0


def test_the_user_of_the_manual_may_do_just_this(manual: dict[str, Any], stream: PublicStream, client: redis.Redis) -> None:
    [line] = re.findall(r"^  (ACL SETUSER newsroom .*)$", CONSUME.read_text(encoding="utf-8"), re.MULTILINE)
    words = line.replace("pressmark:articles", "test:articles").replace(">…", ">secret").split(" ")
    client.execute_command(*words[:-2], " ".join(words[-2:]))
    pool = client.connection_pool
    rights = {**pool.connection_kwargs, "username": "newsroom", "password": "secret"}
    user = redis.Redis(connection_pool=redis.ConnectionPool(connection_class=pool.connection_class, **rights))
    try:
        manual["client"].xgroup_destroy("test:articles", "newsroom")
        manual["client"] = user
        user.xgroup_create("test:articles", "newsroom", id="0", mkstream=True)
        manual["one_round"]()
        assert sorted(manual["kept"]) == [1, 2]
        with pytest.raises(redis.exceptions.NoPermissionError):
            user.delete("test:articles")
        with pytest.raises(redis.exceptions.NoPermissionError):
            user.xadd("test:articles", {"result": "{}"})
    finally:
        user.close()
        client.acl_deluser("newsroom")
