"""Events for a webhook: queued with what makes them, signed, sent until they are taken, and never to a forbidden address."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from classifier.labels import TopicLabel
from tests.integration.parts.own_time import Stopwatch
from tests.integration.parts.samples import LABELS, entry, extracted
from tests.integration.parts.steps import keep
from tests.integration.window.conftest import Desk
from worker.cli import main as program
from worker.config import Settings, load, load_values
from worker.config.value_types import parse_allow_private
from worker.config.webhooks import Receiver as Named
from worker.errors import UsageError
from worker.fetch.post import WITHIN, post
from worker.messages import Labelled
from worker.operations.doctor import diagnose
from worker.operations.problems import Problem
from worker.operations.receivers.problems import of_webhooks
from worker.operations.sharing import webhooks
from worker.operations.sharing.signing import signed
from worker.operations.sharing.watch import LOOK, Watch
from worker.operations.sharing.webhooks import Sender
from worker.processes import dispatcher
from worker.storage.ledger import Ledger
from worker.storage.search import SearchFilter
from worker.storage.webhooks.deliveries import wanted_articles

CONSUME = Path(__file__).resolve().parents[3] / "docs" / "consume.md"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass
class Receiver:
    """A web server on loopback that keeps what is posted to it, and answers as it is told."""

    port: int = 0
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    """Taken one by one; 204 where there is none."""
    took: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    patience: threading.Event | None = None
    """It answers once this is set."""

    @property
    def events(self) -> list[Any]:
        return [json.loads(body) for _, body in self.took]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            made.took.append(({name.lower(): value for name, value in self.headers.items()}, body))
            if made.patience is not None:
                made.patience.wait(30)
            status, headers = made.answers.pop(0) if made.answers else (204, {})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield made
    if made.patience is not None:
        made.patience.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def hooked(desk: Desk, receiver: Receiver) -> Desk:
    """The desk with a webhook for articles about trade."""
    settings = replace(
        desk.services.settings,
        webhook_url=f"http://127.0.0.1:{receiver.port}/hook?token=x",
        webhook_secret=SECRET,
        webhook_search="topic=trade",
        allow_private=parse_allow_private(f"127.0.0.1:{receiver.port}"),
    )
    desk.services.settings = settings
    desk.ledger = Ledger(desk.services.engine, settings, now=desk.clock, chance=lambda: 0.5)
    return desk


def store(desk: Desk, *trade: bool) -> list[int]:
    """Articles that are about trade, or not, and whose Results are published."""
    desk.accept(range(len(trade)))
    ids: list[int] = []
    while requests := desk.leased():
        for request in requests:
            about = trade[int(request.url.rsplit("/", 1)[1])]
            marks = [TopicLabel("trade", 0.9, 0.4, "yes" if about else "no")]
            keep(desk.ledger, Labelled(extracted(request), replace(LABELS, topics=marks), label_ms=1))
            ids.append(request.item_id)
        desk.clock.at += 3
    publish(desk)
    return ids


def publish(desk: Desk) -> None:
    desk.ledger.published([number for number, _ in desk.ledger.unpublished(1000)])


def sender(desk: Desk, **more: Any) -> Sender:
    return Sender(desk.services, desk.services.settings.receivers[0], now=desk.clock, chance=lambda: 0.5, **more)


def waiting(desk: Desk) -> list[webhooks.WaitingEvent]:
    return webhooks.waiting(desk.services, 100)


def test_the_articles_of_the_search_are_sent_signed_and_then_gone(hooked: Desk, receiver: Receiver) -> None:
    first, _, third = store(hooked, True, False, True)
    assert [one.item_id for one in waiting(hooked)] == [first, third]
    assert sender(hooked).round() == 2
    assert waiting(hooked) == []
    assert [(event["type"], event["data"]["item_id"]) for event in receiver.events] == [
        ("article.stored", first),
        ("article.stored", third),
    ]
    assert receiver.events[0]["data"] == hooked.services.articles.of([first])[0].to_dict()
    for (headers, body), event in zip(receiver.took, receiver.events, strict=True):
        assert headers["webhook-id"] == event["id"]
        assert (
            headers["webhook-signature"]
            == signed(hooked.services.settings.receivers[0], event["id"], body, hooked.clock())["webhook-signature"]
        )


def test_the_receiver_of_the_manual_knows_what_is_ours(hooked: Desk, receiver: Receiver) -> None:
    store(hooked, True)
    Sender(hooked.services, hooked.services.settings.receivers[0], now=lambda: max(time.time(), hooked.clock())).round()
    [code] = [one for one in re.findall(r"```python\n(.*?)```", CONSUME.read_text(encoding="utf-8"), re.DOTALL) if "def verified" in one]
    names: dict[str, Any] = {}
    exec(compile(code, str(CONSUME), "exec"), names)  # noqa: S102 - the page's own program
    names["time"] = type("Clock", (), {"time": lambda: max(time.time(), hooked.clock())})
    headers, body = receiver.took[-1]
    assert names["verified"](SECRET, headers, body)
    assert not names["verified"](SECRET, headers, body + b" ")
    assert not names["verified"]("whsec_AAAA", headers, body)
    assert not names["verified"](SECRET, {**headers, "webhook-timestamp": "1"}, body)
    # The example of Standard Webhooks 1.0
    known = signed(
        replace(hooked.services.settings.receivers[0], secret=SECRET), "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', 1614265330
    )
    assert known["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_is_not_taken_is_sent_again_later_each_time_and_is_the_same_event(hooked: Desk, receiver: Receiver) -> None:
    store(hooked, True, True)
    receiver.answers = [(500, {}), (302, {"Location": "http://127.0.0.1:1/"}), (503, {"Retry-After": "1000"})]
    hook = sender(hooked)
    for number, wait in enumerate((30.0, 60.0, 1000.0), 1):
        begun = hooked.clock()
        assert hook.round() == 0
        assert len(receiver.took) == number, "one that fails is not followed by the others"
        failing = next(one for one in waiting(hooked) if one.tries == number)
        assert failing.said in ("status 500", "status 302", "status 503")
        [due] = [one.due for one in hook._deliveries.all(10) if one.event_id == failing.id]
        assert due == pytest.approx(begun + wait)
        hooked.services.engine.dispose()  # as after a restart
        others = [one for one in hook._deliveries.due("default", 10) if one.event_id != failing.id]
        for other in others:
            hook._deliveries.claim(other, due - hooked.clock() + 1)  # the other one is not this test's question
        hooked.clock.at = due
    assert hook.round() >= 1
    assert len({headers["webhook-id"] for headers, _ in receiver.took[:4]}) == 1
    hooked.clock.at += 100
    hook.round()
    assert waiting(hooked) == []


def test_after_a_week_an_event_is_given_up_kept_and_sent_again_when_asked(hooked: Desk, receiver: Receiver) -> None:
    store(hooked, True)
    hooked.clock.at += webhooks.GIVE_UP + 1
    receiver.answers = [(500, {})]
    hook = sender(hooked)
    hook.round()
    assert [(one.next_try_at, one.said) for one in waiting(hooked)] == [(None, "status 500")]
    hooked.clock.at += 10 * webhooks.GIVE_UP
    assert hook.round() == 0
    assert len(receiver.took) == 1
    assert hook._deliveries.send_again() == 1
    assert hook.round() == 1


@pytest.mark.parametrize("allowed", ["", "127.0.0.1:1"])
def test_a_private_address_that_was_not_named_is_never_connected_to(hooked: Desk, receiver: Receiver, allowed: str) -> None:
    store(hooked, True)
    hooked.services.settings = replace(hooked.services.settings, allow_private=parse_allow_private(allowed))
    assert sender(hooked).round() == 0
    assert receiver.took == []
    assert [one.said.partition(":")[0] for one in waiting(hooked) if one.said] in (["port"], ["private-address"])
    [tried] = webhooks.tried(hooked.services.settings)
    assert (tried.delivered, receiver.took) == (False, [])


def test_a_sender_that_is_killed_after_the_post_sends_the_same_event_again(hooked: Desk, receiver: Receiver) -> None:
    store(hooked, True)

    def killed(url: str, body: bytes, headers: Any, settings: Settings) -> Any:
        post(url, body, headers, settings)
        raise SystemExit

    with pytest.raises(SystemExit):
        sender(hooked, post=killed).round()
    assert sender(hooked).round() == 0, "claimed by the one that was killed, for a minute"
    hooked.clock.at += webhooks.CLAIM
    assert sender(hooked).round() == 1
    assert [event["id"] for event in receiver.events] == [receiver.events[0]["id"]] * 2


def test_an_event_that_cannot_be_written_is_tried_told_and_given_up_and_the_others_go_on(hooked: Desk, receiver: Receiver) -> None:
    hook = sender(hooked)
    hook._deliveries.tell(hooked.services.settings.receivers, {"disk": "{no JSON"}, {})
    (item,) = store(hooked, True)
    assert [hook.round() for _ in range(2)] == [0, 1]
    assert [event["data"]["item_id"] for event in receiver.events] == [item]
    assert [(one.tries, one.said) for one in waiting(hooked)] == [(1, "its body cannot be written: JSONDecodeError")]
    hooked.clock.at += webhooks.GIVE_UP + 1
    hook.round()
    assert [one.next_try_at for one in waiting(hooked)] == [None]


def test_two_senders_send_each_event_once(hooked: Desk, receiver: Receiver) -> None:
    store(hooked, True, True, True)
    one, other = sender(hooked), sender(hooked)
    due = one._deliveries.due("default", 10)
    assert [one._deliveries.claim(delivery, 60) for delivery in due] == [True] * 3
    assert [other._deliveries.claim(delivery, 60) for delivery in due] == [False] * 3


def test_an_article_that_was_taken_down_is_not_sent(hooked: Desk, receiver: Receiver) -> None:
    store(hooked, True)
    hooked.ledger.forget(key=entry(0).key)
    publish(hooked)
    assert waiting(hooked) == []
    sender(hooked).round()
    assert receiver.took == []


def test_without_a_webhook_nothing_is_queued(desk: Desk) -> None:
    store(desk, True)
    assert waiting(desk) == []


# Problems


def problem(code: str, level: Any = "wrong", count: int = 1) -> Problem:
    return Problem(level, code, f"It is {code}.", None, count, None, None)


def test_a_problem_is_told_when_it_has_lasted_and_when_it_is_over_each_once(hooked: Desk, receiver: Receiver) -> None:
    one, other = Watch(hooked.services, hooked.clock), Watch(hooked.services, hooked.clock)
    looks = [["disk"], ["disk", "blip"], ["disk"], ["disk"], [], ["disk"], [], [], []]
    for number, codes in enumerate(looks):
        found = [problem(code, count=number) for code in codes] + [problem("paused", "held")]
        one.look(found)
        other.look(found)
    sender(hooked).round()
    assert [(event["type"], event["data"]["code"]) for event in receiver.events] == [("problem.opened", "disk"), ("problem.closed", "disk")]
    assert receiver.events[0]["data"]["what"] == "It is disk."


def test_problems_are_looked_for(hooked: Desk, receiver: Receiver) -> None:
    watch = Watch(hooked.services, hooked.clock)
    for _ in range(3):
        assert watch.round() is False
        hooked.clock.at += LOOK
    sender(hooked).round()
    assert "redis-away" in {event["data"]["code"] for event in receiver.events}


def test_a_webhook_that_takes_nothing_needs_somebody(hooked: Desk, receiver: Receiver) -> None:
    store(hooked, True, True)
    assert list(of_webhooks(hooked.services)) == []
    receiver.answers = [(500, {})] * 9
    hook = sender(hooked)
    for _ in range(9):
        hook.round()
        hooked.clock.at += webhooks.CAP
    [found] = of_webhooks(hooked.services)
    assert (found.level, found.code, found.count) == ("needs", "webhook-failing", 2)
    assert "status 500" in found.what


# The process and the command


@contextmanager
def environment(monkeypatch: pytest.MonkeyPatch, settings: Settings, folder: Path, **more: str) -> Iterator[None]:
    monkeypatch.setenv("PRESSMARK_DATA_DIR", str(folder))
    monkeypatch.setenv("PRESSMARK_DATABASE_URL", settings.database_url or "")
    for name, value in more.items():
        monkeypatch.setenv(f"PRESSMARK_{name}", value)
    yield


def test_a_receiver_that_hangs_holds_no_dispatcher_up(hooked: Desk, receiver: Receiver) -> None:
    store(hooked, True)
    webhooks.send_again(hooked.services)  # by the clock of this machine, which the thread goes by
    receiver.patience = threading.Event()
    begun = time.monotonic()
    with dispatcher._webhook(hooked.services.settings):
        while not receiver.took and time.monotonic() - begun < 60:
            time.sleep(0.05)
        assert receiver.took, "it is sent beside the dispatcher"
        watch = Stopwatch()
    assert watch.seconds < dispatcher.LAST_WORD + 2


def test_a_backlog_of_several_rounds_is_sent(hooked: Desk, receiver: Receiver) -> None:
    store(hooked, *[True] * 45)
    webhooks.send_again(hooked.services)  # by the clock of this machine, which the thread goes by
    begun = time.monotonic()
    with dispatcher._webhook(hooked.services.settings):
        while sum(event["type"] == "article.stored" for event in receiver.events) < 45 and time.monotonic() - begun < 200:
            time.sleep(0.05)
    assert len({event["id"] for event in receiver.events if event["type"] == "article.stored"}) == 45


def test_a_webhook_without_a_secret_does_not_start(hooked: Desk) -> None:
    for secret in (None, "whsec_no base64", "whsec_", "whsec_MQ==", "a"):
        settings = replace(hooked.services.settings, webhook_secret=secret)
        with pytest.raises(UsageError, match="PRESSMARK_WEBHOOK_SECRET"), dispatcher._webhook(settings):
            pass


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("topic=trade&topic=Culture", "topic= the name of a topic, as border_dispute"),
        ("primary=none", "primary= the name of a topic, as border_dispute"),
        ("source_type=blog", "official, promotional, independent"),
        ("language=Khmer", "as en or km"),
        ("host=https://press.example.org/", "the name of a host"),
        ("unsure=maybe", "true or false"),
        ("topic=", "topic has a value"),
        ("language=km&language=en", "language once"),
        ("since=2024-03-22", "q, topic, unsure, primary, source_type, language, host, outlet"),
    ],
)
def test_a_search_that_nothing_can_match_is_refused_at_the_start(query: str, expected: str) -> None:
    with pytest.raises(UsageError, match=re.escape(expected)) as refused:
        load({"PRESSMARK_WEBHOOK_SEARCH": query})
    assert query in str(refused.value)


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("webhook_search", "PRESSMARK_WEBHOOK_SEARCH"),
        ("mail_search", "PRESSMARK_MAIL_SEARCH"),
        ("webhook_receivers", "PRESSMARK_WEBHOOK_RECEIVERS: desk"),
    ],
)
@pytest.mark.parametrize("field", ["topic", "primary"])
def test_a_topic_that_no_model_has_is_refused_before_anything_is_sent(hooked: Desk, name: str, where: str, field: str) -> None:
    query = f"{field}=tpyo"
    mail = {"mail_url": "smtp://mail.test:25", "mail_from": ("desk@press.test",), "mail_to": ("ann@press.test",)}
    desk = (Named("desk", "https://desk.test/", SECRET, search=query),)
    settings = replace(hooked.services.settings, **mail, **{name: desk if name == "webhook_receivers" else query})
    expected = f"{where}: {field}: expected one of border_dispute, trade, demining, culture, got 'tpyo'"
    with pytest.raises(UsageError, match=re.escape(expected)), dispatcher._webhook(settings):
        pass
    with pytest.raises(UsageError, match=re.escape(expected)):
        webhooks.tried(settings)
    [finding] = [one for one in diagnose(settings).checks if one.check == "receivers"]
    assert (finding.state, finding.detail) == ("wrong", expected)


def test_every_field_of_the_setting_is_one_of_a_search() -> None:
    query = (
        "q=rice+price&topic=trade&topic=culture&unsure=yes&primary=trade&source_type=official&language=km&host=Press.test&outlet=The+Post"
    )
    wanted = wanted_articles(load({"PRESSMARK_WEBHOOK_SEARCH": query}).webhook_search)
    assert wanted == SearchFilter(
        ("rice", "price"), ("trade", "culture"), "trade", "official", "km", "press.test", unsure=True, outlet="The Post"
    )
    with pytest.raises(UsageError, match="source_type: expected one of"):
        SearchFilter(source_type="tpyo")


def test_a_receiver_has_all_of_the_time_that_is_promised_to_it(hooked: Desk, receiver: Receiver) -> None:
    receiver.patience = threading.Event()
    timer = threading.Timer(1.5, receiver.patience.set)
    timer.start()
    pages = replace(hooked.services.settings, first_byte_timeout=0.5)  # of pages: what a receiver has is in the manual
    assert [answer.said for answer in webhooks.tried(pages)] == ["status 204"]
    timer.join()
    assert f"within {WITHIN:g} s" in CONSUME.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["webhook_search", "webhook_events"])
def test_a_setting_that_means_nothing_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match=f"PRESSMARK_{name.upper()}|{name}"):
        load_values({name: "topics=trade"})


def test_the_command_tests_lists_and_tries_again(
    hooked: Desk, receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (item,) = store(hooked, True)
    hooked.clock.at += 2 * webhooks.GIVE_UP
    receiver.answers = [(410, {}), (200, {}), (500, {})]
    sender(hooked).round()
    url = hooked.services.settings.webhook_url or ""
    hook = {"WEBHOOK_URL": url, "WEBHOOK_SECRET": SECRET, "ALLOW_PRIVATE": f"127.0.0.1:{receiver.port}"}
    with environment(monkeypatch, hooked.services.settings, tmp_path, **hook):
        assert program.run(["webhooks", "list", "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert (found["item_id"], found["next_try_at"], found["said"]) == (item, None, "status 410")
        assert program.run(["webhooks", "list"]) == 0
        assert "given up" in capsys.readouterr().out
        assert program.run(["webhooks", "test"]) == 0
        assert capsys.readouterr().err == "delivered: status 200\n"
        assert program.run(["webhooks", "test", "--json"]) == 1
        assert json.loads(capsys.readouterr().out)["said"] == "status 500"
        assert program.run(["webhooks", "retry"]) == 0
        assert capsys.readouterr().err == "1 events are due now\n"
        monkeypatch.delenv("PRESSMARK_WEBHOOK_SECRET")
        assert program.run(["webhooks", "test"]) == 2
        assert "PRESSMARK_WEBHOOK_SECRET" in capsys.readouterr().err
