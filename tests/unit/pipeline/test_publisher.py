"""Outcomes leave in groups, in order, and are held while Redis refuses."""

from __future__ import annotations

import threading
import time

from worker.errors import Unavailable
from worker.messages import Article, Extracted, Extractor, Http, Returned
from worker.pipeline.publisher import GROUP_CHARS, Publisher

PATIENCE = 60.0


def article(number: int, body: str = "text") -> Extracted:
    text = Article(None, None, None, body, [], None, None, None, None, None, None, None, Extractor("x", "1"), [])
    return Extracted(number, 1, text, "http://a.test/", Http(), "0" * 64, "0" * 16, [])


class Post:
    """Takes what a publisher sends; refuses while `away`."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.outcomes: list[Returned] = []
        self.away = threading.Event()
        self.refused = threading.Event()

    def articles(self, group) -> None:
        self._judge()
        self.groups.append([item.item_id for item in group])

    def results(self, batch) -> None:
        self._judge()
        self.outcomes.extend(batch)

    def _judge(self) -> None:
        if self.away.is_set():
            self.refused.set()
            raise Unavailable("Redis is away")


def publisher_to(post: Post, wait: float = PATIENCE) -> Publisher:
    return Publisher(post.articles, post.results, wait=wait)


def until(true) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_articles_leave_in_groups_of_twenty_in_their_order():
    # Given
    post = Post()
    publisher = publisher_to(post)
    # When
    for number in range(40):
        publisher.take(article(number))
    until(lambda: len(post.groups) == 2)
    # Then
    assert post.groups == [list(range(20)), list(range(20, 40))]
    publisher.close(1.0)


def test_long_articles_leave_in_smaller_groups():
    # Given
    post = Post()
    publisher = publisher_to(post)
    # When
    for number in range(2):
        publisher.take(article(number, "x" * GROUP_CHARS))
    until(lambda: len(post.groups) == 2)
    # Then
    assert post.groups == [[0], [1]]
    publisher.close(1.0)


def test_a_group_that_does_not_fill_leaves_after_its_time():
    # Given
    post = Post()
    publisher = publisher_to(post, wait=0.05)
    # When
    publisher.take(article(1))
    # Then
    until(lambda: post.groups == [[1]])
    publisher.close(1.0)


def test_nothing_waits_for_its_group_once_the_process_stops():
    # Given
    post = Post()
    publisher = publisher_to(post)
    # When
    publisher.hurry()
    publisher.take(article(1))
    # Then
    until(lambda: post.groups == [[1]])
    publisher.close(1.0)


def test_closing_sends_what_is_left():
    # Given
    post = Post()
    publisher = publisher_to(post)
    publisher.take(article(1))
    publisher.take(Returned([(2, 1)]))
    # When
    arrived = publisher.close(PATIENCE)
    # Then
    assert arrived
    assert post.groups == [[1]]
    assert post.outcomes == [Returned([(2, 1)])]


def test_what_redis_refuses_is_held_and_sent_once_it_is_back():
    # Given
    post = Post()
    post.away.set()
    publisher = publisher_to(post, wait=0.01)
    publisher.take(article(1))
    assert post.refused.wait(PATIENCE)
    # When
    post.away.clear()
    # Then
    until(lambda: post.groups == [[1]])
    publisher.close(1.0)


def test_closing_while_redis_is_away_gives_up_in_time():
    # Given
    post = Post()
    post.away.set()
    publisher = publisher_to(post, wait=0.01)
    publisher.take(article(1))
    # When
    begun = time.monotonic()
    publisher.close(0.1)
    # Then
    assert time.monotonic() - begun < PATIENCE
    assert post.groups == []


def test_a_batch_that_cannot_be_sent_at_all_does_not_stop_the_next():
    # Given
    post = Post()
    broken = threading.Event()

    def breaks_once(group) -> None:
        if group[0].item_id == 1:
            broken.set()
            raise TypeError("not a message")
        post.articles(group)

    publisher = Publisher(breaks_once, post.results, wait=0.01)
    # When
    publisher.take(article(1))
    assert broken.wait(PATIENCE)
    publisher.take(article(2))
    # Then
    until(lambda: post.groups == [[2]])
    publisher.close(1.0)


def test_an_article_waits_while_too_much_text_is_unsent_and_other_outcomes_do_not():
    # Given text that fills the room while Redis is away
    post = Post()
    post.away.set()
    publisher = Publisher(post.articles, post.results, wait=0.01, room=10)
    publisher.take(article(1, "x" * 10))
    # When
    waiting = threading.Thread(target=publisher.take, args=(article(2),))
    waiting.start()
    publisher.take(Returned([(3, 1)]))
    # Then
    assert waiting.is_alive()
    post.away.clear()
    waiting.join(PATIENCE)
    until(lambda: post.groups == [[1], [2]])
    assert post.outcomes == [Returned([(3, 1)])]
    publisher.close(1.0)


def test_closing_frees_those_that_wait_for_room():
    # Given
    post = Post()
    post.away.set()
    publisher = Publisher(post.articles, post.results, wait=0.01, room=0)
    waiting = threading.Thread(target=publisher.take, args=(article(1),))
    waiting.start()
    # When
    publisher.close(0.1)
    # Then
    waiting.join(PATIENCE)
    assert not waiting.is_alive()
