"""What another model would change in stored labels."""

from __future__ import annotations

import pytest

from tests.unit.operations.stored import store
from worker.bootstrap import Services
from worker.errors import UsageError
from worker.models.labeller import Labeller, document_of
from worker.operations.compare_models import changes


def test_each_label_that_the_other_model_gives_otherwise_is_a_change(services: Services) -> None:
    # Given stored articles whose labels say no to all topics and independent
    items = store(services, 2)
    [article, _] = services.articles.of(items)
    labels = Labeller().label([document_of(article)])[0]
    # When they are compared with the shipped model's
    found = [change for change in changes(services, "shipped", 10) if change.item_id == items[0]]
    # Then what differs is named, and nothing else
    expected = {topic.label for topic in labels.topics if topic.decision != "no"}
    expected |= {"primary_topic"} if labels.primary_topic else set()
    expected |= {"source_type"} if labels.source_type.label != "independent" else set()
    assert {change.label for change in found} == expected
    assert expected, "the sample is about trade"
    assert list(found[0].to_dict()) == ["item_id", "url", "title", "outlet", "label", "from", "to"]


def test_only_the_newest_articles_are_compared(services: Services) -> None:
    items = store(services, 3)
    assert {change.item_id for change in changes(services, "shipped", 1)} == {items[-1]}


def test_an_unknown_model_is_refused(services: Services) -> None:
    with pytest.raises(UsageError, match="no model 'nosuch'"):
        list(changes(services, "nosuch", 1))
