"""Topics of one's own from the seeds to the export: three others in place of the program's four, and a fifth beside them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.running_service import Served, serving
from tests.integration.parts.own_seeds import text, write_seeds
from tests.integration.parts.service import RunningService

PATIENCE = 120.0
DEFAULT = ["border_dispute", "trade", "demining", "culture"]


def page(topic: str | None) -> bytes:
    """An article that no seed has."""
    title = "News of the day from the provinces"
    body = "".join(f"<p>{paragraph}</p>" for paragraph in text(topic, 5000).split("\n\n"))
    return f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}</article></body></html>".encode()


@pytest.mark.parametrize(
    ("topics", "wanted"),
    [(["fisheries", "railways", "epidemics"], "railways"), ([*DEFAULT, "migration"], "migration")],
    ids=["three", "fifth"],
)
def test_own_topics_are_trained_promoted_labelled_searched_reviewed_and_exported(tmp_path: Path, topics: list[str], wanted: str) -> None:
    seeds = tmp_path / "own"
    write_seeds(seeds, topics)
    site_pages = {("a.test", "/one"): Served(page(wanted)), ("b.test", "/two"): Served(page(None))}
    with serving(site_pages) as site, RunningService(tmp_path, site.settings()) as line:
        # Given a model of these topics
        line.call("seeds", "check", "--seeds", str(seeds), ok=(0, 1))
        trained = json.loads(line.call("train", "--seeds", str(seeds), "--id", "own", "--json"))
        assert set(trained["held_out"]["topics"]["labels"]) == set(topics)
        # When the gate, which cannot compare it, is passed by, then it says which topics come and go
        refused = json.loads(line.call("promote", "own", "--seeds", str(seeds), "--json", ok=(1,)))
        assert refused["promoted"] is False
        forced = json.loads(line.call("promote", "own", "--seeds", str(seeds), "--force", "--json"))
        assert set(forced["topics"]["new"]) == set(topics) - set(DEFAULT)
        assert set(forced["topics"]["gone"]) == set(DEFAULT) - set(topics)
        # When pages go through the service
        line.up()
        line.enqueue(site.urls())
        line.until(lambda: line.settled() >= 2, PATIENCE)
        # Then labels, searches and exports have these topics, and no others
        [found] = [json.loads(row) for row in line.call("search", "--topic", wanted, "--json").splitlines()]
        assert [topic["label"] for topic in found["topics"]] == topics
        assert found["primary_topic"] == wanted
        assert any(entry["label"] == wanted for entry in found["evidence"])
        assert wanted in line.call("export", "--format", "csv")
        # When a person reviews it with them
        answer = {"item_id": found["item_id"], "topics": [wanted], "primary": wanted, "source_type": "official"}
        line.call("review", "--who", "ann", "--seeds", str(seeds), "--answers", "-", stdin=json.dumps(answer))
        # Then it is a seed of these topics, and the labels name the person
        assert json.loads((seeds / "reviewed.jsonl").read_text())["topics"] == [wanted]
        [reviewed] = [one for one in line.results() if one["item_id"] == found["item_id"]]
        assert reviewed["labelled_by"] == "ann"
        # And a topic that no model has is refused in one line
        line.call("search", "--topic", "gardening", ok=(2,))


def test_a_bad_labels_toml_ends_a_command_with_2_and_one_line(tmp_path: Path) -> None:
    seeds = tmp_path / "own"
    write_seeds(seeds, ["trade", "migration"])
    (seeds / "labels.toml").write_text("[topics.none]\n")
    done = subprocess.run(
        [sys.executable, "-m", "worker", "seeds", "check", "--seeds", str(seeds)], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "expected a topic's name that has no other meaning here, got 'none'" in done.stderr
    assert done.stderr.count("\n") == 1
