"""What a fresh user sees at a terminal of 80 columns: tables that can be read, times of his zone, and what to do next."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator

import pytest

from tests.acceptance.conftest import Home
from tests.acceptance.terminal import Terminal
from tests.integration.parts.samples import admit, delivered, entry, failed
from tests.integration.parts.servers import RedisServer, redis_binary
from worker.bootstrap import Services
from worker.config import Settings
from worker.messages import HostReport
from worker.storage.database import migrate
from worker.storage.ledger import Ledger

FEED = "http://127.0.0.1:9/a-long-path-of-the-ministry/feed.xml"


def screen(home: Home, *arguments: str, columns: int = 80) -> str:
    """All that a call shows in a window of so many columns."""
    window = Terminal(home.command(*arguments), home.environment, home.folder, columns)
    try:
        window.end()
        return window.screen.replace("\r", "")
    finally:
        window.close()


@pytest.fixture
def redis_url() -> Iterator[str]:
    """A server of its own, empty."""
    server = RedisServer(redis_binary("valkey") or "redis-server")
    server.start()
    yield server.url
    server.stop()


@pytest.fixture
def desk(home: Home) -> Home:
    """A followed source, a job, and a host that asked for an hour."""
    home.more |= {"PRESSMARK_ALLOW_PRIVATE": "127.0.0.1", "PRESSMARK_TIMEZONE": "Asia/Phnom_Penh"}
    services = Services(Settings(data_dir=home.folder / "data"))
    migrate(services.engine)
    ledger = Ledger(services.engine, services.settings)
    ledger.accept([entry(number, "slow.test:443") for number in range(2)], ledger.open_job("morning"))
    lead = ledger.take_lead(ledger.leadership(), "test")
    assert lead
    for _, request in ledger.lease(lead, 10):
        report = HostReport("slow.test:443", ok=False, retry_after=3600.0)
        ledger.keep(delivered(failed(request, "http-5xx", detail="status 503", retry_after=3600.0, report=report)), admit)
    services.close()
    assert home.call("sources", "add", FEED, "--kind", "feed", "--title", "Ministry of Commerce").code == 0
    return home


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        (["sources", "list"], ["1 · health new · kind feed", "outlet Ministry of Commerce", f"url {FEED}"]),
        (["jobs", "list"], ["morning · begun 20", "items 2", "not accepted 0"]),
        (["jobs", "show", "morning"], ["morning · begun 20", "waiting 2"]),
    ],
)
def test_a_table_that_would_be_folded_within_words_becomes_lines(desk: Home, command: list[str], shown: list[str]) -> None:
    seen = screen(desk, *command)
    assert all(words in seen for words in shown), seen
    assert max(map(len, seen.split("\n"))) <= 80
    wide = screen(desk, *command, columns=200)
    assert re.search(r"^ *(id +health|job +begun)", wide, re.MULTILINE), "a table where there is room"


def test_a_source_is_shown_in_words_and_in_the_zone_of_its_readers(desk: Home) -> None:
    seen = screen(desk, "sources", "show", "1")
    assert "polled every: 30 min" in seen
    assert re.search(r"^being polled: (yes|no)$", seen, re.MULTILINE)
    assert re.search(r"^added at: \d{4}-\d\d-\d\d \d\d:\d\d$", seen, re.MULTILINE)


def test_status_says_how_to_start_and_what_to_look_at(desk: Home) -> None:
    seen = desk.call("status").out
    assert "Next: `pressmark due --host slow.test:443`" in seen
    away = desk.call("status", PRESSMARK_REDIS_URL="redis://127.0.0.1:1/0").out
    assert "Nothing is at work" not in away, "then Redis is what is wrong"


def test_nothing_at_work_is_one_sentence_more(home: Home, redis_url: str) -> None:
    seen = home.call("status", PRESSMARK_REDIS_URL=redis_url).out
    assert "Nothing is at work: `pressmark up` starts everything on this machine." in seen


def test_who_waits_is_told_where_to_look_and_that_it_goes_on_without_him(home: Home) -> None:
    window = Terminal(home.command("enqueue", "https://pub.example/a", "--job", "noon", "--wait"), home.environment, home.folder, 80)
    try:
        window.see("1 not ended for 15 s: `pressmark due` says what waits, and for what")
        window.press("\x03")
        window.see("what was accepted goes on; `pressmark jobs show noon` says how far it is")
        assert window.end() == 130
    finally:
        window.close()


def test_an_item_without_steps_has_none_yet(home: Home) -> None:
    home.call("enqueue", "https://pub.example/a")
    assert home.call("trace", "https://pub.example/a").told == ["no steps yet"]


def test_a_redis_that_never_answers_ends_tail_before_it_says_that_it_follows(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        home.more["PRESSMARK_REDIS_URL"] = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        window = Terminal(home.command("tail"), home.environment, home.folder, 80)
        try:
            assert window.end() == 3
        finally:
            window.close()
    assert "Redis cannot be used" in window.screen
    assert "following" not in window.screen


def test_a_folder_without_seeds_has_nothing_to_correct(home: Home) -> None:
    (home.folder / "seeds").mkdir()
    (home.folder / "seeds" / "a.jsonl").write_text("\n", encoding="utf-8")
    done = home.call("seeds", "check")
    assert (done.code, done.out) == (0, "")
    assert done.told[0].startswith("nothing to correct in ")
    assert done.told[0].endswith(", which holds no seeds")


def test_tail_says_that_it_waits(home: Home, redis_url: str) -> None:
    home.more["PRESSMARK_REDIS_URL"] = redis_url
    window = Terminal(home.command("tail"), home.environment, home.folder, 80)
    try:
        window.see("following what is published; Ctrl-C ends it, --from-start shows what was before")
        window.press("\x03")
        assert window.end() == 130
    finally:
        window.close()
