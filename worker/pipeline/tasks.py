"""Define the Celery task that decodes messages of one kind and passes them to the process that handles them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from celery import Task

from worker.messages import BadMessage, decode

log = logging.getLogger(__name__)

T = TypeVar("T")


class MessageTask(Task):  # type: ignore[misc]
    """The task `name`: its argument is a list of records of type `record`, each as JSON, which `handle` gets decoded."""

    def __init__(self, name: str, record: type[T], handle: Callable[[Sequence[T]], None]) -> None:
        self.name = name
        self._handle: Callable[[Sequence[str]], None] = lambda messages: handle(decoded(record, messages))

    def run(self, messages: list[str]) -> None:
        """What a worker calls for every message on its queue."""
        self._handle(messages)


def decoded(record: type[T], messages: Sequence[str]) -> list[T]:
    """The messages that follow the schema; others are logged and left out, and the lease of their items expires."""
    known: list[T] = []
    for message in messages:
        try:
            known.append(decode(record, message))
        except (BadMessage, TypeError) as bad:  # a TypeError: what is no text
            log.error("message on a queue not understood, left out: %s", bad)  # noqa: TRY400 - one line is enough
    return known
