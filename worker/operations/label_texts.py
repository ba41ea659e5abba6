"""Label texts with this machine's model; neither broker nor database is used."""

from __future__ import annotations

import re

from worker.config import Settings
from worker.errors import ItemFailed
from worker.models.cache import local_folder
from worker.models.labeller import Document, Labeller, document_of
from worker.operations.extract_pages import extractor, page_of_bytes
from worker.reasons import Reason

AT_ONCE = 64
"""Articles labelled together: it spreads the fixed cost of a prediction, and a pipe still gets answers while it is being fed."""


COMMENTS = rb"(?:<!--.{0,4000}?-->\s*|<\?xml[^>]*>\s*)*"
FIRST_TAG = rb"<(?:!doctype|html|head|body|main|article|section|div|p|h1)\b"
HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*" + COMMENTS + FIRST_TAG, re.IGNORECASE | re.DOTALL)
"""The beginning of a page, or of a part of one."""


def is_html(data: bytes) -> bool:
    """Whether the bytes of a file are HTML and no text."""
    return HTML.match(data[:20_000]) is not None


def document_of_html(settings: Settings, data: bytes, url: str | None = None) -> Document:
    """The article of a page as a text to label. Raises ItemFailed where the page has none."""
    with extractor(settings) as extract:
        return document_of(extract(page_of_bytes(data, url, settings.max_decoded_bytes, packed=False)).article)


def labeller(settings: Settings) -> Labeller:
    """The model that this machine uses. Raises UsageError where it cannot be loaded."""
    return Labeller(local_folder(settings))


def document(text: str, title: str = "", url: str | None = None, site_name: str | None = None) -> Document:
    """What is to be labelled; raises ItemFailed for a text without a word."""
    if (found := Document.of(text, title, url, site_name)) is None:
        raise ItemFailed(Reason.NO_TEXT, "expected a text, got none")
    return found
