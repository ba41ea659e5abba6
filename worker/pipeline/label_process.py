"""Run the label stage in one process: batches of articles in, labelled articles to `results`."""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import Callable, Sequence

from worker.bootstrap.label import LabelServices
from worker.errors import Unavailable, UsageError
from worker.logs import fields
from worker.messages import Extracted, Outcome, Relabel, Returned
from worker.pipeline.label_batch import labelled, relabelled
from worker.queues import LABEL, LABEL_BULK, RESULTS

log = logging.getLogger(__name__)

NO_MODEL = 300.0
"""Seconds until an article is sent again that no model could label: fetching it again does not repair the model."""
RETRY = 1.0
"""Seconds between two attempts to deliver while Redis is away or full; it restarts within one or two."""


class LabelProcess:
    """What the label tasks of this process call; `pulse` is called for every batch that is done."""

    def __init__(self, services: LabelServices, pulse: Callable[[], None]) -> None:
        self._services = services
        self._pulse = pulse

    def prepare(self) -> None:
        """Loads the model and its libraries before any child is forked, and freezes them, so that children share their memory.

        Raises UsageError where no model can be used, so that the worker ends before it takes a message.
        """
        labelled([], self._services.models.current(), self._services.budget)
        self._services.disconnect()
        gc.collect()
        gc.freeze()

    def label(self, batch: Sequence[Extracted]) -> None:
        """Labels a batch and delivers the outcomes; without a model the articles are returned."""
        try:
            outcomes = labelled(batch, self._services.models.current(), self._services.budget)
        except UsageError as broken:
            message = "no usable model; %d articles will be tried again in five minutes: %s"
            log.error(message, len(batch), broken, extra=fields(stage="label"))  # noqa: TRY400 - one line
            outcomes = [Returned([(item.item_id, item.token) for item in batch], NO_MODEL)]
        self._deliver(outcomes, LABEL)

    def relabel(self, texts: Sequence[Relabel]) -> None:
        """Labels stored texts again; one that fails here is sent again by `pressmark relabel`."""
        try:
            outcomes = relabelled(texts, self._services.models.current(), self._services.budget)
        except UsageError as broken:
            log.error("no usable model, %d texts not labelled: %s", len(texts), broken, extra=fields(stage="label"))  # noqa: TRY400 - one line
            outcomes = []
        self._deliver(outcomes, LABEL_BULK)

    def _deliver(self, outcomes: Sequence[Outcome], queue: str) -> None:
        """Puts them on the stream `results`, however long Redis is away or the stream is full; to wait is no standstill."""
        level = logging.WARNING
        while True:
            try:
                self._services.capacity.expect(RESULTS)
                self._services.results.add(outcomes, queue)
            except Unavailable as away:
                log.log(level, "%d outcomes wait: %s", len(outcomes), away, extra=fields(stage="label"))
                level = logging.DEBUG  # an outage, or a stream that is full for an hour, is one line
                self._pulse()
                time.sleep(RETRY)
            else:
                return self._pulse()

    def close(self) -> None:
        """Ends the connections."""
        self._services.close()
