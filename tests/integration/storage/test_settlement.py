"""What each outcome makes of an item; copies; what was stored and is fetched again."""

from __future__ import annotations

import pytest

from classifier.labels import Term, TopicLabel
from tests.integration.parts.samples import entry, failed, labelled
from tests.integration.parts.steps import HOUR, balanced, keep, leased, one, state
from worker.errors import Unavailable
from worker.messages import Http, Returned, Struck, Unchanged
from worker.results import HttpAnswer
from worker.storage import transitions
from worker.storage.database import reading, writing
from worker.storage.item_rules import ItemRules
from worker.storage.values import DeadFilter


def test_a_labelled_article_is_stored_with_all_that_belongs_to_it(ledger, articles, lead):
    request = one(ledger, lead)
    keep(ledger, labelled(request))
    found = list(articles.results())
    assert state(ledger) == ("stored", None)
    assert [result.outcome for result in found] == ["stored"]
    assert found[0].topics[0] == TopicLabel("border_dispute", 0.03, 0.41, "no")
    assert [topic.label for topic in found[0].topics] == ["border_dispute", "trade", "demining", "culture"]
    assert found[0].evidence[0].terms == [Term("rice", 1.5)]
    assert found[0].http == HttpAnswer(200, '"e1"', "Tue, 24 Nov 2026 06:00:00 GMT", 12, 3000)
    assert balanced(ledger)


def test_the_same_outcome_twice_changes_nothing(ledger, articles, lead):
    request = one(ledger, lead)
    assert keep(ledger, labelled(request), labelled(request)).ignored == 1
    assert keep(ledger, labelled(request)).ignored == 1
    assert articles.count() == 1
    assert balanced(ledger)


def test_a_passing_failure_is_tried_five_times_with_growing_waits_and_then_dead(ledger, lead, clock):
    # Given
    request = one(ledger, lead)
    waits = []
    # When
    for _ in range(4):
        keep(ledger, failed(request, "timeout"))
        waits.append(ledger.trace(entry(1).key)[0].due - clock.at)
        clock.at += HOUR
        request = leased(ledger, lead)[0]
    keep(ledger, failed(request, "timeout"))
    # Then
    assert waits == pytest.approx([0.05, 0.1, 0.2, 0.2])
    assert state(ledger) == ("dead", "timeout")
    assert balanced(ledger)


def test_a_host_is_left_alone_for_as_long_as_it_asked(ledger, lead, clock):
    keep(ledger, failed(one(ledger, lead), "http-429", retry_after=90.0))
    assert ledger.trace(entry(1).key)[0].due == clock.at + 90.0


@pytest.mark.parametrize(
    ("reason", "ends"), [("http-404", "dead"), ("not-html", "dead"), ("robots", "refused"), ("private-address", "refused")]
)
def test_what_cannot_succeed_ends_at_once(ledger, lead, reason, ends):
    keep(ledger, failed(one(ledger, lead), reason, detail="so it is"))
    assert state(ledger) == (ends, reason)
    assert balanced(ledger)


def test_waiting_for_robots_costs_no_try_and_ends_after_seven_days(ledger, lead, clock):
    request = one(ledger, lead)
    for _ in range(20):
        keep(ledger, failed(request, "robots-unavailable"))
        clock.at += HOUR
        request = leased(ledger, lead)[0]
    assert ledger.trace(entry(1).key)[0].tries == 0
    clock.at += 7 * 24 * HOUR
    keep(ledger, failed(request, "robots-unavailable"))
    assert state(ledger) == ("dead", "robots-unavailable")


def test_a_page_that_kills_its_reader_is_dead_after_three_strikes(ledger, lead, clock):
    request = one(ledger, lead)
    alone = [request.alone]
    for _ in range(2):
        keep(ledger, Struck(request.item_id, request.token, "memory"))
        clock.at += HOUR
        request = leased(ledger, lead)[0]
        alone.append(request.alone)
    keep(ledger, Struck(request.item_id, request.token, "memory"))
    assert alone == [False, True, True]
    assert state(ledger) == ("dead", "poison")
    assert ledger.trace(entry(1).key)[0].tries == 0


def test_what_is_handed_back_waits_again_and_costs_nothing(ledger, lead, clock):
    request = one(ledger, lead)
    keep(ledger, Returned([(request.item_id, request.token)], after=5.0))
    trace = ledger.trace(entry(1).key)[0]
    assert (trace.state, trace.tries, trace.strikes, trace.due) == ("waiting", 0, 0, clock.at + 5.0)


def test_a_transition_from_a_state_that_is_no_longer_there_changes_nothing(engine, settings, ledger, lead):
    # Given what somebody read before the item ended
    ledger.accept([entry(1), entry(2)], ledger.open_job())
    first, second = leased(ledger, lead)
    with reading(engine) as connection:
        stale = transitions.load(connection, [first.item_id, second.item_id])
    keep(ledger, failed(first, "http-404"))
    # When
    rules = ItemRules(settings, 0.0)
    with pytest.raises(Unavailable, match="1 items were changed by another process"), writing(engine) as connection:
        transitions.apply(connection, [rules.reclaimed(item) for item in stale.values()], 0.0)
    # Then neither has changed
    assert [state(ledger, 1)[0], state(ledger, 2)[0]] == ["dead", "running"]
    assert balanced(ledger)


def test_a_late_failure_is_ignored_and_a_late_success_is_stored(ledger, lead):
    old = one(ledger, lead)
    ledger.hand_back([old])
    leased(ledger, lead)
    assert keep(ledger, failed(old, "http-404")).ignored == 1
    assert state(ledger)[0] == "running"
    keep(ledger, labelled(old))
    assert state(ledger) == ("stored", None)
    assert balanced(ledger)


def test_a_late_result_finds_a_dropped_item_closed_and_a_requeued_one_open(ledger, lead):
    # Given an item that is dead while its result is on the way
    old = one(ledger, lead)
    keep(ledger, failed(old, "http-404"))
    ledger.drop(DeadFilter())
    # When
    assert keep(ledger, labelled(old)).ignored == 1
    assert state(ledger) == ("dead", "dropped-by-user")
    ledger.requeue(DeadFilter())
    assert keep(ledger, failed(old, "http-410")).ignored == 1
    assert state(ledger) == ("waiting", None)
    keep(ledger, labelled(old))
    # Then
    assert state(ledger) == ("stored", None)
    assert balanced(ledger)


def test_a_copy_on_another_address_names_its_original_also_inside_one_batch(ledger, articles, lead):
    # Given
    ledger.accept([entry(n) for n in (1, 2, 3)], ledger.open_job())
    first, second, third = leased(ledger, lead)
    # When
    keep(ledger, labelled(first, "The same story."), labelled(second, "The same story."))
    keep(ledger, labelled(third, "The same story."))
    # Then
    results = list(articles.results("all"))
    assert [result.outcome for result in results] == ["stored", "duplicate", "duplicate"]
    assert [result.duplicate_of for result in results] == [None, first.item_id, first.item_id]
    assert results[1].text is None
    assert balanced(ledger)


def test_near_copies_share_a_cluster_and_are_all_stored(ledger, articles, lead):
    ledger.accept([entry(n) for n in (1, 2, 3, 4)], ledger.open_job())
    requests = leased(ledger, lead)
    hashes = ["ffffffffffffffff", "fffffffffffffff8", "7ffffffffffffff8", "0000000000000000"]
    keep(ledger, *(labelled(r, simhash=h) for r, h in zip(requests[:2], hashes[:2], strict=True)))
    keep(ledger, *(labelled(r, simhash=h) for r, h in zip(requests[2:], hashes[2:], strict=True)))
    clusters = [result.cluster_id for result in articles.results()]
    assert clusters[0] == clusters[1] == clusters[2] != clusters[3]


def test_a_forced_refetch_carries_the_validators_and_leaves_the_item_stored(ledger, articles, lead):
    # Given
    keep(ledger, labelled(one(ledger, lead)))
    ledger.accept([entry(1)], ledger.open_job("again"), force=True)
    assert balanced(ledger)
    # When
    request = leased(ledger, lead)[0]
    assert (request.etag, request.last_modified) == ('"e1"', "Tue, 24 Nov 2026 06:00:00 GMT")
    keep(ledger, failed(request, "http-404"))
    # Then
    assert state(ledger) == ("stored", None)
    assert articles.count() == 1
    assert balanced(ledger)


def test_a_refetch_that_brings_a_new_text_replaces_the_old(ledger, articles, lead):
    keep(ledger, labelled(one(ledger, lead)))
    ledger.accept([entry(1)], ledger.open_job(), force=True)
    keep(ledger, labelled(leased(ledger, lead)[0], "Corrected."))
    assert [result.text for result in articles.results()] == ["Corrected."]
    assert balanced(ledger)


def test_an_unchanged_page_stays_as_it_is(ledger, articles, lead):
    keep(ledger, labelled(one(ledger, lead)))
    before = next(iter(articles.results())).stored_at
    ledger.accept([entry(1)], ledger.open_job(), force=True)
    request = leased(ledger, lead)[0]
    keep(ledger, Unchanged(request.item_id, request.token, Http(304)))
    assert state(ledger) == ("stored", None)
    assert next(iter(articles.results())).stored_at == before
    assert balanced(ledger)


def test_known_items_that_are_still_open_are_not_sent_twice_by_force(ledger, lead):
    request = one(ledger, lead)
    ledger.accept([entry(1)], ledger.open_job(), force=True)
    assert state(ledger)[0] == "running"
    assert leased(ledger, lead) == []
    keep(ledger, labelled(request))
    assert balanced(ledger)
