"""What an operator sees and commands; and that the identity can fail."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from classifier.labels import ModelName
from tests.integration.parts.samples import digest, entry, failed, labelled
from tests.integration.parts.steps import Clock, balanced, keep, leased, one, state
from worker.messages import Http, Listed, Taken
from worker.storage.articles import Articles
from worker.storage.database import Unacceptable, reading, writing
from worker.storage.ledger import Ledger
from worker.storage.values import DeadFilter, Entry, Leadership


def some_dead(ledger: Ledger, lead: Leadership, clock: Clock) -> None:
    ledger.accept([entry(n, f"h{n % 2}.test:443") for n in range(6)], ledger.open_job())
    for number, request in enumerate(sorted(leased(ledger, lead), key=lambda r: r.item_id)):
        clock.at += 1
        keep(ledger, failed(request, "http-404" if number < 4 else "no-text"))


def test_dead_letters_are_grouped_by_cause_and_chosen_by_filter(ledger, lead, clock):
    some_dead(ledger, lead, clock)
    assert [(group.reason, group.count) for group in ledger.dead_groups()] == [("http-404", 4), ("no-text", 2)]
    assert len(list(ledger.dead(DeadFilter(reason="http-404", host="h0.test")))) == 2
    assert len(list(ledger.dead(DeadFilter(since=clock.at - 1)))) == 2
    newest = list(ledger.dead(DeadFilter(limit=3)))
    assert [item.reason for item in newest] == ["no-text", "no-text", "http-404"]


def test_every_count_is_over_articles_feeds_and_sitemaps(ledger, articles, lead):
    # Given items of each kind in each state that a list can be in
    kinds = ("article", "feed", "sitemap")
    entries = [replace(entry(number), kind=kind) for number, kind in enumerate(kinds * 5)]
    ledger.accept(entries, ledger.open_job())
    requests = sorted(leased(ledger, lead, room=15), key=lambda request: request.item_id)
    running, waiting, stored, refused, dead = (requests[start : start + 3] for start in range(0, 15, 3))
    ledger.hand_back(waiting)
    keep(
        ledger,
        *(labelled(r) if r.kind == "article" else Listed(r.item_id, r.token, [], [], Http(200)) for r in stored),
        *(failed(r, "robots") for r in refused),
        *(failed(r, "not-html" if r.kind == "article" else "not-feed") for r in dead),
    )
    # Then they are in the balance, in the dead letters and in what is exported
    assert {request.kind for request in running} == set(kinds)
    assert ledger.balance().accepted == 15
    assert ledger.balance().states == {"waiting": 3, "running": 3, "stored": 3, "duplicate": 0, "refused": 3, "dead": 3}
    assert ledger.running() == 3
    assert [(group.reason, group.count) for group in ledger.dead_groups()] == [("not-feed", 2), ("not-html", 1)]
    ended = [(result.kind, result.outcome, result.reason) for result in articles.results("all")]
    assert ended == [
        *((kind, "stored", None) for kind in kinds),
        *((kind, "refused", "robots") for kind in kinds),
        *zip(kinds, ["dead"] * 3, ["not-html", "not-feed", "not-feed"], strict=True),
    ]
    assert [result.kind for result in articles.results()] == ["article"], "a list that was read has no article"
    assert balanced(ledger)
    # And a requeue sends what was counted
    assert ledger.requeue(DeadFilter()) == 3
    assert ledger.balance().states["waiting"] == 6
    assert balanced(ledger)


def test_dead_letters_are_requeued_as_filtered_and_start_anew(ledger, lead, clock):
    some_dead(ledger, lead, clock)
    assert ledger.requeue(DeadFilter(reason="http-404", limit=3)) == 3
    assert ledger.balance().states["waiting"] == 3
    assert ledger.drop(DeadFilter(reason="no-text")) == 2
    assert {group.reason for group in ledger.dead_groups()} == {"http-404", "dropped-by-user"}
    assert balanced(ledger)


def test_a_stopped_job_drops_what_waits_in_no_other(ledger, lead):
    one_job, other = ledger.open_job("one"), ledger.open_job("other")
    ledger.accept([entry(n) for n in range(4)], one_job)
    ledger.accept([entry(0)], other)
    leased(ledger, lead, room=1)
    dropped = ledger.stop_job(one_job)
    states = ledger.progress(one_job).states
    assert dropped == states["dead"] in (2, 3)
    assert ledger.progress(other).states["dead"] == 0
    assert balanced(ledger)


def test_a_pause_outlives_the_process(ledger, engine, settings):
    ledger.pause(stage="label")
    ledger.pause(stage="label")
    ledger.pause(host="press.test:443")
    again = Ledger(engine, settings)
    assert again.paused().stages == {"label"}
    assert again.paused().hosts == ("press.test:443",)
    again.resume(stage="label")
    assert ledger.paused_stages() == frozenset()


def test_a_forgotten_article_leaves_no_trace_and_its_copies_are_read_again(ledger, articles, lead, engine):
    # Given
    ledger.accept([entry(n) for n in (1, 2, 3)], ledger.open_job())
    requests = leased(ledger, lead)
    keep(ledger, *(labelled(r, "One story.") for r in requests[:2]), labelled(requests[2], "Another."))
    # When
    original = next(n for n in (1, 2) if state(ledger, n)[0] == "stored")
    assert ledger.forget(key=entry(original).key) == 1
    # Then
    assert state(ledger, original) == ("refused", "forgotten")
    assert state(ledger, 3 - original) == ("waiting", None)
    assert articles.count() == 1
    assert balanced(ledger)
    with engine.connect() as connection:
        for table in ("items", "articles", "labels", "topics", "evidence", "events", "outbox"):
            rows = connection.execute(text(f"SELECT * FROM {table}")).all()  # noqa: S608 - a fixed list
            assert entry(original).url not in str(rows)
    assert ledger.forget(key=entry(original).key) == 0


@pytest.mark.parametrize("before", ["waiting", "running", "stored", "dead", "dropped"])
def test_nothing_sends_a_forgotten_article_again(ledger, lead, before):
    # Given an article that was taken out, and a feed that lists it
    feed = replace(entry(2), kind="feed")
    ledger.accept([entry(1)], ledger.open_job("job"))
    request = None if before == "waiting" else leased(ledger, lead)[0]
    if request and before != "running":
        keep(ledger, labelled(request) if before == "stored" else failed(request, "http-404"))
    if before == "dropped":
        ledger.drop(DeadFilter())
    ledger.forget(key=entry(1).key)
    # When everybody asks for it
    assert ledger.requeue(DeadFilter()) == 0
    assert [answer.state for answer in ledger.accept([entry(1)], ledger.open_job("job"))] == ["known"]
    assert [answer.state for answer in ledger.accept([entry(1)], ledger.open_job("job"), force=True)] == ["known"]
    ledger.accept([feed], ledger.open_job("feeds"))
    list_request = leased(ledger, lead)[0]
    keep(ledger, Listed(list_request.item_id, list_request.token, [entry(1).url], [], Http(200)))
    if request:
        keep(ledger, labelled(request), failed(request, "timeout"))
    # Then nothing is sent
    assert leased(ledger, lead) == []
    assert state(ledger, 1) == ("refused", "forgotten")
    assert balanced(ledger)


def test_a_message_about_a_forgotten_article_is_not_kept(ledger, lead, engine):
    request = one(ledger, lead)
    ledger.forget(key=entry(1).key)
    ledger.park(request.item_id, "a text that was taken out", "not JSON")
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM parked")).scalar_one() == 0
    assert state(ledger) == ("refused", "forgotten")


def test_a_trace_tells_every_hop(ledger, lead):
    request = one(ledger, lead)
    keep(ledger, Taken([(request.item_id, request.token)], "w1"))
    keep(ledger, labelled(request))
    hops = [(event.stage, event.outcome) for event in ledger.trace(entry(1).key)[0].events]
    assert hops == [("dispatch", "sent"), ("fetch", "taken"), ("fetch", "answered"), ("label", "labelled"), ("store", "stored")]


def test_old_events_are_forgotten(ledger, lead, clock):
    keep(ledger, labelled(one(ledger, lead)))
    clock.at += 31 * 86400
    assert ledger.sweep(lead) is False
    assert ledger.trace(entry(1).key)[0].events == ()
    assert state(ledger)[0] == "stored"


def test_samples_are_kept_by_name(ledger, clock):
    ledger.sample({"running": 3.0, "waiting.fetch": 5.0})
    clock.at += 10
    ledger.sample({"running": 4.0})
    assert ledger.samples("running", 0.0) == [(clock.at - 10, 3.0), (clock.at, 4.0)]


def test_a_row_that_is_refused_changes_nothing_at_all(ledger, articles, lead):
    # Given
    ledger.accept([entry(1), entry(2)], ledger.open_job())
    good, bad = leased(ledger, lead)
    broken = labelled(bad)
    broken = replace(broken, labels=replace(broken.labels, model=ModelName(None, None)))
    # When
    with pytest.raises(Unacceptable):
        keep(ledger, labelled(good), broken)
    # Then
    assert articles.count() == 0
    assert ledger.balance().states["running"] == 2
    assert balanced(ledger)


def test_a_parked_message_ends_its_item_for_its_schema(ledger, lead):
    request = one(ledger, lead)
    ledger.park(request.item_id, "{broken", "not JSON")
    assert state(ledger) == ("dead", "schema")
    ledger.park(request.item_id, "{broken", "not JSON")
    ledger.park(None, "{broken", "not JSON")
    assert balanced(ledger)


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM items WHERE id = 1",
        "DELETE FROM receipts WHERE item_id = 2",
        "DELETE FROM articles WHERE item_id = 1",
        "UPDATE items SET state = 'stored' WHERE id = 3",
        "UPDATE items SET duplicate_of = 99 WHERE id = 2",
        "UPDATE items SET state = 'lost' WHERE id = 3",
    ],
)
def test_the_balance_fails_when_a_row_is_lost_or_changed(ledger, lead, engine, harm):
    # Given one stored, one duplicate, one waiting
    ledger.accept([entry(n) for n in (1, 2, 3)], ledger.open_job())
    first, second = leased(ledger, lead, room=2)
    keep(ledger, labelled(first, "Same."), labelled(second, "Same."))
    assert ledger.balance().balanced
    # When
    with writing(engine) as connection:
        connection.execute(text(harm))
    # Then
    assert not ledger.balance().balanced
    running, counted = ledger.recount()
    assert running.balanced, "the counters do not see what bypasses them, which is why `doctor` counts rows"
    assert not counted.balanced


def test_an_entry_of_any_spelling_of_reason_is_kept_by_the_closed_list(ledger, lead):
    with pytest.raises(Unacceptable):
        keep(ledger, failed(one(ledger, lead), "bad-mood"))


def test_export_pages_through_all_that_ended(ledger, articles: Articles, lead):
    ledger.accept([Entry(f"https://press.test/{n}", digest(f"k{n}"), "press.test:443") for n in range(450)], ledger.open_job("big"))
    requests = leased(ledger, lead)
    keep(ledger, *(labelled(r) if n % 2 else failed(r, "http-404") for n, r in enumerate(requests)))
    assert sum(1 for _ in articles.results()) == 225
    ids = [result.item_id for result in articles.results("all")]
    assert ids == sorted(ids)
    assert len(ids) == 450
    assert sum(1 for _ in articles.results("all", job_id=1)) == 450
    assert sum(1 for _ in articles.results("all", job_id=2)) == 0
