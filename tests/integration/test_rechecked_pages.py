"""Stored articles looked at again through the whole service: a page that changed, one that did not, one that is gone, one behind a wall."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.running_service import Served, serving
from tests.integration.parts.press import article
from tests.integration.parts.service import RunningService

PATIENCE = 120.0
HOST = "press.test"


def test_every_stored_page_is_asked_for_again_and_only_a_new_version_replaces_it(tmp_path: Path) -> None:
    tagged = {"ETag": '"one"'}
    pages = {
        (HOST, f"/report/{name}.html"): Served(article(number), headers=tagged)
        for number, name in enumerate(("corrected", "same", "gone", "walled"))
    }
    with serving(pages) as site, RunningService(tmp_path, site.settings()) as line:
        # Given four stored articles
        corrected, same, gone, walled = site.urls()
        line.up()
        line.enqueue(site.urls())
        line.until(lambda: line.stored() == 4, PATIENCE)
        before = show(line, corrected)
        # When one is corrected, one is taken away and one is cut to a lede
        changed = article(0).replace(b"as report 0 says", b"as report 0 says, corrected today", 1)
        cut = b"<html><head><title>Report 3 of the province</title></head><body><article><p>Sign in to read.</p></article></body></html>"
        pages[HOST, "/report/corrected.html"] = Served(changed, headers={"ETag": '"two"'})
        pages[HOST, "/report/same.html"] = Served(b"", 304, headers=tagged)
        pages[HOST, "/report/gone.html"] = Served(b"gone", 410)
        pages[HOST, "/report/walled.html"] = Served(cut)
        assert json.loads(line.call("recheck", *site.urls(), "--json"))["sent"] == 4
        line.until(lambda: all(outcome(line, url) for url in site.urls()), PATIENCE)
        # Then each is judged, and every article is still there, once
        assert [outcome(line, url) for url in (corrected, same, gone, walled)] == ["revised", "unchanged", "gone", "kept"]
        ledger = line.queues()["ledger"]
        assert (ledger["stored"], ledger["dead"], ledger["refused"]) == (4, 0, 0)
        assert len(line.results()) == 4
        # And the old version of the corrected one is kept, with what changed
        after = show(line, corrected)
        [revision] = after["revisions"]
        assert "corrected today" in after["article"]["text"]
        assert revision["content_sha256"] == before["article"]["content_sha256"] != after["article"]["content_sha256"]
        assert any(row.startswith("+") and "corrected today" in row for row in revision["diff"])
        assert show(line, gone)["article"]["text"]
        assert show(line, walled)["revisions"] == []
        assert site.asked[HOST, "/report/same.html"] == 2


def show(line: RunningService, url: str) -> dict[str, Any]:
    return dict(json.loads(line.call("show", url, "--json")))


def outcome(line: RunningService, url: str) -> str | None:
    """What came of the last recheck; None while it is under way."""
    said = show(line, url)["recheck"]
    return said and said["outcome"]
