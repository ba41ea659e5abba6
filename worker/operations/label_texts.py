"""Label texts with this machine's model; neither broker nor database is used."""

from __future__ import annotations

import unicodedata

from worker.config import Settings
from worker.errors import ItemFailed
from worker.models.cache import local_folder
from worker.models.labeller import Document, Labeller
from worker.reasons import Reason

AT_ONCE = 64
"""Articles labelled together: it spreads the fixed cost of a prediction, and a pipe still gets answers while it is being fed."""


def labeller(settings: Settings) -> Labeller:
    """The model that this machine uses. Raises UsageError where it cannot be loaded."""
    return Labeller(local_folder(settings))


def document(text: str, title: str = "", url: str | None = None, site_name: str | None = None) -> Document:
    """What is to be labelled, in NFC, since offsets count its code points; raises ItemFailed for a text without a word."""
    if not any(character.isalnum() for character in text):
        raise ItemFailed(Reason.NO_TEXT, "expected a text, got none")
    return Document(unicodedata.normalize("NFC", title), unicodedata.normalize("NFC", text), url, site_name)
