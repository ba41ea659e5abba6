"""People review one article each, see no label before they answer, and what they say is what the article is labelled as."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from classifier.labels import TopicLabel
from tests.integration.parts.samples import LABELS, entry, extracted
from tests.integration.parts.steps import keep
from tests.integration.window.conftest import Desk
from worker.errors import NotFound, UsageError
from worker.messages import Labelled, Relabelled
from worker.operations import agreement, articles, models, review, show
from worker.operations.agreement import kappa
from worker.storage.reviews import Answer
from worker.storage.search import SearchFilter

MARKS = [TopicLabel("trade", 0.9, 0.4, "yes"), TopicLabel("culture", 0.42, 0.4, "unsure"), TopicLabel("demining", 0.1, 0.4, "no")]


@pytest.fixture
def stories(desk: Desk) -> list[int]:
    """Six stored articles of one outlet; trade yes, culture unsure, demining no."""
    desk.accept(range(6))
    found = []
    while requests := desk.leased():
        for request in requests:
            labels = replace(LABELS, topics=MARKS, primary_topic="trade")
            keep(desk.ledger, Labelled(extracted(request), labels, label_ms=1))
            found.append(request.item_id)
        desk.clock.at += 3
    return found


def answer(item_id: int, *topics: str, primary: str | None = None, source_type: str = "official") -> Answer:
    return Answer(item_id, topics, primary, source_type)


def test_the_article_comes_without_a_label_of_the_model_or_of_others(desk: Desk, stories: list[int]) -> None:
    review.keep(desk.services, answer(stories[0], "demining"), "ben")
    for second in (False, True):
        given = review.next_article(desk.services, "ann", second=second)
        assert given is not None
        told = json.dumps(given.to_dict())
        for word in ("trade", "culture", "demining", "independent", "official", "probability", "evidence", "ben"):
            assert word not in told


def test_two_people_never_get_the_same_article(desk: Desk, stories: list[int]) -> None:
    people = [f"person {number}" for number in range(7)]
    given = [review.next_article(desk.services, who) for who in people]
    got = [one.item_id for one in given if one is not None]
    assert sorted(got) == sorted(stories)
    assert given[-1] is None, "others are at all of them"
    again = [review.next_article(desk.services, who) for who in people[:-1]]
    assert [one and one.item_id for one in again] == got, "the same one until it is answered"


def test_a_lease_ends_after_ten_minutes(desk: Desk, stories: list[int]) -> None:
    first = review.next_article(desk.services, "ann")
    desk.clock.at += 601
    others = {one.item_id for who in "bcdefg" if (one := review.next_article(desk.services, who))}
    assert first is not None
    assert first.item_id in others


def test_a_kept_answer_is_told_beside_the_models(desk: Desk, stories: list[int]) -> None:
    kept = review.keep(desk.services, answer(stories[0], "trade", primary="trade", source_type="independent"), "ann")
    assert (kept.agree, kept.of) == (4, 5)
    (difference,) = kept.differences
    assert (difference.label, difference.given, difference.model, difference.probability) == ("culture", "no", "unsure", 0.42)


def test_an_answer_is_what_the_article_is_labelled_as_from_then_on(desk: Desk, stories: list[int]) -> None:
    review.keep(desk.services, answer(stories[0], "demining", primary="demining"), "ann")
    found = show.show(desk.services, stories[0])
    assert found.labels is not None
    assert [(topic.label, topic.decision) for topic in found.labels.topics] == [("trade", "no"), ("culture", "no"), ("demining", "yes")]
    assert (found.labels.labelled_by, found.labels.primary_topic) == ("ann", "demining")
    assert found.labels.source_type is not None
    assert (found.labels.source_type.label, found.labels.source_type.decision) == ("official", "sure")
    assert found.labels.model_said is not None
    assert found.labels.model_said.topics == {"trade": "yes", "culture": "unsure", "demining": "no"}
    assert found.labels.model_said.primary_topic == "trade"
    assert found.labels.model_said.source_type.label == "independent"
    assert [one.probability for one in found.labels.topics] == [0.9, 0.42, 0.1], "probabilities stay the model's"
    # And it is found and counted so
    assert articles.total(desk.services, SearchFilter(topics=("demining",), source_type="official")) == 1
    assert articles.total(desk.services, SearchFilter(topics=("trade",))) == 5
    assert articles.total(desk.services, SearchFilter(doubt=True)) == 5


def test_an_answer_taken_back_leaves_what_the_model_said(desk: Desk, stories: list[int]) -> None:
    before = show.show(desk.services, stories[0]).labels
    review.correct(desk.services, answer(stories[0], "demining"), "ann")
    review.correct(desk.services, answer(stories[0], "culture"), "ann")
    review.take_back(desk.services, stories[0], "ann")
    assert show.show(desk.services, stories[0]).labels == before
    assert articles.total(desk.services, SearchFilter(topics=("trade",))) == 6


def test_the_newest_of_two_people_counts_and_the_other_again_when_it_is_taken_back(desk: Desk, stories: list[int]) -> None:
    review.keep(desk.services, answer(stories[0], "demining"), "ann")
    desk.clock.at += 1
    review.keep(desk.services, answer(stories[0], "culture"), "ben")
    assert show.show(desk.services, stories[0]).article.labelled_by == "ben"  # type: ignore[union-attr]
    review.take_back(desk.services, stories[0], "ben")
    found = show.show(desk.services, stories[0]).article
    assert found is not None
    assert (found.labelled_by, found.decided("yes")) == ("ann", ["demining"])


def test_neither_a_newer_model_nor_a_refetch_overwrites_a_person(desk: Desk, stories: list[int]) -> None:
    review.keep(desk.services, answer(stories[0], "demining"), "ann")
    newer = replace(LABELS, topics=[replace(mark, decision="no") for mark in MARKS], model=replace(LABELS.model, id="m-2", sha256="1" * 64))
    keep(desk.ledger, Relabelled(stories[0], newer, 1), Relabelled(stories[1], newer, 1))
    assert show.show(desk.services, stories[0]).article.decided("yes") == ["demining"]  # type: ignore[union-attr]
    assert show.show(desk.services, stories[1]).article.decided("yes") == []  # type: ignore[union-attr]
    assert articles.total(desk.services, SearchFilter(topics=("trade",))) == 4, "facets follow a relabelling"
    # When it is fetched again and brings another text
    desk.ledger.accept([entry(0)], desk.ledger.open_job("again"), force=True)
    (request,) = desk.leased()
    keep(desk.ledger, Labelled(extracted(request, "Another text."), replace(LABELS, topics=MARKS), label_ms=1))
    found = next(one for one in desk.services.articles.results() if one.item_id == request.item_id)
    assert (found.text, found.labelled_by, found.decided("yes")) == ("Another text.", "ann", ["demining"])


def test_skipped_articles_come_again_another_day_and_undo_brings_the_last_one_back(desk: Desk, stories: list[int]) -> None:
    now = lambda: desk.clock.at  # noqa: E731
    first = review.next_article(desk.services, "ann")
    assert first is not None
    review.skip(desk.services, first.item_id, "ann")
    second = review.next_article(desk.services, "ann")
    assert second is not None
    assert second.item_id != first.item_id
    review.keep(desk.services, answer(second.item_id, "demining"), "ann")
    day = review.today(desk.services, "ann", now=now)
    assert (day.kept, day.skipped, day.differ, day.left, day.last) == (1, 1, 1, 19, second.item_id)
    again = review.undo(desk.services, "ann", now)
    assert again is not None
    assert again.item_id == second.item_id
    assert review.next_article(desk.services, "ann").item_id == second.item_id  # type: ignore[union-attr]
    assert review.today(desk.services, "ann", now=now).kept == 0
    assert review.undo(desk.services, "ann", now) is None
    desk.clock.at += 90_000
    asked = {one.item_id for who in ("ann", *"bcdef") if (one := review.next_article(desk.services, who))}
    assert first.item_id in asked


def test_an_article_that_is_not_there_is_not_found(desk: Desk) -> None:
    for act in (lambda: review.keep(desk.services, answer(812), "ann"), lambda: review.skip(desk.services, 812, "ann")):
        with pytest.raises(NotFound, match="812"):
            act()
    with pytest.raises(NotFound, match="812"):
        show.show(desk.services, 812)


def test_kappa_is_that_of_the_example_of_cohen_1960() -> None:
    """Table 1 of the paper: 200 subjects, three categories, agreement .70 observed and .41 by chance, so that kappa is .492."""
    table = {("1", "1"): 88, ("1", "2"): 14, ("1", "3"): 18, ("2", "1"): 10, ("2", "2"): 40, ("2", "3"): 10}
    table |= {("3", "1"): 2, ("3", "2"): 6, ("3", "3"): 12}
    pairs = [pair for pair, count in table.items() for _ in range(count)]
    assert len(pairs) == 200
    assert kappa(pairs) == pytest.approx(0.492, abs=0.001)
    assert kappa([("yes", "yes"), ("no", "no")]) == 1
    assert kappa([("yes", "yes")]) is None


def test_agreement_is_told_label_by_label_and_article_by_article(desk: Desk, stories: list[int]) -> None:
    for number, item_id in enumerate(stories):
        review.keep(desk.services, answer(item_id, "trade"), "ann")
        review.keep(desk.services, answer(item_id, *(["trade"] if number else [])), "ben")
    review.keep(desk.services, answer(stories[0], "trade"), "eve")
    found = agreement.agreement(desk.services)
    assert found.people == ("ann", "ben")
    assert found.everybody == ("ann", "ben", "eve")
    by_label = {one.label: one for one in found.labels}
    assert (by_label["trade"].n, by_label["trade"].per_cent, by_label["trade"].word) == (6, 83.3, "too few to say")
    assert by_label["source_type"].per_cent == 100
    assert [one.item_id for one in found.articles] == [stories[0]]
    assert {given.who for given in found.articles[0].reviews} == {"ann", "ben", "eve"}
    assert agreement.agreement(desk.services, "ann", "eve").labels[0].n == 1
    assert agreement.agreement(desk.services, "eve").people == ("ann", "eve")


def test_what_was_reviewed_since_the_active_model_is_counted(desk: Desk, stories: list[int]) -> None:
    assert models.new_reviews(desk.services).to_dict() == {"model": "shipped", "reviewed": 0}
    review.keep(desk.services, answer(stories[0]), "ann")
    review.keep(desk.services, answer(stories[0]), "ben")
    review.keep(desk.services, answer(stories[1]), "ben")
    assert models.new_reviews(desk.services).reviewed == 2


def test_nobody_to_compare_is_said_so(desk: Desk, stories: list[int]) -> None:
    assert agreement.agreement(desk.services).to_dict() == {"people": [], "everybody": [], "labels": [], "articles": []}


def test_the_list_of_reviews_is_newest_first_and_its_cursors_lead_both_ways(desk: Desk, stories: list[int]) -> None:
    for number, (item, who) in enumerate([(stories[0], "ann"), (stories[1], "ann"), (stories[0], "ben"), (stories[2], "ben")]):
        desk.clock.at += number > 2  # the first three at the same moment
        review.keep(desk.services, answer(item, "demining"), who)
    first = review.listed(desk.services, limit=3)
    assert [(one.item_id, one.who) for one in first.reviews] == [(stories[2], "ben"), (stories[1], "ann"), (stories[0], "ben")]
    assert first.newer is None
    second = review.listed(desk.services, limit=3, cursor=first.older)
    assert [(one.item_id, one.who) for one in second.reviews] == [(stories[0], "ann")]
    assert second.older is None
    assert review.listed(desk.services, limit=3, cursor=second.newer).reviews == first.reviews
    assert [one.item_id for one in review.listed(desk.services, "ann").reviews] == [stories[1], stories[0]]
    assert review.listed(desk.services, "nobody").reviews == ()
    with pytest.raises(UsageError):
        review.listed(desk.services, cursor="x")


def test_today_begins_at_midnight_where_the_readers_are(desk: Desk, stories: list[int]) -> None:
    now = lambda: desk.clock.at  # noqa: E731
    desk.services.settings = replace(desk.services.settings, timezone="Asia/Phnom_Penh")
    desk.clock.at = desk.clock.at // 86400 * 86400 + 16.5 * 3600  # 23:30 there
    review.keep(desk.services, answer(stories[0], "demining"), "ann")
    assert review.today(desk.services, "ann", now=now).kept == 1
    desk.clock.at += 3600
    assert review.today(desk.services, "ann", now=now).kept == 0
