"""The pages on real servers, in plain HTML: every act, two people at once, outages, and live parts."""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from tests.integration.parts.page_visitor import Visitor
from tests.integration.parts.samples import delivered, digest, entry, failed, labelled
from tests.integration.parts.served_dashboard import Dashboard, served
from tests.integration.parts.servers import PostgresServer, RedisServer, redis_binary, until
from worker.config import Settings
from worker.config.value_types import User
from worker.intake.canonical_url import admit
from worker.messages import HostReport
from worker.storage.ledger import Ledger
from worker.storage.values import Entry

USERS = (User("ann", "operator", "token-of-ann"), User("ben", "editor", "token-of-ben"), User("vic", "viewer", "token-of-vic"))
TEXT = "The ministry of commerce said on Monday that tariffs on rice would fall, and that lorries would cross again within a week."
BOTH = pytest.mark.parametrize(("redis_server", "database_url"), [("valkey", "sqlite"), ("redis-server", "postgresql")], indirect=True)
ONE = pytest.mark.parametrize(("redis_server", "database_url"), [("valkey", "sqlite")], indirect=True)


@pytest.fixture
def dashboard(settings: Settings, redis_server: RedisServer) -> Iterator[Dashboard]:
    with served(replace(settings, redis_url=redis_server.url, dashboard_users=USERS)) as running:
        yield running


@pytest.fixture
def ledger(dashboard: Dashboard) -> Ledger:
    return Ledger(dashboard.services.engine, dashboard.services.settings)


def visitor(dashboard: Dashboard, name: str) -> Visitor:
    made = Visitor(dashboard.url)
    assert made.sign_in(f"token-of-{name}").status == 200
    return made


@pytest.fixture
def ann(dashboard: Dashboard) -> Visitor:
    """An operator."""
    return visitor(dashboard, "ann")


@pytest.fixture
def ben(dashboard: Dashboard) -> Visitor:
    """An editor."""
    return visitor(dashboard, "ben")


def allowed(url: str) -> Entry:
    """A URL as the intake lets it in."""
    return admit(url, Settings())


def kept(ledger: Ledger, stored: int = 0, dead: int = 0, reason: str = "tls") -> list[int]:
    """So many more articles, each of its own host, and dead letters of one host; all items, the articles first."""
    before = ledger.balance().accepted
    numbers = range(before, before + stored + dead)
    urls = [f"https://h{number}.test/{number}" if number - before < stored else f"https://press.test/{number}" for number in numbers]
    ledger.accept([allowed(url) for url in urls], ledger.open_job("morning"))
    lead = ledger.take_lead(ledger.leadership(), "test")
    items = {}
    while len(items) < len(urls):
        for _, request in ledger.lease(lead, 100):
            text = f"Story {request.url}. {TEXT}"
            good = "press.test" not in request.url
            outcome = labelled(request, text, digest(text)[:16]) if good else failed(request, reason, detail="expired")
            ledger.keep(delivered(outcome), allowed)
            items[request.url] = request.item_id
    return [items[url] for url in urls]


# Roles


@ONE
def test_what_a_role_may_not_do_is_absent_and_said_in_one_line(dashboard, ledger, ann, ben) -> None:
    kept(ledger, dead=2)
    vic = visitor(dashboard, "vic")
    assert "Editors can add URLs." in vic.see("/add").text
    assert "/add" not in vic.see("/add").actions()
    assert "Operators can drop dead letters." in ben.see("/dead").text
    assert "/dead/drop" not in str(ben.see("/dead").page.xpath("//a/@href"))
    assert "Operators can drop" not in ann.see("/dead").text
    refused = ben.see("/dead/drop?reason=tls")
    assert (refused.status, "Operators can do this. You are an editor." in refused.text) == (403, True)


# Adding


@BOTH
def test_each_line_gets_its_verdict_and_reloading_adds_nothing_again(dashboard, ledger, ben) -> None:
    # When
    done = ben.act("/add", "/add", urls="https://one.test/a\n\n# a comment\nwww.example.org\nhttps://one.test/a\n", job="morning list")
    # Then
    assert done.flash == "3 lines: 1 accepted, 1 known, 1 refused. Job “morning list” has begun."
    assert "4www.example.orgRefused: Not an address. Write it as a browser shows it." in done.text
    assert ben.see(done.address).flash == ""
    assert ledger.balance().accepted == 1
    assert "0 of 1 done: 1 waiting." in done.text


@ONE
def test_only_checking_writes_nothing_and_a_file_is_read_without_script(dashboard, ledger, ben) -> None:
    checked = ben.act("/add", "/add", urls="https://one.test/a", check="1")
    assert "Nothing was added" in checked.flash
    assert ledger.balance().accepted == 0
    fields = ben.see("/add").form("/add")
    lines = b'{"url": "https://one.test/b"}\n{"url": 3}\nhttps://one.test/c\n'
    answer = ben.session.post(f"{dashboard.url}/add", data=fields, files={"file": ("list.jsonl", lines)}, timeout=60)
    assert "3 lines: 2 accepted, 0 known, 1 refused." in answer.text
    assert ledger.balance().accepted == 2


@ONE
@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"urls": ""}, "Give at least one line."),
        ({"urls": "https://one.test/a", "lane": "fast"}, "Choose how soon."),
        ({"urls": "https://one.test/a", "kind": "book"}, "Choose articles, feeds or sitemaps."),
        ({"urls": "https://one.test/a", "job": "j" * 201}, "at most 200 letters"),
        ({"urls": "https://one.test/a\n" * 10_001}, "at most 10,000 lines"),
    ],
)
def test_a_field_that_does_not_fit_is_told_and_the_answers_are_kept(dashboard, ledger, ben, fields, told) -> None:
    shown = ben.act("/add", "/add", **fields)
    assert shown.status == 400
    assert told in shown.text
    assert shown.page.get_element_by_id("urls").text_content().strip() == fields["urls"].strip()
    assert ledger.balance().accepted == 0


# Dead letters


@BOTH
def test_a_few_are_sent_first_then_the_others_and_the_log_has_both(dashboard, ledger, ann, ben) -> None:
    # Given
    kept(ledger, dead=25)
    preview = ben.see("/dead/send?reason=tls&host=press.test%3A443&detail=expired")
    assert "Send 25 dead pages of press.test again?" in preview.text
    assert len(preview.page.xpath("//ul[contains(@class,'urls')]/li")) == 5
    # When
    few = ben.post("/dead/send", {**preview.form("/dead/send"), "how": "few"})
    # Then
    assert few.flash == "5 pages sent again."
    assert "20 more of this cause are still dead." in few.text
    assert "5 waiting" in few.text
    # When
    rest = ben.act("/dead/send?reason=tls&host=press.test%3A443&detail=expired&all=1", "/dead/send", how="all", rate="60")
    assert rest.flash == "20 pages sent again."
    assert ledger.balance().states["dead"] == 0
    log = ann.see("/log?what=dead").text
    assert log.count("dead requeue") == 2
    assert "ben" in log


@BOTH
def test_an_act_on_another_set_than_was_seen_is_refused_with_the_new_number(dashboard, ledger, ann) -> None:
    # Given
    kept(ledger, dead=3)
    send, drop = ann.see("/dead/send?reason=tls"), ann.see("/dead/drop?reason=tls")
    kept(ledger, dead=1)
    # When
    sent = ann.post("/dead/send", {**send.form("/dead/send"), "how": "all"})
    dropped = ann.post("/dead/drop", {**drop.form("/dead/drop"), "why": "gone"})
    # Then
    assert (sent.status, dropped.status) == (409, 409)
    assert "It was 3, now 4. Look again." in sent.text
    assert "It was 3, now 4. Look again." in dropped.text
    assert ledger.balance().states["dead"] == 4
    assert ann.post("/dead/send", {**sent.form("/dead/send"), "how": "all"}).flash == "4 pages sent again."


@ONE
def test_dropping_needs_a_reason_and_a_token_of_the_preview(dashboard, ledger, ann) -> None:
    kept(ledger, dead=2)
    fields = ann.see("/dead/drop?reason=tls").form("/dead/drop")
    assert ann.post("/dead/drop", fields).status == 400
    for token in ("", "forged.token"):
        assert ann.post("/dead/drop", {**fields, "token": token, "why": "gone"}).status == 400
    assert ledger.balance().states["dead"] == 2
    assert ann.post("/dead/drop", {**fields, "why": "gone for good"}).flash == "Dropped 2. They count as dropped."
    assert "gone for good" in ann.see("/log").text


@ONE
@pytest.mark.parametrize("rate", ["0", "601", "x", "-1", "1e9"])
def test_a_rate_that_is_none_is_refused(dashboard, ledger, ann, rate) -> None:
    kept(ledger, dead=1)
    answer = ann.act("/dead/send?reason=tls", "/dead/send", how="all", rate=rate)
    assert answer.status == 400
    assert ledger.balance().states["dead"] == 1


# Hosts and pauses


@BOTH
def test_a_host_is_paused_with_a_reason_and_resumed_by_whoever_is_first(dashboard, ledger, ann) -> None:
    # Given
    ledger.accept([entry(1)], ledger.open_job("job"))
    # When
    paused = ann.act("/hosts/press.test/pause", "/hosts/press.test%3A443/pause", note="certificate expired")
    # Then
    assert paused.flash == "press.test is paused. What is being read is finished."
    assert "Paused by ann" in ann.see("/due").text
    assert "certificate expired" in ann.see("/due").text
    assert "certificate expired" in ann.see("/").text
    # When
    first = ann.act("/hosts/press.test", "/hosts/press.test%3A443/resume")
    second = ann.post("/hosts/press.test%3A443/resume", {"form_token": ann.see("/due").form("/sign-out")["form_token"]})
    # Then
    assert first.flash.startswith("Resumed press.test.")
    assert second.flash == "press.test is not paused (any more). Nothing was done."
    assert ledger.paused().hosts == ()


@ONE
def test_a_stage_is_paused_and_resumed(dashboard, ledger, ann) -> None:
    assert ann.act("/pauses", "/pauses/label", note="new model").flash == "Labelling is paused."
    assert "Labelling is paused" in ann.see("/due").text
    assert ann.act("/pauses", "/pauses/label/resume").flash == "Labelling goes on."
    token = ann.see("/").form("/sign-out")
    assert ann.post("/pauses/everything", token).status == 400


@BOTH
def test_a_wait_is_lifted_once(dashboard, ledger, ann) -> None:
    # Given: a host that asked for an hour
    ledger.accept([entry(number) for number in range(3)], ledger.open_job("job"))
    lead = ledger.take_lead(ledger.leadership(), "test")
    [(_, request)] = list(ledger.lease(lead, 1))
    report = HostReport("press.test:443", ok=False, retry_after=3600.0)
    ledger.keep(delivered(failed(request, "http-429", retry_after=3600.0, report=report)), allowed)
    assert "asked us to wait" in ann.see("/due").text
    # When
    preview = ann.see("/due/lift?host=press.test%3A443")
    first = ann.post("/due/lift", preview.form("/due/lift"))
    second = ann.post("/due/lift", preview.form("/due/lift"))
    # Then
    assert "Lifted. One page is tried first" in first.flash
    assert "does not wait any more" in second.flash


# Labels by hand


@BOTH
def test_a_review_hides_the_model_until_it_is_answered_and_can_be_undone(dashboard, ledger, ben) -> None:
    # Given
    kept(ledger, stored=3)
    asked = ben.see("/review")
    assert "m-1" not in asked.text
    assert "3%" not in asked.text
    # When
    answered = ben.act("/review", "/review", topics=["trade"], primary="trade", source_type="official")
    # Then
    assert answered.flash.startswith("Kept.")
    assert "you said yes, the model no" in answered.flash
    assert "1 of 20 today" in answered.text
    # When
    undone = ben.act("/review", "/review/undo")
    assert undone.flash.startswith("Taken back.")
    assert "0 of 20 today" in undone.text


@ONE
def test_two_people_are_not_asked_for_the_same_article(dashboard, ledger, ann, ben) -> None:
    kept(ledger, stored=2)
    asked = {who.see("/review").form("/review")["item_id"] for who in (ann, ben)}
    assert len(asked) == 2
    assert ann.see("/review").form("/review")["item_id"] in asked


@ONE
def test_when_all_is_reviewed_the_page_says_what_was_done(dashboard, ledger, ben) -> None:
    kept(ledger, stored=1)
    ben.act("/review", "/review", source_type="independent")
    assert "Done for today: 1 kept" in ben.see("/review").text
    assert "Every stored article is reviewed" in ben.see("/review").text


@ONE
@pytest.mark.parametrize(
    "fields", [{}, {"source_type": "x"}, {"source_type": "official", "topics": ["x"]}, {"source_type": "official", "primary": "x"}]
)
def test_an_answer_that_the_guide_does_not_have_keeps_nothing(dashboard, ledger, ben, fields) -> None:
    kept(ledger, stored=1)
    assert ben.act("/review", "/review", **fields).status == 400
    assert ben.see("/review").text.count("0 of 20 today") == 1


@BOTH
def test_a_correction_stands_beside_what_the_model_said_and_can_be_taken_back(dashboard, ledger, ben) -> None:
    [item] = kept(ledger, stored=1)
    corrected = ben.act(f"/articles/{item}?correct=1", f"/articles/{item}/labels", topics=["culture"], source_type="official")
    assert corrected.flash.startswith("Kept.")
    assert "Labelled by ben" in corrected.text
    taken = ben.post(f"/articles/{item}/labels/undo", corrected.form(f"/articles/{item}/labels/undo"))
    assert "Labelled by model" in taken.text


@BOTH
def test_a_take_down_asks_why_and_leaves_no_trace_of_the_address(dashboard, ledger, ann) -> None:
    [item] = kept(ledger, stored=1)
    url = f"https://h0.test/{0}"
    assert url in ann.see(f"/articles/{item}/take-down").text
    assert ann.act(f"/articles/{item}/take-down", f"/articles/{item}/take-down").status == 400
    done = ann.act(f"/articles/{item}/take-down", f"/articles/{item}/take-down", reason="asked by the author")
    assert done.flash.startswith("Taken down")
    log = ann.see("/log").text
    assert "asked by the author" in log
    assert "h0.test" not in log
    assert ann.see(f"/articles/{item}").text.count(TEXT) == 0


@ONE
def test_a_job_is_stopped_after_a_look(dashboard, ledger, ben) -> None:
    ledger.accept([entry(number) for number in range(4)], ledger.open_job("list"))
    assert "4 pages still wait" in ben.see("/jobs/1/stop").text
    assert ben.act("/jobs/1/stop", "/jobs/1/stop").flash == "Stopped. 4 pages dropped; they count as dropped."


@ONE
def test_an_id_that_is_not_there_is_told_in_words(dashboard, ann) -> None:
    for path in ("/articles/812", "/jobs/nope", "/hosts/nope.test", "/models/nope", "/dead/tls/nope", "/articles/99999999999999999999"):
        shown = ann.see(path)
        assert shown.status == 404, path
        assert "Traceback" not in shown.text


# Outages


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_without_redis_pages_say_so_and_those_of_the_database_go_on(settings) -> None:
    # Given
    redis = RedisServer(str(redis_binary("valkey")))
    redis.start()
    with served(replace(settings, redis_url=redis.url)) as dashboard:
        me = Visitor(dashboard.url)
        kept(Ledger(dashboard.services.engine, dashboard.services.settings), stored=1, dead=1)
        assert "Redis cannot be reached" not in me.see("/").text
        # When
        redis.stop()
        # Then
        until(lambda: "Redis cannot be reached" in me.see("/").text, 10, "the page that says so")
        shown = me.see("/")
        assert shown.status == 200
        assert shown.seconds < 5
        assert "?" in shown.text
        for path in ("/articles", "/review", "/add", "/sources", "/dead", "/settings", "/log", "/jobs", "/hosts", "/due"):
            assert me.see(path).status == 200, path
        assert me.act("/add", "/add", urls="https://one.test/later").flash.startswith("1 line: 1 accepted")


def children(process: int) -> list[int]:
    """The processes that a process has started."""
    return [int(number) for number in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def test_while_the_database_does_not_answer_every_page_says_so_within_5_seconds_and_comes_back(tmp_path: Path) -> None:
    # Given
    server = PostgresServer()
    server.start()
    redis = RedisServer(str(redis_binary("valkey")))
    redis.start()
    try:
        settings = Settings(data_dir=tmp_path, database_url=server.new_database(), redis_url=redis.url)
        with served(settings) as dashboard:
            me = Visitor(dashboard.url)
            assert me.see("/").status == 200
            # When: it accepts questions and never answers
            processes = [server._process.pid, *children(server._process.pid)]
            for process in processes:
                os.kill(process, signal.SIGSTOP)
            try:
                for path in ("/", "/articles", "/dead", "/due", "/review"):
                    shown = me.see(path)
                    assert shown.status == 503, path
                    assert shown.seconds < 5, path
                    assert "The database cannot be reached" in shown.text
                assert me.see("/settings").seconds < 5
            finally:
                for process in processes:
                    os.kill(process, signal.SIGCONT)
            # Then
            until(lambda: me.see("/").status == 200, 60, "the page again")
    finally:
        server.stop()
        redis.stop()


# Live


def first_lines(dashboard: Dashboard, page: str, session: requests.Session, wanted: str, seconds: float = 60) -> str:
    """What the stream says until `wanted` occurs."""
    told = ""
    with session.get(f"{dashboard.url}/live/{page}", stream=True, timeout=seconds) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines(decode_unicode=True):
            told += line + "\n"
            if wanted in told:
                return told
    raise AssertionError(f"the stream ended without {wanted!r}: {told[-500:]}")


@ONE
def test_a_page_that_is_watched_gets_its_parts_then_only_what_differs(dashboard, ledger, ann) -> None:
    told: list[str] = []
    with ann.session.get(f"{dashboard.url}/live/overview", stream=True, timeout=60) as answer:
        lines = answer.iter_lines(decode_unicode=True)
        for line in lines:
            told.append(line)
            if line == "event: tick":
                break
        assert any('hx-target="#flow"' in line for line in told)
        ledger.accept([entry(1)], ledger.open_job("job"))
        later = []
        for line in lines:
            later.append(line)
            if "1 accepted = " in line:
                break
    changed = set(re.findall(r'hx-target="#([\w-]+)"', "\n".join(later)))
    assert {"sum", "flow", "count-due"} <= changed
    assert "today" not in changed


@ONE
def test_nothing_is_sampled_while_nobody_looks_and_once_for_all_who_do(dashboard, ann) -> None:
    asked = []
    original = dashboard.services.viewer_ledger.due_counts
    dashboard.services.viewer_ledger.due_counts = lambda: asked.append(threading.get_ident()) or original()
    # When: three look for some seconds
    streams = [ann.session.get(f"{dashboard.url}/live/due", stream=True, timeout=60) for _ in range(3)]
    for stream in streams:
        ticks = 0
        for line in stream.iter_lines(decode_unicode=True):
            ticks += line == "event: tick"
            if ticks == 3:
                break
    looked = len(asked)
    for stream in streams:
        stream.close()
    # Then: at most as often as one of them was told, where each by itself would make nine
    assert 1 <= looked < 9
    until(lambda: _rests(asked), 60, "an end of sampling")


def _rests(asked: list[int]) -> bool:
    """Whether nobody asked for five seconds: the pause between two looks is two."""
    before = len(asked)
    threading.Event().wait(5)
    return len(asked) == before


@ONE
def test_a_browser_may_have_four_streams(dashboard, ann) -> None:
    streams = [ann.session.get(f"{dashboard.url}/live/due", stream=True, timeout=60) for _ in range(4)]
    reading = [stream.iter_lines() for stream in streams]
    assert all(next(lines).startswith(b"data: ") for lines in reading)
    assert ann.session.get(f"{dashboard.url}/live/due", stream=True, timeout=60).status_code == 429
    for stream in streams:
        stream.close()
    assert ann.session.get(f"{dashboard.url}/live/nothing", timeout=60).status_code == 404
