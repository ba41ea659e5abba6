"""Several receivers of events: each gets what it asked for, none holds up another, and what nobody will take can be dropped."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.integration.window.conftest import Desk
from tests.integration.window.test_webhooks import SECRET, Receiver, environment, hooked, receiver, store  # noqa: F401 - fixtures
from worker.cli import main as program
from worker.config import Settings, load, to_environ
from worker.config.value_types import parse_allow_private
from worker.config.webhooks import Receiver as Configured
from worker.config.webhooks import parse_receivers
from worker.errors import UsageError
from worker.operations.receivers.problems import of_webhooks
from worker.operations.sharing import webhooks
from worker.operations.sharing.signing import signed
from worker.operations.sharing.watch import Watch
from worker.operations.sharing.webhooks import Sender
from worker.processes import dispatcher
from worker.storage.audit import DeedFilter
from worker.storage.ledger import Ledger

OTHER = "another-secret-of-this-test"


def with_others(desk: Desk, *others: Configured) -> None:
    """The desk with more receivers than the first."""
    settings = replace(desk.services.settings, webhook_receivers=others)
    desk.services.settings = settings
    desk.ledger = Ledger(desk.services.engine, settings, now=desk.clock, chance=lambda: 0.5)


def at(receiver: Receiver, name: str, **more: object) -> Configured:  # noqa: F811
    return Configured(name, f"http://127.0.0.1:{receiver.port}/other", OTHER, **more)  # type: ignore[arg-type]


def send(desk: Desk, name: str) -> int:
    [one] = [one for one in desk.services.settings.receivers if one.name == name]
    return Sender(desk.services, one, now=desk.clock, chance=lambda: 0.5).round()


def test_each_receiver_gets_what_it_asked_for_under_its_own_secret(hooked: Desk, receiver: Receiver) -> None:  # noqa: F811
    with_others(hooked, at(receiver, "all"), at(receiver, "alerts", events=("problems",)))
    first, second = store(hooked, True, False)
    assert (send(hooked, "all"), send(hooked, "alerts"), send(hooked, "default")) == (2, 0, 1)
    assert [event["data"]["item_id"] for event in receiver.events] == [first, second, first]
    assert len({event["id"] for event in receiver.events}) == 3, "each delivery is an event of its own"
    every = hooked.services.settings.receivers
    for one, (headers, body) in zip((every[1], every[1], every[0]), receiver.took, strict=True):
        ours = signed(one, headers["webhook-id"], body, hooked.clock())
        assert headers["webhook-signature"] == ours["webhook-signature"]
    watch = Watch(hooked.services, hooked.clock)
    watch.round()
    watch.round()
    assert send(hooked, "all") > 0
    assert send(hooked, "alerts") > 0
    assert webhooks.waiting(hooked.services, 100, "alerts") == []
    assert {one.receiver for one in webhooks.waiting(hooked.services, 100)} == {"default"}


def test_a_receiver_that_hangs_or_is_away_holds_up_no_other(hooked: Desk, receiver: Receiver) -> None:  # noqa: F811
    with_others(hooked, Configured("gone", "http://127.0.0.1:1/x", OTHER))
    settings = hooked.services.settings
    hooked.services.settings = replace(settings, allow_private=(*settings.allow_private, *parse_allow_private("127.0.0.1:1")))
    store(hooked, *[True] * 3)
    webhooks.send_again(hooked.services)  # by the clock of this machine, which the threads go by
    begun = time.monotonic()
    with dispatcher._webhook(hooked.services.settings):
        while len({event["id"] for event in receiver.events if event["type"] == "article.stored"}) < 3 and time.monotonic() - begun < 60:
            time.sleep(0.05)
        receiver.patience = threading.Event()
    assert len({event["id"] for event in receiver.events if event["type"] == "article.stored"}) == 3
    assert {one.receiver for one in webhooks.waiting(hooked.services, 100) if one.item_id} == {"gone"}


def test_the_problem_names_who_takes_nothing_and_who_is_none_any_more(hooked: Desk, receiver: Receiver) -> None:  # noqa: F811
    with_others(hooked, at(receiver, "desk"), at(receiver, "old"))
    store(hooked, True)
    receiver.answers = [(500, {})] * 3
    for _ in range(3):
        send(hooked, "desk")
        hooked.clock.at += webhooks.CAP
    with_others(hooked, at(receiver, "desk"))
    [found] = of_webhooks(hooked.services)
    assert found.count == 2
    assert "webhook desk takes no events: 1 wait. It answered: status 500" in found.what
    assert "webhooks drop --to old" in found.what
    assert "webhooks drop --to desk" not in found.what


def test_dropping_is_previewed_confirmed_and_logged(
    hooked: Desk,  # noqa: F811
    receiver: Receiver,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with_others(hooked, at(receiver, "old"))
    store(hooked, True, True)
    hooked.clock.at += webhooks.GIVE_UP + 1
    receiver.answers = [(500, {})]
    send(hooked, "old")
    with environment(monkeypatch, hooked.services.settings, tmp_path):
        assert program.run(["webhooks", "drop", "--to", "old", "--given-up", "--dry-run"]) == 0
        assert capsys.readouterr().err == "1 events would be dropped\n"
        assert program.run(["webhooks", "drop", "--to", "old", "--dry-run", "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == {"would_drop": 2}
        assert program.run(["webhooks", "drop", "--to", "old"]) == 2, "no terminal is there to ask"
        assert "2 events will be dropped undelivered: expected --yes" in capsys.readouterr().err
        assert len(webhooks.waiting(hooked.services, 100)) == 4, "nothing is dropped without a yes"
        assert program.run(["webhooks", "drop", "--to", "old", "--given-up", "--yes", "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == {"dropped": 1}
        assert program.run(["webhooks", "drop", "--to", "old", "--yes"]) == 0
        assert capsys.readouterr().err == "1 events dropped\n"
        assert program.run(["webhooks", "drop", "--to", "old"]) == 0, "nothing left is no failure"
    assert {one.receiver for one in webhooks.waiting(hooked.services, 100)} == {"default"}
    deeds = hooked.services.audit.page(DeedFilter(what="webhooks drop"), 10)
    assert [(deed.count, deed.filter) for deed in deeds] == [(0, {"to": "old"}), (1, {"to": "old"}), (1, {"to": "old", "given_up": True})]


def test_the_commands_reach_one_receiver_or_all(
    hooked: Desk,  # noqa: F811
    receiver: Receiver,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    more = at(receiver, "desk")
    with_others(hooked, more)
    store(hooked, True)
    hook = {"WEBHOOK_URL": f"http://127.0.0.1:{receiver.port}/x", "WEBHOOK_SECRET": SECRET, "WEBHOOK_RECEIVERS": str(more)}
    with environment(monkeypatch, hooked.services.settings, tmp_path, ALLOW_PRIVATE=f"127.0.0.1:{receiver.port}", **hook):
        receiver.answers = [(204, {}), (500, {})]
        assert program.run(["webhooks", "test"]) == 1
        assert capsys.readouterr().err == "default: delivered: status 204\ndesk: not delivered: status 500\n"
        assert program.run(["webhooks", "test", "--to", "desk"]) == 0
        assert capsys.readouterr().err == "delivered: status 204\n"
        assert program.run(["webhooks", "test", "--to", "nobody"]) == 2
        assert "--to: expected one of default, desk, got 'nobody'" in capsys.readouterr().err
        assert program.run(["webhooks", "retry", "--to", "desk"]) == 0
        assert capsys.readouterr().err == "1 events are due now\n"
        assert program.run(["webhooks", "list", "--to", "desk", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["receiver"] == "desk"
        assert program.run(["config"]) == 0
        assert OTHER not in capsys.readouterr().out


GOOD = '{"name": "desk", "url": "https://desk.example/x?a=1,2", "secret": "a-secret-of-this-test", "events": ["problems"]}'


def test_receivers_survive_the_way_to_a_child_process_and_come_from_toml(tmp_path: Path) -> None:
    found = load({"PRESSMARK_WEBHOOK_RECEIVERS": f"{GOOD},{GOOD.replace('desk', 'two')}"}).webhook_receivers
    assert [(one.name, one.events) for one in found] == [("desk", ("problems",)), ("two", ("problems",))]
    assert load(to_environ(Settings(webhook_receivers=found))).webhook_receivers == found
    file = tmp_path / "settings.toml"
    file.write_text('[[webhook_receivers]]\nname = "desk"\nurl = "https://desk.example/x?a=1,2"\nsecret = "a-secret-of-this-test"\n')
    [read] = load({}, file).webhook_receivers
    assert (read.name, read.url, read.events) == ("desk", found[0].url, Settings().webhook_events)
    assert "a-secret" not in repr(load({}, file)) + repr(read)


@pytest.mark.parametrize(
    "given",
    [
        "desk",
        "[",
        "[" * 100_000,
        "1",
        "{}",
        GOOD.replace('"desk"', '"default"'),
        GOOD.replace('"desk"', '"mail"'),
        GOOD.replace('"desk"', '"a b"'),
        GOOD.replace('"desk"', '""'),
        GOOD.replace('"desk"', "7"),
        GOOD.replace("https:", "ftp:"),
        GOOD.replace("https:", "https:\\r\\n"),
        GOOD.replace('["problems"]', '"problems"'),
        GOOD.replace('["problems"]', "[[]]"),
        GOOD.replace('["problems"]', "[]"),
        GOOD.replace('"events"', '"event"'),
        GOOD.replace('"a-secret-of-this-test"', "null"),
        f"{GOOD},{GOOD}",
        GOOD.replace('"events": ["problems"]', '"search": "topics=trade"'),
    ],
    ids=lambda given: given[:40],
)
def test_a_list_of_receivers_that_means_nothing_is_refused_in_a_line(given: str) -> None:
    with pytest.raises(ValueError, match=r"objects|URL|one or more|a query"):
        parse_receivers(given)
    with pytest.raises(UsageError, match=r"^PRESSMARK_WEBHOOK_RECEIVERS: expected ") as raised:
        load({"PRESSMARK_WEBHOOK_RECEIVERS": given})
    assert "a-secret" not in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_receiver_whose_secret_signs_nothing_does_not_start(hooked: Desk) -> None:  # noqa: F811
    with_others(hooked, Configured("desk", "https://desk.example/", "whsec_MQ=="))
    with (
        pytest.raises(UsageError, match="PRESSMARK_WEBHOOK_RECEIVERS: desk: expected a key"),
        dispatcher._webhook(hooked.services.settings),
    ):
        pass


def test_what_waited_before_there_were_several_belongs_to_the_first(hooked: Desk) -> None:  # noqa: F811
    with hooked.services.engine.begin() as connection:
        connection.execute(text("INSERT INTO deliveries (event_id, kind, created_at, due) VALUES ('evt_1', 'test', 1, 1)"))
    assert [one.receiver for one in webhooks.waiting(hooked.services, 10)] == ["default"]
