"""An installation made by an earlier version goes on working: its database, its models and what lay in Redis.

`installations/*.tar.gz` are data folders as that version left them after SIGTERM: forty-five articles of the sample press site
(18 stored, one copy, 24 waiting behind a paused label stage or a paused host, one dead, one taken out), a feed that is
dead, a small model trained and promoted there, and a review.
"""

import re
import tarfile
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Home, until
from tests.acceptance.terminal import Terminal
from worker.demo.server import PressSite
from worker.demo.site import hosts
from worker.models import manifest

FOLDER = Path(__file__).with_name("installations")
ADDRESS = "http://press.example:38837"
"""The site's address when the installation was made."""


@pytest.fixture(params=sorted(FOLDER.glob("*.tar.gz")), ids=lambda path: path.name)
def old(request: pytest.FixtureRequest, tmp_path: Path, site: PressSite) -> Home:
    """The installation, unpacked, with the sample site on its new port."""
    with tarfile.open(request.param) as archive:
        archive.extractall(tmp_path, filter="data")
    return Home(
        tmp_path,
        {
            "PRESSMARK_RESOLVE": ",".join(f"{host}=127.0.0.1" for host in hosts()),
            "PRESSMARK_ALLOW_PRIVATE": f"127.0.0.0/8:{site.port}",
            "PRESSMARK_HOST_INTERVAL": "0",
            "PRESSMARK_BACKOFF": "0.5",
        },
    )


def test_what_was_there_is_still_there(old: Home) -> None:
    # When today's program looks into the old folder
    ledger = old.call("queues", "--json").lines[0]
    # Then every item is where it was, and the books balance
    assert ledger["balanced"] is True
    counts = ledger["ledger"]
    assert counts["waiting"] + counts["running"] == 24
    assert {state: counts[state] for state in ("accepted", "stored", "duplicate", "refused", "dead")} == {
        "accepted": 46, "stored": 18, "duplicate": 1, "refused": 1, "dead": 2
    }  # fmt: skip
    # And the article that was taken out is refused for good, beside a feed and a page without text that are dead
    assert {(group["reason"], group["count"]) for group in ledger["dead"]} == {("dropped-by-user", 1), ("no-text", 1)}
    ended = [row for row in old.call("export", "--outcome", "all", "--json").lines if row["outcome"] == "refused"]
    assert [(row["reason"], row["url"]) for row in ended] == [("forgotten", "forgotten:2")]
    # And articles, jobs, pauses, reviews and the promoted model are there
    rows = old.call("export", "--format", "jsonl").lines
    assert len(rows) == 18
    assert {row["model"]["id"] for row in rows} == {"first-model"}
    assert sum(row["review"] is not None for row in rows) == 1
    assert {job["name"] for job in old.call("jobs", "--json").lines} >= {"desk", "later"}
    assert [row["id"] for row in old.call("models", "--json").lines if row["active"]] == ["first-model"]
    assert "paused: label" in old.call("status").out


def test_it_goes_on_where_it_stopped(old: Home, site: PressSite) -> None:
    # Given the old installation with its pauses lifted, and its site at a new address
    old.call("resume", "all")
    fetched = f"{ADDRESS}/2025/03/12/rubber-exporters-look-beyond-china/"
    fresh = f"http://press.example:{site.port}/2025/02/09/the-two-strings-of-master-kong/"
    with old.up():
        # When a page is accepted
        old.run("enqueue", fresh, "--job", "new")
        # Then it is stored, and so is one that lay fetched in the label queue when the old version stopped
        until(lambda: {fresh, fetched} <= {row["url"] for row in stored(old)})
        # And its own model, which this version cannot use, gives way to the shipped one, which every new label names
        assert {row["model"]["id"] for row in stored(old)} == {"first-model", manifest.read(None).id}
        assert "train again with this version; the shipped model labels" in (old.folder / "up.log").read_text(encoding="utf-8")
        assert old.call("queues", "--json").lines[0]["balanced"] is True


def stored(home: Home) -> list[dict[str, Any]]:
    return home.call("export", "--format", "jsonl").lines


@pytest.mark.parametrize("running", [True, False])
def test_whoever_goes_back_to_the_model_before_is_offered_the_stored_articles_anew(old: Home, running: bool) -> None:
    # Given 17 articles with labels of the model that is promoted, beside one that a person labelled
    old.call("migrate")
    old.call("resume", "all")
    old.call("pause", "fetch")
    with old.up() if running else nullcontext():
        # When somebody goes back at a terminal, and says yes where there is a question
        terminal = Terminal(old.command("rollback"), old.environment, old.folder, 120)
        try:
            told = terminal.see("`pressmark relabel` labels them again")
            if running:
                terminal.see("Label them again now? [y/N]:")
                terminal.press("y\n")
            code = terminal.end()
        finally:
            terminal.close()
    # Then
    assert re.search(r"\b\d+ stored articles still carry labels of another model", told)
    assert code == 0
    assert ("relabelled by seeds-" in terminal.screen) == running
