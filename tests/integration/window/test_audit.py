"""The log of who did what: every act of a person is in it, and nothing can change or delete a row."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import delete, insert, update

from tests.integration.parts.samples import entry
from tests.integration.window.conftest import Desk
from worker.errors import Unavailable
from worker.operations import dead, due, jobs, pauses, review, takedown
from worker.operations.accept import Acceptance, Candidate, Terms
from worker.operations.audit import entries
from worker.operations.pauses import Target
from worker.storage.audit import DeedFilter
from worker.storage.database import Unacceptable, writing
from worker.storage.reviews import Answer
from worker.storage.tables import audit
from worker.storage.values import DeadFilter


def accept(desk: Desk) -> None:
    accepting = Acceptance(desk.services.settings, lambda: desk.services, Terms("monday", who="ann"))
    accepting.batch([Candidate("http://pub.example/a", "1"), Candidate("ftp://x", "2")])
    accepting.finish()


def skip_ahead(desk: Desk) -> None:
    desk.accept(range(500, 501))
    (request,) = desk.leased()
    desk.fail(request, "http-5xx", retry_after=600)


ACTS: dict[str, tuple[Callable[[Desk], object], Callable[[Desk], object], int | None, str | None]] = {
    "enqueue": (lambda _: None, accept, 1, None),
    "pause": (lambda _: None, lambda d: pauses.pause(d.services, Target(("fetch",)), "ann", "new disk"), None, "new disk"),
    "resume": (lambda _: None, lambda d: pauses.resume(d.services, Target(("fetch",)), "ann"), None, None),
    "host lift": (skip_ahead, lambda d: due.lift(d.services, "press.test", "ann"), 1, None),
    "due try": (skip_ahead, lambda d: due.try_now(d.services, who="ann"), 1, None),
    "dead requeue": (lambda d: d.dead(2), lambda d: dead.requeue(d.services, DeadFilter(), who="ann"), 2, None),
    "dead drop": (lambda d: d.dead(2), lambda d: dead.drop(d.services, DeadFilter(), reason="gone", who="ann"), 2, "gone"),
    "job stop": (lambda d: d.accept(range(3)), lambda d: jobs.stop(d.services, "job", "ann"), 3, None),
    "forget": (lambda d: d.stored(1), lambda d: takedown.forget_url(d.services, entry(0), "ann", "asked to"), 1, "asked to"),
    "review keep": (lambda d: d.stored(1), lambda d: review.keep(d.services, Answer(1, (), None, "official"), "ann"), 1, None),
    "labels correct": (lambda d: d.stored(1), lambda d: review.correct(d.services, Answer(1, (), None, "official"), "ann"), 1, None),
    "review undo": (lambda d: d.stored(1), lambda d: review.take_back(d.services, 1, "ann"), 1, None),
}


@pytest.mark.parametrize("what", ACTS)
def test_what_a_person_does_is_in_the_log(desk: Desk, what: str) -> None:
    prepare, act, count, reason = ACTS[what]
    prepare(desk)
    act(desk)
    (row,) = entries(desk.services).entries
    assert (row.who, row.what, row.count, row.reason) == ("ann", what, count, reason)


def test_the_log_of_a_take_down_does_not_keep_the_address(desk: Desk) -> None:
    desk.stored(1)
    takedown.forget_url(desk.services, entry(0), "ann", "asked to")
    assert entry(0).url not in str(entries(desk.services).to_dict())


def test_what_no_person_did_is_not_in_the_log(desk: Desk) -> None:
    desk.dead(2)
    dead.requeue(desk.services, DeadFilter())
    assert entries(desk.services).entries == ()


@pytest.mark.parametrize("change", [update(audit).values(who="eve"), delete(audit), delete(audit).where(audit.c.who == "ann")], ids=str)
def test_the_database_itself_refuses_to_change_or_delete_a_row(desk: Desk, change: object) -> None:
    desk.services.audit.add("ann", "dead drop", 241, "because", {"reason": "tls"})
    with pytest.raises((Unacceptable, Unavailable), match="append-only"), writing(desk.services.engine) as connection:
        connection.execute(change)  # type: ignore[call-overload]
    assert [(row.who, row.count) for row in entries(desk.services).entries] == [("ann", 241)]


def test_a_row_of_the_log_is_not_replaced_on_sqlite(desk: Desk) -> None:
    if desk.services.engine.dialect.name != "sqlite":
        pytest.skip("only SQLite has INSERT OR REPLACE")
    desk.services.audit.add("ann", "dead drop", 241, "because", {"reason": "tls"})
    (row,) = entries(desk.services).entries
    replace = insert(audit).prefix_with("OR REPLACE").values(id=row.id, at=1.0, who="eve", what="nothing", count=0)
    with pytest.raises((Unacceptable, Unavailable), match="append-only"), writing(desk.services.engine) as connection:
        connection.execute(replace)
    assert [row.who for row in entries(desk.services).entries] == ["ann"]


def test_the_log_is_read_page_by_page_and_by_who_and_what(desk: Desk) -> None:
    for number in range(5):
        desk.clock.at += 1
        desk.services.audit.add("ann" if number % 2 else "sam", "dead drop" if number < 3 else "pause", number)
    first = entries(desk.services, limit=2)
    assert [row.count for row in first.entries] == [4, 3]
    second = entries(desk.services, limit=2, cursor=first.older)
    assert [row.count for row in second.entries] == [2, 1]
    assert [row.count for row in entries(desk.services, limit=2, cursor=second.newer).entries] == [4, 3]
    assert [row.count for row in entries(desk.services, DeedFilter(who="ann")).entries] == [3, 1]
    assert [row.count for row in entries(desk.services, DeedFilter(what="dead")).entries] == [2, 1, 0]
    assert [row.count for row in entries(desk.services, DeedFilter(since=desk.clock.at - 1)).entries] == [4, 3]
