"""Hosts, items, one item, jobs, and the one judgement of what is wrong, needs somebody or is held back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.integration.parts.samples import LABELS, entry, extracted
from tests.integration.parts.steps import keep
from tests.integration.window.conftest import HOST, Desk
from worker.errors import NotFound, UsageError
from worker.messages import Labelled
from worker.operations import hosts, items, jobs, problems, queues, show
from worker.operations.pauses import Target, pause
from worker.operations.times import rfc3339
from worker.storage.time_series import HOUR

HIGH = "f" * 16


def test_a_host_tells_how_it_is_read_and_what_came_of_it(desk: Desk) -> None:
    desk.stored(3)
    desk.dead(2)
    desk.accept(range(50, 54))
    found = hosts.host(desk.services, "press.test")
    status = found.host
    assert (status.host, status.state, status.waiting, status.stored_7d, status.dead_7d) == (HOST, "working", 4, 3, 2)
    assert (status.interval_s, status.interval_from, status.median_ms, status.robots.state) == (2.0, "settings", 120, "read")
    assert [one.outcome for one in found.requests] == ["failed"] * 2 + ["answered"] * 3
    assert found.requests[0].reason == "http-404"
    desk.clock.at += 8 * 86400
    assert hosts.host(desk.services, "press.test").host.stored_7d == 0


def test_a_host_that_asked_for_a_wait_says_until_when(desk: Desk) -> None:
    desk.accept(range(2))
    (request,) = desk.leased()
    desk.fail(request, "http-429", retry_after=600)
    status = hosts.host(desk.services, HOST).host
    assert (status.state, status.until, status.asked_reason) == ("waits", rfc3339(desk.clock.at + 600), "http-429")
    assert status.interval_from == "slowed"
    pause(desk.services, Target(host="press.test"), "sam", "certificate expired")
    status = hosts.host(desk.services, HOST).host
    assert (status.state, status.paused_by, status.note) == ("paused", "sam", "certificate expired")


def test_hosts_are_listed_page_by_page_the_busiest_first(desk: Desk) -> None:
    for number in range(7):
        desk.accept(range(number * 100, number * 100 + number % 4), f"h{number}.test:443")
        desk.accept(range(9000 + number, 9001 + number), f"h{number}.test:443")
    pages, cursor = [], None
    while True:
        page = hosts.hosts(desk.services, 3, cursor)
        pages += [(one.waiting, one.host) for one in page.hosts]
        if (cursor := page.next) is None:
            break
    assert [waiting for waiting, _ in pages] == [4, 3, 3, 2, 2, 1, 1]
    assert len({host for _, host in pages}) == 7
    assert [one.host for one in hosts.hosts(desk.services, like="H3").hosts] == ["h3.test:443"]


def test_a_host_that_nobody_asked_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound, match=r"nobody\.test"):
        hosts.host(desk.services, "nobody.test")


def test_items_are_listed_by_state_host_job_and_kind(desk: Desk) -> None:
    desk.stored(2)
    desk.dead(2)
    desk.accept(range(300, 305), "other.test:443", "second")
    listed: Callable[..., list[int]] = lambda **which: [one.item_id for one in items.items(desk.services, **which).items]  # noqa: E731
    assert len(listed()) == 9
    assert listed() == sorted(listed(), reverse=True)
    assert [len(listed(state=state)) for state in items.STATES] == [5, 0, 2, 0, 0, 2]
    assert len(listed(host="other.test")) == len(listed(job="second")) == 5
    assert listed(kind="feed") == []
    first = items.items(desk.services, limit=4)
    second = items.items(desk.services, limit=4, cursor=first.older)
    assert [one.item_id for one in (*first.items, *second.items)] == listed()[:8]
    assert items.items(desk.services, limit=4, cursor=second.newer).items == first.items
    assert items.item(desk.services, 1).state == "stored"
    assert [one.item_id for one in items.of_url(desk.services, entry(0))] == [1]
    assert items.of_url(desk.services, entry(77777)) == []


@pytest.mark.parametrize("which", [{"state": "gone"}, {"kind": "page"}, {"job": "nope"}, {"cursor": "x"}], ids=str)
def test_what_items_do_not_have_is_a_wrong_call(desk: Desk, which: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="expected"):
        items.items(desk.services, **which)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        items.item(desk.services, 812)


def test_a_job_tells_its_outcomes_by_reason(desk: Desk) -> None:
    desk.stored(2)
    desk.dead(3)
    found = jobs.detail(desk.services, "job")
    assert [(one.state, one.reason, one.count) for one in found.outcomes] == [("dead", "http-404", 3), ("stored", None, 2)]
    assert found.job.accepted == 5


def test_one_item_shows_its_article_labels_copies_and_trace(desk: Desk) -> None:
    # Given an article, a near copy of it, and a duplicate
    desk.accept(range(3))
    texts = [("The text.", HIGH), ("The text, nearly.", "7" + HIGH[1:]), ("The text.", HIGH)]
    ids = []
    for text, simhash in texts:
        (request,) = desk.leased()
        desk.store(request, text, simhash)
        ids.append(request.item_id)
        desk.clock.at += 3
    # Then
    found = show.show(desk.services, ids[0])
    assert found.article is not None
    assert (found.item.state, found.article.text, found.model and found.model.id) == ("stored", "The text.", "m-1")
    assert [(copy.item_id, copy.state, copy.alike) for copy in found.copies] == [(ids[1], "stored", 0.984), (ids[2], "duplicate", 1.0)]
    assert [step.outcome for step in found.trace.events] == ["sent", "answered", "labelled", "stored"]
    # And of a duplicate, the original
    copied = show.show(desk.services, ids[2])
    assert (copied.item.state, copied.article, copied.labels) == ("duplicate", None, None)
    assert [copy.item_id for copy in copied.copies] == ids[:2]
    # And the same chain for all of them: who was first, who copied, and how much
    assert [(link.item_id, link.state, link.first, link.common) for link in found.chain] == [
        (ids[0], "stored", True, 1.0),
        (ids[1], "stored", False, 0.667),
        (ids[2], "duplicate", False, 1.0),
    ]
    assert found.chain == copied.chain == show.show(desk.services, ids[1]).chain
    # And by its URL
    assert show.show(desk.services, entry(0)) == show.show(desk.services, 1)
    with pytest.raises(NotFound):
        show.show(desk.services, entry(999))


def levels(desk: Desk) -> list[tuple[str, str, int | None]]:
    """What is wrong or needs somebody beside Redis, which is away here."""
    found = problems.problems(desk.services)
    assert found[0].code == "redis-away"
    return [(one.level, one.code, one.count) for one in found[1:]]


def test_all_is_well_but_for_redis(desk: Desk) -> None:
    desk.stored(2)
    assert levels(desk) == []
    assert problems.verdict(()).sentence == "All is well."


@pytest.mark.parametrize(
    ("count", "hour", "found"),
    [(4, 10, False), (5, 100, True), (5, 101, False), (19, None, False), (20, None, True), (20, 100_000, True), (49, 1000, True)],
)
def test_many_dead_letters_of_one_cause_within_an_hour_need_somebody(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, count: int, hour: int | None, found: bool
) -> None:
    desk.dead(count, detail="status 404")
    if hour is not None:
        ended = {int(desk.clock.at // HOUR) * HOUR: hour, int(desk.clock.at // HOUR - 1) * HOUR: hour}
        monkeypatch.setattr(problems, "_ended_by_hour", lambda *_: problems.Counter(ended))
    told = list(problems.of_dead_letters(desk.services, desk.clock.at))
    assert bool(told) is found
    if found:
        assert (told[0].level, told[0].count, told[0].host) == ("needs", count, HOST)
        assert told[0].what == f"{count} pages of press.test are dead: Page not found (status 404)."
        assert told[0].act == problems.Act("Look at them", "/dead/http-404/press.test%3A443")
    assert list(problems.of_dead_letters(desk.services, desk.clock.at + 90_000)) == [], "a day later it is no news"


def test_an_hour_is_not_cut_in_two_by_the_clock(desk: Desk) -> None:
    desk.clock.at = (desk.clock.at // HOUR + 1) * HOUR - 35
    desk.dead(24)
    assert [one.count for one in problems.of_dead_letters(desk.services, desk.clock.at)] == [24]


def test_twenty_in_a_day_are_no_incident(desk: Desk) -> None:
    for number in range(20):
        desk.dead(1, first=3000 + number)
        desk.clock.at += 3000
    assert list(problems.of_dead_letters(desk.services, desk.clock.at)) == []


def test_what_people_and_hosts_hold_back_is_told_and_is_not_wrong(desk: Desk) -> None:
    desk.accept(range(3))
    (request,) = desk.leased()
    desk.fail(request, "http-5xx", retry_after=2340)
    pause(desk.services, Target(("label",)), "ann")
    pause(desk.services, Target(host="wire.test"), "sam", "certificate expired")
    assert levels(desk) == [("held", "asked", 3), ("held", "paused-label", None), ("held", "paused-host", 0)]
    by_code = {one.code: one for one in problems.problems(desk.services)}
    assert by_code["asked"].what == "press.test asked us to wait 39 min by Retry-After (http-5xx). 3 pages wait."
    assert by_code["asked"].until == rfc3339(desk.clock.at + 2340)
    assert by_code["paused-label"].what == "Labelling is paused by ann."
    assert by_code["paused-host"].what == "wire.test is paused by sam: “certificate expired”. Nothing waits for it."


def test_books_that_do_not_balance_are_wrong(desk: Desk) -> None:
    report = replace(queues.report(desk.services), balanced=False)
    found = problems.judged(desk.services, report)
    assert {one.code for one in found if one.level == "wrong"} == {"unbalanced", "redis-away"}
    assert problems.wrong(found)
    assert problems.verdict(found).sentence.startswith("Something is wrong: ")


def test_a_database_that_is_away_is_the_one_problem(desk: Desk, tmp_path) -> None:
    away = replace(desk.services.settings, database_url="postgresql+psycopg://nobody@127.0.0.1:1/none")
    (problem,) = problems.problems(type(desk.services)(away))
    assert (problem.level, problem.code) == ("wrong", "database-away")


def test_the_contracts_queues_name_what_waits_and_what_is_paused(desk: Desk) -> None:
    desk.accept(range(3))
    pause(desk.services, Target(host="press.test"), "sam")
    document = queues.report(desk.services).to_dict()
    assert document["due"] == {"now": 0, "later": 3, "next_at": None}
    assert document["paused"] == {"stages": [], "hosts": ["press.test:443", "press.test:80"]}


WIRE = "The ministry said on Monday that rice exports rose by a third in the first ten months of the year. " * 3


def test_the_chain_of_a_wire_story_begins_with_who_published_first(desk: Desk) -> None:
    # Given a story that is fetched in another order than it was published
    desk.accept(range(4))
    told = {
        1: ("2026-11-24T10:00:00Z", WIRE + "Our own correspondent adds that farmers are content with the prices of this year."),
        2: ("2026-11-24T08:00:00Z", WIRE),
        3: (None, WIRE + "Reuters."),
        4: ("2026-11-23", "Another text altogether."),
    }
    for _ in told:
        (request,) = desk.leased()
        at, text = told[request.item_id]
        page = extracted(request, text, HIGH if request.item_id < 4 else "0" * 16)
        page = replace(page, article=replace(page.article, published_at=at, published_on=at and at[:10]))
        keep(desk.ledger, Labelled(page, LABELS, label_ms=1))
        desk.clock.at += 3
    # Then
    chain = show.show(desk.services, 1).chain
    assert [(link.item_id, link.first, link.after_s) for link in chain] == [(2, True, 0.0), (1, False, 7200.0), (3, False, None)]
    assert chain[0].common == 1
    assert chain[1].common is not None
    assert 0.7 < chain[1].common < 0.9
    assert chain[2].common is not None
    assert 0.9 < chain[2].common < 1
    assert show.show(desk.services, 4).chain == ()
