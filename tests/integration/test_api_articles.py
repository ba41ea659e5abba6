"""Articles through the API on real servers: each story once, feeds of a search, a job's report."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import feedparser
import pytest

from tests.integration.parts.samples import entry, labelled
from tests.integration.parts.served_dashboard import Dashboard, served
from tests.integration.parts.steps import keep
from worker.config import Settings
from worker.storage.ledger import Ledger

pytestmark = pytest.mark.parametrize(
    ("redis_server", "database_url"), [("valkey", "sqlite"), ("redis-server", "postgresql")], indirect=True
)


@pytest.fixture
def dashboard(settings: Settings, redis_server, tmp_path: Path) -> Iterator[Dashboard]:
    """With three articles, the first two of them near copies."""
    with served(replace(settings, redis_url=redis_server.url)) as running:
        ledger = Ledger(running.services.engine, running.services.settings)
        ledger.accept([entry(number, f"host{number}.test:443") for number in range(3)], ledger.open_job("monday"))
        lead = ledger.take_lead(ledger.leadership(), "test")
        for _, request in ledger.lease(lead, 3):
            keep(ledger, labelled(request, simhash="f" * 16 if request.item_id < 3 else "0" * 16))
        yield running


def test_each_story_once_in_lists_and_counts_where_asked(dashboard: Dashboard) -> None:
    found = dashboard.get("articles?distinct=1").json
    assert [one["item_id"] for one in found["articles"]] == [3, 1]
    assert found["copies"] == {"1": 1}
    assert len(dashboard.get("articles").json["articles"]) == 3
    for name, count in (("distinct=1", 2), ("once=1", 2), ("distinct=0", 3)):
        assert dashboard.get(f"articles/counts?by=language&{name}").json["buckets"] == [{"key": "en", "count": count}]
    assert [link["first"] for link in dashboard.get("articles/2").json["chain"]] == [True, False]


def test_a_search_is_a_feed_that_is_read_again_only_when_it_changed(dashboard: Dashboard) -> None:
    answer = dashboard.get("articles.rss?host=host1.test&limit=5")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/rss+xml; charset=utf-8")
    read = feedparser.parse(answer.body)
    assert not read.bozo
    assert [one.link for one in read.entries] == ["https://host1.test/1"]
    assert read.feed.title == "Pressmark · host1.test"
    again = dashboard.get("articles.rss?host=host1.test&limit=5", If_None_Match=answer.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert dashboard.get("articles.rss?limit=5", If_None_Match=answer.headers["etag"]).status == 200


def test_a_json_feed_leads_through_all_of_a_search(dashboard: Dashboard) -> None:
    found, address = [], "articles.feed.json?limit=1&distinct=1"
    while address:
        answer = dashboard.get(address)
        assert (answer.status, answer.headers["content-type"]) == (200, "application/feed+json; charset=utf-8")
        read = json.loads(answer.body)
        found += [one["_pressmark"]["item_id"] for one in read["items"]]
        address = read.get("next_url", "").partition("/api/v1/")[2]
    assert found == [3, 1]


@pytest.mark.parametrize(
    "path", ["articles.rss?topic=sport", "articles.feed.json?since=soon", "articles.rss?nothing=1", "articles.rss?cursor=x"]
)
def test_a_feed_that_cannot_be_is_refused_like_any_search(dashboard: Dashboard, path: str) -> None:
    answer = dashboard.get(path)
    assert (answer.status, answer.reason) == (400, "bad-request")


def test_a_job_has_a_report(dashboard: Dashboard) -> None:
    found = dashboard.get("job-reports/monday").json
    assert (found["articles"], found["distinct"], len(found["outlets"])) == (3, 2, 3)
    assert found["job"] == dashboard.get("jobs/monday").json["job"]
    assert dashboard.get("job-reports/nowhere").status == 404
