"""Kept pages through the whole service: fetched once, then read again, saved and run elsewhere, without asking the site again."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from benchmarks.running_service import Served, serving
from tests.acceptance.conftest import Home, until
from tests.integration.parts.press import article
from worker.bootstrap import Services
from worker.config import load

HOST = "press.test"
OWN = ("item_id", "stored_at", "cluster_id", "job_ids", "revision", "attempts")
"""Fields of a Result that are the installation's own."""


def test_pages_that_were_fetched_once_are_read_again_and_taken_along(tmp_path: Path) -> None:
    pages = {(HOST, f"/report/{number}.html"): Served(article(number), headers={"ETag": f'"{number}"'}) for number in range(2)}
    with serving(pages) as site:
        # Given two stored articles whose pages are kept, one of them as an older program left it
        home = Home(tmp_path, {**site.settings(), "PRESSMARK_KEEP_PAGES": "on"})
        with home.up():
            assert home.call("enqueue", *site.urls(), "--wait").code == 0
            services = Services(load(home.environment))
            with services.engine.begin() as connection:
                connection.execute(text("UPDATE articles SET title = 'Menu' WHERE title = 'Report 1 of the province'"))
            services.close()
            # When they are replayed while everything runs
            first, second = (home.call("replay", "--yes", "--json") for _ in range(2))
            # Then it is done, once, and told to who follows
            [done], [again] = first.lines, second.lines
            assert (first.code, done["revised"], done["unchanged"], done["fields"]) == (0, 1, 1, {"title": 1})
            assert (second.code, again["revised"], again["unchanged"]) == (0, 0, 2)
            [shown] = home.call("show", site.urls()[1], "--json").lines
            assert (shown["article"]["title"], shown["revisions"][0]["title"]) == ("Report 1 of the province", "Menu")
            until(lambda: any(one["revision"] for one in home.call("tail", "--from-start", "--no-follow").lines))
            assert home.call("queues", "--json").lines[0]["balanced"]
        # And a capsule gives what the pipeline stored, where nothing is installed and nothing runs
        assert home.call("capsule", "save", str(tmp_path / "study.capsule")).code == 0
        ran = home.call("capsule", "run", str(tmp_path / "study.capsule"), "--results", PRESSMARK_DATA_DIR=str(tmp_path / "nowhere"))
        assert (ran.code, ran.told) == (0, ["2 pages, the same results byte for byte"])
        assert not (tmp_path / "nowhere").exists()
        stored = {one["url"]: one for one in home.call("export", "--format", "jsonl").lines}
        for found in ran.lines:
            found["http"]["ms"] = stored[found["url"]]["http"]["ms"]  # the fetcher's clock ran on for a moment after the page was whole
            assert [name for name in found if name not in OWN and found[name] != stored[found["url"]][name]] == []
        assert len(ran.lines) == 2
        assert [site.asked[where] for where in pages] == [1, 1]
