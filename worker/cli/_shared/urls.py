"""Read a URL that a command was given into the ledger's entry."""

from __future__ import annotations

from worker.config import Settings
from worker.errors import ItemFailed, UsageError
from worker.intake.canonical_url import admit
from worker.storage.values import Entry


def entry_of(url: str, settings: Settings) -> Entry:
    """The entry of an argument; raises UsageError for a URL that can never have been accepted."""
    try:
        return admit(url, settings)
    except ItemFailed as failed:
        raise UsageError(f"expected an http or https URL, got {url!r}: {failed}") from failed
