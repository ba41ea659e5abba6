"""Define what a search for feeds finds, and how long it may take.

The search itself is another module, since it imports everything that fetches and reads pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from worker.operations.document import Document
from worker.reasons import Kind

Where = Literal["itself", "named", "usual", "robots"]
PATIENCE = 120.0
"""Seconds for one site: a dozen requests at the usual pace."""


@dataclass(frozen=True, slots=True)
class Found(Document):
    """A feed or a sitemap of a site."""

    url: str
    kind: Kind
    title: str | None
    language: str | None
    articles: int
    """Addresses that it lists now; for an index those of further sitemaps."""
    where: Where
    """How it was found."""
    site_url: str | None = None
    """The front page that led there."""
