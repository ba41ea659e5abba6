"""Label a batch of articles; where the batch fails, label one by one, so that only the article at fault gets a strike."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Protocol

from classifier.labels import Labels
from worker.logs import fields
from worker.messages import Extracted, Labelled, Outcome, Relabel, Relabelled, Struck
from worker.models.labeller import Document
from worker.reasons import Reason

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
        log.exception("a batch of %d articles cannot be labelled, they are labelled one by one", len(batch), extra=fields(stage="label"))
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
        host = item.host.host if item.host else None
        about = fields(item=item.item_id, host=host, stage="label", reason=Reason.POISON.word, url=item.article.url)
        log.exception("label failed, a strike against the page", extra=about)
        return Struck(item.item_id, item.token, f"the labeller failed: {type(error).__name__}: {error}"[:500], item.host)


def relabelled(texts: Sequence[Relabel], model: LabelsTexts) -> list[Outcome]:
    """New labels for stored texts; one that cannot be labelled keeps its old ones."""
    found: list[Outcome] = []
    for text in texts:
        begun = time.monotonic()
        try:
            labels = model.label([Document(title=text.title, text=text.text, url=text.url, site_name=text.site_name)])[0]
        except Exception:
            log.exception("stored text cannot be labelled again", extra=fields(item=text.item_id, stage="label", url=text.url))
        else:
            found.append(Relabelled(text.item_id, labels, round((time.monotonic() - begun) * 1000)))
    return found


def _document(item: Extracted) -> Document:
    article = item.article
    return Document(title=article.title or "", text=article.text, url=article.url, site_name=article.site_name)
