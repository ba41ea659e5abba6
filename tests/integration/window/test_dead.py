"""Dead letters as incidents, and acting on many of them: only on the set that was seen."""

from __future__ import annotations

import base64
import time

import pytest
from sqlalchemy import event

from tests.integration.window.conftest import HOST, Desk
from worker.errors import Conflict, NotFound, UsageError
from worker.operations import dead, previews
from worker.operations.audit import entries
from worker.operations.pauses import Target, pause
from worker.operations.times import rfc3339
from worker.storage.incidents import SetMark
from worker.storage.values import DeadFilter

TLS = DeadFilter(reason="tls", host="wire.test:443")


@pytest.fixture
def letters(desk: Desk) -> Desk:
    """Thirty letters of one cause, three of another, and one without any detail."""
    desk.dead(30, "tls", "wire.test:443", "certificate expired")
    desk.dead(3, "http-404")
    desk.dead(1, "no-text", "empty.test:443", "")
    return desk


def test_an_incident_is_a_reason_a_host_and_what_was_said(letters: Desk) -> None:
    found = dead.incidents(letters.services)
    assert [(one.reason, one.host, one.count, one.advice) for one in found] == [
        ("tls", "wire.test:443", 30, "send"),
        ("http-404", HOST, 3, "drop"),
        ("no-text", "empty.test:443", 1, "send"),
    ]
    assert [len(one.examples) for one in found] == [5, 3, 1]
    assert found[0].first < found[0].newest
    assert {letter.detail for letter in found[0].examples} == {"certificate expired"}


def test_a_list_of_incidents_is_read_in_few_statements_and_shows_the_newest_of_each(letters: Desk) -> None:
    statements: list[str] = []

    def record(*given: object) -> None:
        statements.append(str(given[2]))

    event.listen(letters.services.engine, "before_cursor_execute", record)
    try:
        found = dead.incidents(letters.services)
    finally:
        event.remove(letters.services.engine, "before_cursor_execute", record)
    assert len(found) > 2
    assert len([one for one in statements if one.startswith("SELECT")]) == 2
    for one in found:
        which = DeadFilter(reason=one.reason, host=one.host, detail=one.detail or "", limit=5)
        assert list(one.examples) == list(dead.letters(letters.services, which))


def test_one_incident_is_shown_hour_by_hour_with_traces(letters: Desk) -> None:
    found = dead.incident(letters.services, "tls", "wire.test:443")
    assert sum(hour.count for hour in found.by_hour) == 30
    assert len(found.letters) == len(found.traces) == 10
    assert [letter.item_id for letter in found.letters] == [trace.item_id for trace in found.traces]
    assert dead.incident(letters.services, "no-text", "empty.test:443", "").incident.count == 1
    with pytest.raises(NotFound):
        dead.incident(letters.services, "tls", "wire.test:443", "another detail")


def test_what_a_person_dropped_comes_last_and_asks_for_nothing(letters: Desk) -> None:
    assert dead.drop(letters.services, TLS, reason="the paper is closed", who="ann").dropped == 30
    found = dead.incidents(letters.services)
    assert (found[-1].reason, found[-1].count, found[-1].advice) == ("dropped-by-user", 30, None)
    assert found[-1].detail == "dropped by ann: the paper is closed"


def test_a_preview_tells_the_count_five_examples_and_what_stands_in_the_way(letters: Desk) -> None:
    pause(letters.services, Target(host="wire.test"), "sam", "certificate expired")
    found = dead.preview(letters.services, "requeue", DeadFilter(), "ann", rate=2)
    assert (found.count, len(found.examples), found.seconds) == (34, 5, 17.0)
    assert [(one.why, one.count) for one in found.blocked] == [("wire.test:443 is paused by sam", 30)]


def test_acting_on_what_was_seen_reaches_exactly_that(letters: Desk) -> None:
    seen = dead.preview(letters.services, "requeue", TLS, "ann")
    done = dead.requeue(letters.services, TLS, token=seen.token, who="ann")
    assert done.requeued == seen.count == 30
    assert sum(one.count for one in dead.incidents(letters.services)) == 4


def test_acting_on_a_set_that_has_changed_does_nothing(letters: Desk) -> None:
    seen = dead.preview(letters.services, "requeue", TLS, "ann")
    letters.dead(15, "tls", "wire.test:443", "certificate expired", first=2000)
    with pytest.raises(Conflict, match=r"^It was 30, now 45\. Look again\.$"):
        dead.requeue(letters.services, TLS, token=seen.token, who="ann")
    assert dead.count(letters.services, TLS) == 45
    assert entries(letters.services).entries == (), "nothing was done, so nothing is in the log"


def test_a_set_of_other_items_of_the_same_number_is_another_set(letters: Desk) -> None:
    seen = dead.preview(letters.services, "drop", TLS, "ann")
    dead.requeue(letters.services, TLS, first=1)
    (request,) = letters.leased()
    letters.fail(request, "tls", detail="certificate expired")
    assert dead.count(letters.services, TLS) == 30
    with pytest.raises(Conflict, match="not the same ones any more"):
        dead.drop(letters.services, TLS, token=seen.token, who="ann")


@pytest.mark.parametrize(
    "other", [{"act": "drop"}, {"who": "ben"}, {"which": DeadFilter(reason="tls")}, {"which": DeadFilter(limit=30)}], ids=str
)
def test_a_preview_is_of_one_act_one_person_and_one_filter(letters: Desk, other: dict[str, object]) -> None:
    meant = {"act": "requeue", "who": "ann", "which": TLS} | other
    seen = dead.preview(letters.services, meant["act"], meant["which"], meant["who"])  # type: ignore[arg-type]
    with pytest.raises(Conflict):
        dead.requeue(letters.services, TLS, token=seen.token, who="ann")


def test_a_preview_lasts_ten_minutes(letters: Desk) -> None:
    intent = previews.Intent("requeue", "ann", TLS, SetMark(30, 1, 1.0))
    signed = previews.token(letters.services, intent)
    previews.check(letters.services, signed, intent, lambda: time.time() + 590)
    with pytest.raises(Conflict, match="older than ten minutes"):
        previews.check(letters.services, signed, intent, lambda: time.time() + 610)


FORGED = [
    f"{base64.urlsafe_b64encode(head.encode()).decode().rstrip('=')}.eA"
    for head in (
        '["99999999999",3]',
        "[true,3]",
        "[99999999999.5,3]",
        "[99999999999,true]",
        f"[99999999999,1{'0' * 4000}]",
        '{"a":1,"b":2}',
    )
]
"""A time or a count that is none, before a signature that is none."""


@pytest.mark.parametrize("token", ["", "x", "a.b", "W10.W10", "é.x", "WzFd.", "." * 5000, *FORGED])
def test_what_is_no_token_is_a_wrong_call(letters: Desk, token: str) -> None:
    with pytest.raises(UsageError, match="expected the token of a preview"):
        dead.requeue(letters.services, TLS, token=token, who="ann")
    assert dead.count(letters.services, TLS) == 30


def test_a_canary_goes_first_and_tells_how_it_ended(letters: Desk) -> None:
    seen = dead.preview(letters.services, "requeue", TLS, "ann")
    sent = dead.requeue(letters.services, TLS, first=5, token=seen.token, who="ann")
    assert (sent.requeued, len(sent.item_ids), sent.left) == (5, 5, 25)
    assert dead.ends_of(letters.services, sent.item_ids).done is False
    for number in range(5):
        (request,) = letters.leased()
        letters.store(request) if number else letters.fail(request, "tls")
        letters.clock.at += 60
    ends = dead.ends_of(letters.services, sent.item_ids)
    assert ends.done
    assert {(end.state, end.reason, end.count) for end in ends.ends} == {("stored", None, 4), ("dead", "tls", 1)}


def test_many_are_sent_at_a_rate_without_anybody_waiting(letters: Desk) -> None:
    letters.clock.at += 1000
    begun = time.monotonic()
    dead.requeue(letters.services, TLS, rate=0.1, who="ann")
    assert time.monotonic() - begun < 10, "thirty at one in ten seconds would take five minutes"
    waiting = [trace.due for trace in map(letters.services.viewer_ledger.trace_of, dead_ids(letters)) if trace]
    assert sorted(waiting) == pytest.approx([letters.clock.at + 10 * number for number in range(30)])


def dead_ids(desk: Desk) -> list[int]:
    from worker.operations.due import due

    return [item.item_id for item in due(desk.services, limit=100).items]


def test_a_rate_that_would_take_longer_than_a_day_is_refused(letters: Desk) -> None:
    with pytest.raises(UsageError, match="within a day"):
        dead.requeue(letters.services, TLS, rate=0.0001, who="ann")
    assert dead.count(letters.services, TLS) == 30


def test_what_is_sent_at_a_rate_is_not_pulled_forward_by_housekeeping(letters: Desk) -> None:
    dead.requeue(letters.services, TLS, rate=30 / 80_000, who="ann")
    letters.ledger.correct_times(letters.lead)
    latest = max(trace.due or 0 for trace in map(letters.services.viewer_ledger.trace_of, dead_ids(letters)) if trace)
    assert latest > letters.clock.at + 70_000
    assert rfc3339(latest)
