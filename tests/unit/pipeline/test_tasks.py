"""What a Celery task does with its messages."""

from __future__ import annotations

import logging

from worker.messages import URLRequest, encode
from worker.pipeline.celery_worker import MessageTask

REQUEST = URLRequest(5, 9, "http://a.test/1")


def test_a_task_passes_its_messages_on_as_records():
    handled = []
    MessageTask("pressmark.fetch", URLRequest, handled.extend).run([encode(REQUEST).decode()])
    assert handled == [REQUEST]


def test_a_message_that_is_not_understood_is_logged_and_the_others_are_handled(caplog):
    # Given
    handled = []
    # When
    with caplog.at_level(logging.ERROR):
        MessageTask("pressmark.fetch", URLRequest, handled.extend).run(['{"item_id": "5"}', encode(REQUEST).decode()])
    # Then
    assert handled == [REQUEST]
    assert [record.levelname for record in caplog.records] == ["ERROR"]
