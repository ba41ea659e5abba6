"""An installation whose pages are kept, without a server: some articles, one of them without its page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.integration.parts.press import article
from tests.integration.parts.samples import entry, labelled
from worker.archive.page_archive import PageArchive
from worker.bootstrap import Services
from worker.config import Settings
from worker.messages import Page
from worker.operations import installation
from worker.storage.ledger import Ledger
from worker.storage.values import Delivered

BODIES = [article(0), article(1), b"<html><body><p>Too short.</p></body></html>"]
"""Two articles, and a page that is none: its failure is a result, too."""


def page_of(url: str, body: bytes) -> Page:
    return Page(url, url, 200, body, "text/html", '"e"', ms=9, wire_bytes=99, fetched_at="2026-11-24T06:00:00Z")


def filled(folder: Path) -> Settings:
    """An installation with three articles of the job `study` whose pages are kept, and one whose page is not; their settings."""
    settings = Settings(data_dir=folder, host_interval=0.0, disk_free_min=0, parse_processes=1)
    services = Services(settings)
    installation.prepare(services)
    ledger = Ledger(services.engine, settings)
    ledger.accept([entry(number, f"h{number}.test:443") for number in range(4)], ledger.open_job("study"))
    lead = ledger.take_lead(ledger.leadership(), "test")
    assert lead
    for number, (_, request) in enumerate(sorted(ledger.lease(lead, 9), key=lambda pair: pair[1].item_id)):
        outcome = labelled(request)
        if number < len(BODIES):
            page = Page(
                request.url, request.url, 200, BODIES[number], "text/html", '"e"', ms=9, wire_bytes=99, fetched_at="2026-11-24T06:00:00Z"
            )
            kept = PageArchive(settings).keep(page)
            assert kept
            outcome = replace(outcome, extracted=replace(outcome.extracted, page_sha256=kept.sha256, page_bytes=kept.bytes))
        ledger.keep([Delivered("1-0", outcome)], lambda url: entry(0))
    services.close()
    return settings
