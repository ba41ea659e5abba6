"""What waits is told with its cause and its end, and a host's wait can be lifted with one page as a test."""

from __future__ import annotations

import pytest

from tests.integration.window.conftest import HOST, Desk
from worker.errors import UsageError
from worker.operations import due, pauses
from worker.operations.due import Due
from worker.operations.pauses import Target
from worker.operations.times import rfc3339
from worker.storage.values import State

HOUR = 3600.0


def groups(found: Due) -> list[tuple[str, str | None, int]]:
    return [(group.why, group.host, group.count) for group in found.groups]


@pytest.fixture
def held(desk: Desk) -> Desk:
    """Fifty pages of a host that has asked for an hour."""
    desk.accept(range(50))
    (request,) = desk.leased()
    desk.fail(request, "http-5xx", retry_after=HOUR, detail="status 503")
    return desk


def test_a_host_that_asked_for_an_hour_holds_fifty_pages_and_says_so(held: Desk) -> None:
    found = due.due(held.services, limit=5)
    assert groups(found) == [("host", HOST, 50)]
    (group,) = found.groups
    assert group.until == rfc3339(held.clock.at + HOUR)
    assert group.since == rfc3339(held.clock.at)
    assert group.detail == "the host asked us to wait 1 h by Retry-After (http-5xx)"
    assert (found.now, found.later) == (0, 50)
    assert found.next_at == rfc3339(held.clock.at + HOUR)
    assert {item.next_try_at for item in found.items} == {rfc3339(held.clock.at + HOUR)}
    assert {item.why for item in found.items} == {"host"}


def test_when_the_hour_is_over_the_pages_are_due_again(held: Desk) -> None:
    held.clock.at += HOUR + 1
    assert groups(due.due(held.services)) == [("pace", None, 50)]
    assert len(held.leased()) == 1


def test_a_lifted_wait_lets_one_page_through_and_a_good_answer_frees_the_others(held: Desk) -> None:
    # When
    lifted = due.lift(held.services, "press.test", "ann")
    # Then one page goes out, and no other while it is under way
    assert (lifted.lifted, lifted.waiting) == (True, 50)
    (request,) = held.leased()
    held.clock.at += 60
    assert held.leased() == []
    # And after its answer the others follow at the host's pace
    held.store(request)
    held.clock.at += 10
    assert len(held.leased()) == 1
    assert groups(due.due(held.services)) == [("pace", None, 48)]


def test_after_a_lifted_wait_a_bad_answer_holds_the_others_back_again(held: Desk) -> None:
    due.lift(held.services, "press.test", "ann")
    (request,) = held.leased()
    held.fail(request, "http-5xx", detail="status 503")
    held.clock.at += 10
    assert held.leased() == []
    (group,) = due.due(held.services).groups
    assert (group.why, group.count) == ("host", 50)
    assert "requests in a row failed" in group.detail


def test_lifting_what_does_not_wait_changes_nothing(desk: Desk) -> None:
    desk.accept(range(2))
    assert due.lift(desk.services, "press.test", "ann").lifted is False
    assert desk.services.audit.page(due.audit.DeedFilter(), 10) == [], "nothing was done"


def test_resume_lifts_the_wait_of_a_host_too(held: Desk) -> None:
    pauses.pause(held.services, Target(host="press.test"), "sam", "certificate expired")
    assert held.leased() == []
    pauses.resume(held.services, Target(host="press.test"), "ann")
    assert len(held.leased()) == 1


def test_a_page_whose_own_wait_was_the_only_one_goes_out_when_it_is_lifted(desk: Desk) -> None:
    desk.accept(range(1))
    (request,) = desk.leased()
    desk.fail(request, "http-429", retry_after=HOUR)
    assert due.lift(desk.services, HOST, "ann").waiting == 1
    assert [again.item_id for again in desk.leased()] == [request.item_id]


def test_a_paused_host_says_who_paused_it_and_why(desk: Desk) -> None:
    desk.accept(range(3))
    desk.accept(range(3), "other.test:443")
    pauses.pause(desk.services, Target(host="press.test"), "sam", "certificate expired")
    found = due.due(desk.services)
    assert groups(found) == [("paused", HOST, 3), ("pace", None, 3)]
    paused = found.groups[0]
    assert (paused.by, paused.detail, paused.until, paused.since) == ("sam", "certificate expired", None, rfc3339(desk.clock.at))
    assert (found.now, found.later) == (3, 3)
    assert [item.next_try_at for item in due.due(desk.services, reason="paused").items] == [None] * 3


def test_a_paused_stage_holds_everything_in_one_group(desk: Desk) -> None:
    desk.accept(range(3))
    desk.accept(range(2), "other.test:443")
    pauses.pause(desk.services, Target(("fetch",)), "sam", "the disk is being changed")
    found = due.due(desk.services)
    (group,) = found.groups
    assert (group.why, group.host, group.hosts, group.count, group.by) == ("paused", None, 2, 5, "sam")
    assert (found.now, found.later, found.next_at) == (0, 5, None)
    assert due.figures(desk.services).to_dict() == {"now": 0, "later": 5, "next_at": None}
    assert due.due(desk.services, reason="pace").items == ()


def test_what_failed_waits_for_another_try_with_its_reasons(desk: Desk) -> None:
    desk.accept(range(3))
    desk.accept(range(2), "other.test:443")
    for request in desk.leased():
        desk.fail(request, "timeout" if "press" in request.url else "dns")
    found = due.due(desk.services, reason="again")
    (group,) = found.groups
    assert (group.count, group.hosts, group.host) == (2, 2, None)
    assert sorted(group.reasons) == [("dns", 1), ("timeout", 1)]
    assert [(item.reason, item.tries, item.of) for item in due.due(desk.services, reason="timeout").items] == [("timeout", 1, 5)]


def test_what_failed_can_be_tried_now(desk: Desk) -> None:
    desk.accept(range(1))
    desk.accept(range(1), "other.test:443")
    for request in desk.leased():
        desk.fail(request, "timeout" if "press" in request.url else "dns")
    desk.clock.at += 5
    assert desk.leased() == []
    assert due.try_now(desk.services, reason="timeout", who="ann").count == 1
    assert [request.url for request in desk.leased()] == ["https://press.test/0"]
    assert due.try_now(desk.services, host="other.test", who="ann").count == 1


def test_a_robots_txt_that_cannot_be_read_has_a_group_of_its_own(desk: Desk) -> None:
    desk.accept(range(1))
    (request,) = desk.leased()
    desk.fail(request, "robots-unavailable")
    (group,) = due.due(desk.services).groups
    assert (group.why, group.host, group.count) == ("robots", HOST, 1)
    assert group.until == group.next_at is not None
    assert len(due.due(desk.services, reason="robots").items) == 1
    assert due.due(desk.services, reason="again").items == ()


def test_every_item_that_waits_stands_in_exactly_one_group_and_on_exactly_one_page(held: Desk) -> None:
    # Given a bit of everything
    held.accept(range(7), "ready.test:443")
    held.accept(range(4), "paused.test:443")
    held.services.operator_ledger.pause(host="paused.test:443", who="sam")
    held.accept(range(5), "failing.test:443")
    for request in held.leased():
        held.fail(request, "robots-unavailable" if "ready" in request.url else "connect")
    # Then
    waiting = held.ledger.balance().states[State.WAITING]
    found = due.due(held.services, limit=1000)
    assert sum(group.count for group in found.groups) == waiting == found.now + found.later
    by_word = {why: [item.item_id for item in due.due(held.services, reason=why, limit=1000).items] for why in due.WHYS}
    assert sorted(item_id for ids in by_word.values() for item_id in ids) == sorted(item.item_id for item in found.items)
    for why, ids in by_word.items():
        assert len(ids) == sum(group.count for group in found.groups if group.why == why)
    assert due.figures(held.services).to_dict() == {"now": found.now, "later": found.later, "next_at": found.next_at}
    # And page by page they are the same, in the same order
    pages, cursor = [], None
    while True:
        page = due.due(held.services, limit=7, cursor=cursor)
        pages += [item.item_id for item in page.items]
        if (cursor := page.next) is None:
            break
    assert pages == [item.item_id for item in found.items]


@pytest.mark.parametrize("reason", ["http-404", "nonsense", ""])
def test_a_reason_for_which_nothing_waits_is_a_wrong_call(desk: Desk, reason: str) -> None:
    with pytest.raises(UsageError, match="expected one of host, paused"):
        due.due(desk.services, reason=reason)


@pytest.mark.parametrize("cursor", ["x", "WyJvbGRlciIsICJhIiwgMV0", "WyJzaWRld2F5cyIsIDEsIDFd", "[]"])
def test_a_cursor_of_another_list_is_a_wrong_call(desk: Desk, cursor: str) -> None:
    with pytest.raises(UsageError, match="expected a cursor"):
        due.due(desk.services, cursor=cursor)
