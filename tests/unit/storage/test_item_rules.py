"""What becomes of an item, by its row and an outcome."""

from __future__ import annotations

from dataclasses import replace

import pytest

from worker.config import Settings
from worker.messages import Failed, Http, Returned, Struck
from worker.reasons import Fate, Reason
from worker.storage.item_rules import DETAIL, Item, ItemRules, one_line

NOW = 1000.0
ITEM = Item(
    id=1,
    kind="article",
    url="https://press.test/1",
    host="press.test:443",
    lane=1,
    depth=0,
    state="running",
    reason=None,
    detail=None,
    due=0.0,
    token=3,
    tries=0,
    strikes=0,
    attempts=0,
    leased_until=120.0,
    taken=True,
    alone=False,
    suspect=False,
    refetch=False,
    host_wait_since=None,
    duplicate_of=None,
    answer=None,
)


def rules(chance: float = 0.5) -> ItemRules:
    return ItemRules(Settings(), NOW, lambda: chance)


def failed(reason: Reason, **more) -> Failed:
    return Failed(1, 3, reason.word, **more)


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason.fate in (Fate.DEAD, Fate.REFUSED)], ids=str)
def test_what_is_final_ends_at_once_and_is_published(reason):
    made = rules().failed(ITEM, failed(reason))
    assert made.after.state == reason.fate.value
    assert made.after.reason == reason.word
    assert made.publish


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason.fate is Fate.AGAIN], ids=str)
def test_what_may_pass_is_dead_with_its_fifth_failure(reason):
    item = ITEM
    for _ in range(4):
        item = rules().failed(item, failed(reason)).after
        assert item.state == "waiting"
    ended = rules().failed(item, failed(reason)).after
    assert (ended.state, ended.reason, ended.tries) == ("dead", reason.word, 5)


def test_back_off_doubles_to_its_cap_with_jitter_to_both_sides():
    assert [rules().back_off(n, None) for n in (1, 2, 3, 8, 500)] == [30.0, 60.0, 120.0, 3600.0, 3600.0]
    assert (rules(0.0).back_off(1, None), rules(1.0).back_off(1, None)) == (22.5, 37.5)


def test_what_a_server_asks_for_is_a_least_wait_within_a_day():
    assert rules().back_off(1, 500.0) == 500.0
    assert rules().back_off(1, 1.0) == 30.0
    assert rules().back_off(1, 1e9) == 86400.0
    assert rules().back_off(1, -1e9) == 30.0


def test_waiting_for_a_host_grows_with_the_time_it_is_away_and_costs_nothing():
    first = rules().failed(ITEM, failed(Reason.ROBOTS_UNAVAILABLE)).after
    assert (first.tries, first.due) == (0, NOW + 30.0)
    later = ItemRules(Settings(), NOW + 600.0, lambda: 0.5).failed(first, failed(Reason.ROBOTS_UNAVAILABLE)).after
    assert later.due == NOW + 1200.0
    much_later = ItemRules(Settings(), NOW + 7 * 86400.0, lambda: 0.5).failed(first, failed(Reason.ROBOTS_UNAVAILABLE)).after
    assert (much_later.state, much_later.reason) == ("dead", "robots-unavailable")


def test_three_strikes_are_poison_and_from_the_first_the_item_travels_alone():
    item = rules().struck(ITEM, Struck(1, 3, "killed")).after
    assert (item.state, item.suspect, item.strikes) == ("waiting", True, 1)
    item = rules().struck(rules().struck(item, Struck(1, 3, "killed")).after, Struck(1, 3, "killed")).after
    assert (item.state, item.reason) == ("dead", "poison")


@pytest.mark.parametrize(
    ("taken", "alone", "strikes", "suspect"),
    [(False, False, 0, False), (False, True, 0, False), (True, False, 0, True), (True, True, 1, True)],
)
def test_only_what_was_taken_can_be_held_against_a_page(taken, alone, strikes, suspect):
    after = rules().expired(replace(ITEM, taken=taken, alone=alone)).after
    assert (after.state, after.strikes, after.suspect, after.tries) == ("waiting", strikes, suspect, 0)


def test_handing_back_costs_nothing_and_keeps_what_is_known():
    item = replace(ITEM, tries=2, reason="timeout", suspect=True)
    after = rules().returned(item, Returned([(1, 3)], after=4.0)).after
    assert (after.tries, after.reason, after.suspect, after.due) == (2, "timeout", True, NOW + 4.0)


@pytest.mark.parametrize("reason", [Reason.HTTP_404, Reason.ROBOTS])
def test_a_refetch_that_fails_leaves_the_article_where_it_is(reason):
    made = rules().failed(replace(ITEM, refetch=True), failed(reason))
    assert (made.after.state, made.after.reason, made.after.refetch) == ("stored", None, False)
    assert not made.publish


def test_the_answer_of_a_failure_is_kept_for_its_result():
    after = rules().failed(ITEM, failed(Reason.HTTP_404, http=Http(404, ms=5), final_url="https://press.test/x")).after
    assert after.answer is not None
    assert (after.answer["final_url"], after.answer["http"]["status"]) == ("https://press.test/x", 404)


def test_a_detail_is_one_short_printable_line():
    assert one_line("a\nb\x1b[31m\0") == "a b [31m "
    assert len(one_line("x" * 10_000)) == DETAIL
