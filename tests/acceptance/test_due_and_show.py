"""`due` and `show`, and what commands write into the log of who did what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.acceptance.conftest import Home
from tests.acceptance.terminal import Terminal
from tests.integration.parts.samples import LABELS, admit, delivered, entry, extracted, failed
from worker.bootstrap import Services
from worker.config import Settings
from worker.intake.canonical_url import admit as admit_checked
from worker.messages import HostReport, Labelled
from worker.operations.audit import entries
from worker.storage.database import migrate
from worker.storage.ledger import Ledger

EVIL = "A title \x1b[31m with a control"


@pytest.fixture
def desk(home: Home) -> Home:
    """One stored article (item 1), one page that its host put off for an hour (item 2), and three behind it."""
    services = Services(Settings(data_dir=home.folder / "data"))
    migrate(services.engine)
    ledger = Ledger(services.engine, services.settings)
    ledger.accept([admit_checked("https://read.test/1", services.settings)], ledger.open_job("monday"))
    ledger.accept([entry(number, "slow.test:443") for number in range(2, 6)], ledger.open_job("monday"))
    lead = ledger.take_lead(ledger.leadership(), "test")
    assert lead
    for _, request in ledger.lease(lead, 10):
        if "read" in request.url:
            page = extracted(request)
            page = replace(page, article=replace(page.article, title=EVIL))
            ledger.keep(delivered(Labelled(page, LABELS, label_ms=1)), admit)
        else:
            report = HostReport("slow.test:443", ok=False, retry_after=3600.0)
            ledger.keep(delivered(failed(request, "http-5xx", detail="status 503", retry_after=3600.0, report=report)), admit)
    services.close()
    return home


def test_due_says_which_host_asked_for_an_hour_and_what_it_holds(desk: Home) -> None:
    document = desk.call("due", "--json").lines[0]
    assert [(group["why"], group["host"], group["count"]) for group in document["groups"]] == [("host", "slow.test:443", 4)]
    assert (document["now"], document["later"], len(document["items"])) == (0, 4, 4)
    assert {"item_id", "url", "host", "why", "reason", "next_try_at", "tries", "of", "lane"} == set(document["items"][0])
    assert desk.call("queues", "--json").lines[0]["due"] == {key: document[key] for key in ("now", "later", "next_at")}
    shown = desk.call("due")
    assert (shown.code, "asked us to wait" in shown.out, "4 wait" in shown.err) == (0, True, True)


def test_due_is_asked_for_a_host_a_reason_and_a_number(desk: Home) -> None:
    assert desk.call("due", "--host", "read.test", "--json").lines[0]["groups"] == []
    assert len(desk.call("due", "--reason", "host", "--limit", "2", "--json").lines[0]["items"]) == 2
    failed_once = {item["item_id"] for item in desk.call("due", "--json").lines[0]["items"] if item["reason"] == "http-5xx"}
    assert failed_once
    assert {item["item_id"] for item in desk.call("due", "--reason", "http-5xx", "--json").lines[0]["items"]} == failed_once
    wrong = desk.call("due", "--reason", "weather")
    assert (wrong.code, wrong.err.count("\n"), "Traceback" in wrong.err) == (2, 1, False)


def test_due_without_items_has_the_groups_alone(desk: Home) -> None:
    document = desk.call("due", "--limit", "0", "--json").lines[0]
    assert document["groups"]
    assert (document["items"], document["next"]) == ([], None)


def test_resume_of_a_host_tries_one_page_at_once(desk: Home) -> None:
    assert desk.call("resume", "--host", "slow.test").code == 0
    document = desk.call("due", "--json").lines[0]
    assert [(group["why"], group["count"]) for group in document["groups"]] == [("pace", 4)]


def test_resume_says_that_a_wait_is_lifted_and_what_comes_next(desk: Home) -> None:
    told = desk.call("resume", "--host", "slow.test").told
    assert "slow.test:443 need not wait any longer: one page is tried now" in told[-2]
    assert told[-1] == "nothing is paused"
    assert "need not wait" not in desk.call("resume", "--host", "slow.test").err, "only once"


def test_the_next_one_is_of_those_that_were_asked_for(desk: Home) -> None:
    desk.call("enqueue", "https://soon.test/1")
    everything, slow = desk.call("due", "--json").lines[0], desk.call("due", "--host", "slow.test", "--json").lines[0]
    assert slow["next_at"] == max(slow["groups"][0]["until"], slow["groups"][0]["next_at"])
    assert everything["next_at"] < slow["next_at"]
    assert desk.call("due", "--reason", "host", "--json").lines[0]["next_at"] == slow["next_at"]
    desk.call("pause", "--host", "slow.test")
    assert desk.call("due", "--host", "slow.test", "--json").lines[0]["next_at"] is None


def test_a_reason_in_the_place_of_a_url_is_answered_with_the_option(desk: Home) -> None:
    for command in ("show", "requeue", "drop"):
        done = desk.call("dead", command, "http-404")
        assert (done.code, len(done.told)) == (2, 1)
        assert "`--reason http-404`" in done.told[0]


def test_nothing_that_waits_is_an_empty_answer(home: Home) -> None:
    done = home.call("due", "--json")
    assert (done.code, done.lines[0]["groups"], done.lines[0]["items"]) == (0, [], [])
    assert "nothing waits" in home.call("due").err


def test_show_gives_all_that_is_known_of_an_item_by_number_and_by_url(desk: Home) -> None:
    by_number, by_url = desk.call("show", "1", "--json"), desk.call("show", "https://read.test/1", "--json")
    assert by_number.lines == by_url.lines
    document = by_number.lines[0]
    known = ["item", "article", "labels", "evidence", "model", "copies", "trace", "reviews", "chain", "revisions", "recheck"]
    assert list(document) == known
    assert document["article"]["text"] == "The text of https://read.test/1."
    assert document["model"]["id"] == "m-1"
    assert desk.call("show", "1").lines == by_number.lines, "JSON where nobody looks at a terminal"
    waiting = desk.call("show", "2", "--json").lines[0]
    assert (waiting["article"], waiting["labels"], waiting["item"]["state"]) == (None, None, "waiting")
    assert waiting["trace"]["events"][-1]["reason"] == "http-5xx"


@pytest.mark.parametrize("which", ["99", "https://read.test/nowhere", "ftp://x", "", "-1", "9" * 30])
def test_what_is_not_there_costs_a_line(desk: Home, which: str) -> None:
    done = desk.call("show", "--", which)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "expected" in done.err


def test_on_a_terminal_people_read_the_labels_with_their_reasons(desk: Home) -> None:
    window = Terminal(desk.command("show", "1"), desk.environment, desk.folder, columns=100)
    try:
        window.see("A title \\x1b[31m with a control")
        window.see("A. Writer")
        window.see("trade           no")
        window.see("“Rice was sold.”")
        window.see("labelled by model m-1, not by a person")
        window.see("The text of https://read.test/1.")
        window.see("stored")
        assert window.end() == 0
    finally:
        window.close()


def test_commands_that_change_something_are_in_the_log_under_the_name_at_the_terminal(desk: Home) -> None:
    for arguments in (
        ["pause", "fetch", "--note", "new disk"],
        ["resume", "fetch"],
        ["enqueue", "https://pub.example/a"],
        ["jobs", "stop", "monday"],
    ):
        desk.call(*arguments, LOGNAME="ann")
    services = Services(Settings(data_dir=desk.folder / "data"))
    rows = [(row.who, row.what, row.count, row.reason) for row in entries(services).entries]
    services.close()
    assert rows == [
        ("ann", "job stop", 4, None),
        ("ann", "enqueue", 1, None),
        ("ann", "resume", None, None),
        ("ann", "pause", None, "new disk"),
    ]
