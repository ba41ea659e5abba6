"""A model is promoted while URLs flow: no worker restarts, nothing is lost, every label names the model that gave it."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path

from benchmarks.line import Line, serving
from classifier import artifact
from tests.integration.parts.press import pages
from worker.bootstrap import Services
from worker.config import Settings
from worker.shelf import read_files

PATIENCE = 120.0
FOLLOWED = 5.0
"""Seconds within which every worker has taken a promoted model."""


def register(folder: Path, name: str) -> None:
    """The shipped model's arrays under another name, as if it had been trained just now."""
    manifest, parts = read_files(artifact.default_folder())
    told = json.loads(manifest) | {"id": name}
    told["sha256"] = artifact._digest(told)
    services = Services(Settings(data_dir=folder))
    services.registry.add(json.dumps(told), parts, by="test")
    services.close()


def models(line: Line) -> Counter[str]:
    return Counter(result["model"]["id"] for result in line.results())


def test_a_promotion_and_a_rollback_reach_running_workers_between_two_tasks(tmp_path: Path) -> None:
    with serving(pages(150)) as site, Line(tmp_path, site.settings()) as line:
        # Given a service that has labelled some pages with the shipped model
        line.up()
        urls = site.urls()
        shipped = json.loads(read_files(artifact.default_folder())[0])["id"]
        line.enqueue(urls[:50])
        line.until(lambda: line.settled() >= 50, PATIENCE)
        workers = line.pids("label")
        # When another model is promoted
        register(tmp_path / "data", "second")
        line.call("promote", "second", "--force", "--note", "a test")
        time.sleep(FOLLOWED)
        line.enqueue(urls[50:100])
        line.until(lambda: line.settled() >= 100, PATIENCE)
        # Then what came later names it, and what came before still names its own
        assert models(line) == {shipped: 50, "second": 50}
        # When the old articles are labelled again
        line.call("relabel")
        # Then all name the second model
        assert models(line) == {"second": 100}
        # When it is rolled back
        line.call("rollback")
        time.sleep(FOLLOWED)
        line.enqueue(urls[100:])
        line.until(lambda: line.settled() >= 150, PATIENCE)
        # Then the first serves again, and no worker was restarted
        assert models(line) == {"second": 100, shipped: 50}
        assert line.pids("label") == workers
        assert line.queues()["balanced"] is True
        assert line.down() == 0
