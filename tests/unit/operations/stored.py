"""Stored articles and registered models for tests of operations."""

from __future__ import annotations

import json
from pathlib import Path

from classifier.model import artifact
from tests.integration.parts.samples import admit, delivered, digest, entry, labelled
from worker.bootstrap import Services
from worker.models.cache import read_files
from worker.storage.ledger import Ledger

TEXT = "The ministry of commerce said on Monday that tariffs on rice would fall, and that lorries would cross again within a week."


def store(services: Services, count: int) -> list[int]:
    """That many articles, each of its own outlet and with its own text; their items."""
    ledger = Ledger(services.engine, services.settings)
    ledger.accept([entry(number, f"outlet{number}.test:443") for number in range(count)], ledger.open_job("job"))
    lead = ledger.take_lead(ledger.leadership(), "test")
    assert lead
    requests = [request for _, request in ledger.lease(lead, count)]
    texts = [f"Story {request.item_id}. {TEXT}" for request in requests]
    ledger.keep(delivered(*(labelled(r, text, digest(text)[:16]) for r, text in zip(requests, texts, strict=True))), admit)
    return sorted(request.item_id for request in requests)


def register(services: Services, name: str, folder: Path | None = None) -> None:
    """The shipped model under another name."""
    manifest, parts = read_files(folder or artifact.default_folder())
    renamed = json.loads(manifest) | {"id": name}
    renamed["sha256"] = artifact._digest(renamed)
    services.registry.add(json.dumps(renamed), parts, by="test")
