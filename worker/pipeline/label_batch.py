"""Batch labelled: articles in, labelled articles out, one that the model cannot take costing itself alone."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Protocol

from classifier.labels import Labels
from worker.messages import Extracted, Labelled, Outcome, Relabel, Relabelled, Struck
from worker.models.labeller import Document

log = logging.getLogger(__name__)


class LabelsTexts(Protocol):
    """What this stage needs of a model."""

    def label(self, items: Sequence[Document]) -> list[Labels]:
        """Labels, one for each document."""


def labelled(batch: Sequence[Extracted], model: LabelsTexts) -> list[Outcome]:
    """The outcomes of a batch, in its order."""
    try:
        return _together(batch, model)
    except Exception:
        log.exception("a batch cannot be labelled together: one by one")
        return [_alone(item, model) for item in batch]


def _together(batch: Sequence[Extracted], model: LabelsTexts) -> list[Outcome]:
    begun = time.monotonic()
    labels = model.label([_document(item) for item in batch])
    ms = round((time.monotonic() - begun) * 1000 / max(1, len(batch)))
    return [Labelled(item, found, ms) for item, found in zip(batch, labels, strict=True)]


def _alone(item: Extracted, model: LabelsTexts) -> Outcome:
    try:
        return _together([item], model)[0]
    except Exception as error:
        log.exception("item %d cannot be labelled", item.item_id)
        return Struck(item.item_id, item.token, f"the labeller failed: {type(error).__name__}: {error}"[:500], item.host)


def relabelled(texts: Sequence[Relabel], model: LabelsTexts) -> list[Outcome]:
    """New labels for stored texts; one that cannot be labelled keeps its old ones."""
    found: list[Outcome] = []
    for text in texts:
        begun = time.monotonic()
        try:
            labels = model.label([Document(title=text.title, text=text.text, url=text.url, site_name=text.site_name)])[0]
        except Exception:
            log.exception("item %d cannot be labelled again", text.item_id)
        else:
            found.append(Relabelled(text.item_id, labels, round((time.monotonic() - begun) * 1000)))
    return found


def _document(item: Extracted) -> Document:
    article = item.article
    return Document(title=article.title or "", text=article.text, url=article.url, site_name=article.site_name)
