"""A model is promoted while URLs flow: no worker restarts, nothing is lost, every label names the model that gave it."""

from __future__ import annotations

import json
import shutil
import time
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.running_service import serving
from classifier.model import artifact
from tests.conftest import ROOT
from tests.integration.parts.press import pages
from tests.integration.parts.service import RunningService
from worker.bootstrap import Services
from worker.config import Settings
from worker.models.cache import CHECK_EVERY, read_files
from worker.models.manifest import shipped_name

PATIENCE = 120.0


def register(folder: Path, name: str) -> None:
    """The shipped model's arrays under another name, as if it had been trained just now."""
    manifest, parts = read_files(artifact.default_folder())
    told = json.loads(manifest) | {"id": name}
    told["sha256"] = artifact._digest(told)
    services = Services(Settings(data_dir=folder))
    services.registry.add(json.dumps(told), parts, by="test")
    services.close()


def models(line: RunningService) -> Counter[str]:
    return Counter(result["model"]["id"] for result in line.results())


def test_a_promotion_and_a_rollback_reach_running_workers_between_two_tasks(tmp_path: Path) -> None:
    with serving(pages(150)) as site, RunningService(tmp_path, site.settings()) as line:
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
        time.sleep(CHECK_EVERY)
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
        time.sleep(CHECK_EVERY)
        line.enqueue(urls[100:])
        line.until(lambda: line.settled() >= 150, PATIENCE)
        # Then the first serves again, and no worker was restarted
        assert models(line) == {"second": 100, shipped: 50}
        assert line.pids("label") == workers
        assert line.queues()["balanced"] is True
        assert line.down() == 0


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_a_desks_hour_reviewed_trained_promoted_and_rolled_back_while_urls_flow(tmp_path: Path) -> None:
    with serving(pages(2000, delay=0.2)) as site, RunningService(tmp_path, site.settings()) as line:
        # Given a service in the middle of 2,000 URLs, and a folder of seeds of one's own
        seeds = tmp_path / "seeds"
        shutil.copytree(ROOT / "seeds", seeds)
        line.up()
        line.enqueue(site.urls())
        line.until(lambda: line.settled() >= 100, PATIENCE)
        shipped = json.loads(read_files(artifact.default_folder())[0])["id"]
        # When twenty picked articles are reviewed, and a model is trained on what came of it
        picked = [json.loads(row) for row in line.call("review", "--json", "--budget", "20").splitlines()]
        answers = [{"item_id": row["item_id"], "topics": [], "primary": None, "source_type": "independent"} for row in picked]
        told = "".join(json.dumps(answer) + "\n" for answer in answers)
        line.call("review", "--who", "ann", "--answers", "-", "--seeds", str(seeds), stdin=told)
        trained = json.loads(line.call("train", "--seeds", str(seeds), "--json"))
        assert trained["articles"] >= 1500 + len(picked)
        line.call("diff", trained["id"])
        # Then the gate, asked on the rows that both models held out, lets it pass, and the workers follow
        verdict = json.loads(line.call("promote", trained["id"], "--seeds", str(seeds), "--json"))
        assert verdict["promoted"], verdict
        line.until(lambda: line.settled() >= 2000, 1200.0)
        assert set(models(line)) <= {shipped, trained["id"]}
        assert line.queues()["balanced"] is True
        # And what a person labelled stays when the rest is labelled again
        line.call("relabel")
        reviewed = {answer["item_id"] for answer in answers}
        named = {result["item_id"]: result["model"]["id"] for result in line.results()}
        assert {model for item, model in named.items() if item not in reviewed} == {trained["id"]}
        # And it can be taken back
        assert line.call("rollback", "--json").strip() == json.dumps({"id": shipped_name()})
        assert line.down() == 0
