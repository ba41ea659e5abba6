"""Topics of one's own wherever labels are shown, searched or sent: three others in place of the program's four, and a fifth beside them."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import feedparser
import pytest

import pressmark
from tests.acceptance.conftest import Home
from tests.integration.parts.own_topics import JOB, OwnModel, fill, promoted, trained
from tests.integration.parts.served_dashboard import Dashboard, served
from tests.integration.parts.servers import RedisServer
from tests.integration.window.test_webhooks import SECRET, Receiver, receiver  # noqa: F401 - a fixture
from worker.bootstrap import Services
from worker.config import Settings
from worker.config.value_types import parse_allow_private
from worker.dashboard.view import words
from worker.errors import UsageError
from worker.models.labeller import Labeller
from worker.operations import articles, drift
from worker.operations.receivers.settings import expect_ready
from worker.operations.sharing import webhooks
from worker.operations.sharing.ninjs import ninjs
from worker.operations.sharing.result_rows import csv_lines
from worker.queues import PublicStream
from worker.storage.ledger import Ledger
from worker.storage.search import SearchFilter

FOUR = ("border_dispute", "trade", "demining", "culture")
SETS = {"three": ("fisheries", "railways", "epidemics"), "fifth": (*FOUR, "air_quality")}
NO_REDIS = "redis://127.0.0.1:1/0"
"""Nothing listens there: a connection is refused at once."""


@pytest.fixture(scope="module", params=SETS)
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> OwnModel:
    return trained(tmp_path_factory.mktemp(request.param), SETS[request.param])


@dataclass(frozen=True)
class Installed:
    """An installation with its dashboard, and its items by topic."""

    model: OwnModel
    items: dict[str | None, int]
    dashboard: Dashboard

    @property
    def services(self) -> Services:
        return self.dashboard.services

    def page(self, path: str) -> str:
        """The text of a page of the dashboard."""
        answer = self.dashboard.ask("GET", path)
        assert answer.status == 200, answer.body
        return html.unescape(answer.body.decode())


@pytest.fixture(scope="module")
def installed(model: OwnModel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), redis_url=NO_REDIS, host_interval=0.0)
    services = promoted(settings, model)
    items = fill(services, model)
    services.close()
    with served(settings) as dashboard:
        yield Installed(model, items, dashboard)


def test_the_api_filters_counts_and_shows_by_them(installed: Installed) -> None:
    own, items = installed.model.own, installed.items
    for field in ("topic", "primary"):
        [found] = installed.dashboard.get(f"articles?{field}={own}").json["articles"]
        assert found["item_id"] == items[own]
    assert [topic["label"] for topic in found["topics"]] == list(installed.model.topics)
    assert own in {entry["label"] for entry in found["evidence"]}
    buckets = {one["key"]: one["count"] for one in installed.dashboard.get("articles/counts?by=topic").json["buckets"]}
    assert {name: buckets.get(name) for name in installed.model.topics} == dict.fromkeys(installed.model.topics, 1)
    shown = installed.dashboard.get(f"articles/{items[own]}").json
    assert own in json.dumps(shown)


def test_what_no_model_has_is_refused_with_the_names_of_all_that_there_are(installed: Installed) -> None:
    for path in ("articles?topic=gardening", "articles?primary=gardening", "articles.rss?topic=gardening"):
        answer = installed.dashboard.get(path)
        assert (answer.status, answer.reason) == (400, "bad-request")
        assert all(name in answer.json["error"]["message"] for name in (*installed.model.topics, *FOUR))


def test_a_saved_search_is_a_feed_with_them(installed: Installed) -> None:
    own = installed.model.own
    read = feedparser.parse(installed.dashboard.get(f"articles.rss?topic={own}").body)
    assert (read.feed.title, [one.link for one in read.entries]) == (
        f"Pressmark · {own}",
        [f"https://host{installed.model.topics.index(own)}.test/{installed.model.topics.index(own)}"],
    )
    assert own in [tag.term for tag in read.entries[0].tags]
    [one] = installed.dashboard.get(f"articles.feed.json?topic={own}").json["items"]
    assert one["_pressmark"]["primary_topic"] == own
    page = feedparser.parse(installed.dashboard.ask("GET", f"/articles.rss?topic={own}").body)
    assert words.label(own) in page.feed.title


def test_the_page_articles_lists_and_narrows_by_them(installed: Installed) -> None:
    own = installed.model.own
    page = installed.page("/articles")
    for topic in installed.model.topics:
        assert f'href="/articles?topic={topic}"' in page
        assert re.search(rf'class="tag t[1-4][^"]*">{words.label(topic)}', page), topic
    narrowed = installed.page(f"/articles?topic={own}")
    assert f"/articles/{installed.items[own]}" in narrowed
    assert f'/articles/{installed.items[None]}"' not in narrowed
    assert words.label(own) in installed.page(f"/articles/{installed.items[own]}")
    assert "There is no topic" in installed.dashboard.ask("GET", "/articles?topic=gardening").body.decode()


def test_a_name_of_ones_own_is_shown_as_well_as_the_programs(installed: Installed) -> None:
    assert [words.label(name) for name in ("border_dispute", "air_quality", "fisheries")] == ["Border dispute", "Air quality", "Fisheries"]
    assert words.tone("air_quality") in {"t1", "t2", "t3", "t4"}
    assert words.tone("official") == words.tone("none") == words.tone("primary_topic") == ""


def test_the_page_review_has_a_key_for_each_and_the_api_takes_them(installed: Installed) -> None:
    page, keys = installed.page("/review"), installed.page("/keys")
    pressed = re.findall(r'name="topics" value="(\w+)" data-key="(\w)"', page)
    assert [name for name, _ in pressed] == list(installed.model.topics)
    assert len({key for _, key in pressed}) == len(pressed)
    assert all(f"what is reported on {topic}" in page for topic in installed.model.topics if topic not in FOUR)
    assert all(f"{words.label(topic)}: on, off" in keys for topic in installed.model.topics)
    item, own = installed.items[installed.model.own], installed.model.own
    kept = installed.dashboard.post("reviews", {"item_id": item, "topics": [own], "primary": own, "source_type": "official"})
    assert (kept.status, kept.json["of"]) == (200, len(installed.model.topics) + 2)
    assert installed.dashboard.get(f"reviews/{item}").json[0]["topics"] == [own]
    refused = installed.dashboard.post("reviews", {"item_id": item, "topics": ["gardening"], "source_type": "official"})
    assert (refused.status, refused.reason) == (400, "bad-request")
    assert installed.model.topics[0] in refused.json["error"]["message"]


def test_the_page_models_compares_and_promotes_a_model_of_other_topics(model: OwnModel, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, redis_url=NO_REDIS, host_interval=0.0)
    services = promoted(settings, model)
    fill(services, model, Labeller())
    services.registry.promote(None, "test")
    services.close()
    with served(settings) as dashboard:
        page = html.unescape(dashboard.ask("GET", "/models/own?changes=1").body.decode())
        assert "The gate cannot be asked" in page or "The gate says no" in page  # as there are seeds where this runs, or not
        assert f"<td>{words.label(model.own)}</td><td>None</td><td>Yes</td>" in page
        assert "Promote in spite of the gate" in page
        body = urllib.parse.urlencode({"force": "1", "why": "our topics", **_token(page)}).encode()
        headers = {"Content_Type": "application/x-www-form-urlencoded", "Sec_Fetch_Site": "same-origin"}
        dashboard.ask("POST", "/models/own/promote", raw=body, **headers)
        assert [one["id"] for one in dashboard.get("models").json if one["active"]] == ["own"]


def _token(page: str) -> dict[str, str]:
    """The hidden field that guards forms, where there is one."""
    found = re.search(r'name="(\w*token\w*)" value="([^"]+)"', page)
    return {found[1]: found[2]} if found else {}


def test_the_report_of_a_job_counts_them(installed: Installed) -> None:
    counted = {one["key"]: one["count"] for one in installed.dashboard.get(f"job-reports/{JOB}").json["topics"]}
    page, file = installed.page(f"/jobs/{JOB}/report"), installed.page(f"/jobs/{JOB}/report.html")
    for topic in installed.model.topics:
        assert counted[topic] == 1
        assert words.label(topic) in page
        assert topic.replace("_", " ") in file.lower()


def test_exports_have_them(installed: Installed) -> None:
    own, item = installed.model.own, installed.items[installed.model.own]
    results = list(articles.found_by(installed.services, SearchFilter(topics=(own,))))
    [row] = csv.DictReader(io.StringIO("".join(csv_lines(results, bom=False))))
    assert (row["item_id"], row["primary_topic"]) == (str(item), own)
    assert own in row["topics"]
    answer = installed.dashboard.ask("GET", f"/export/articles?format=csv&topic={own}")
    assert own in answer.body.decode("utf-8-sig")
    item_json = ninjs(results[0])
    assert item_json
    [subject] = [one for one in item_json["subjects"] if one["literal"] == own]
    assert subject["name"] == own.replace("_", " ")


def test_parquet_has_them(installed: Installed) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    own = installed.model.own
    answer = installed.dashboard.ask("GET", f"/export/articles?format=parquet&topic={own}")
    assert parquet.read_table(io.BytesIO(answer.body)).column("topics").to_pylist() == [[own]]


def test_metrics_and_drift_name_them(installed: Installed) -> None:
    exposed = installed.dashboard.ask("GET", "/metrics").body.decode()
    report = drift.report(installed.services)
    assert set(report.week.topics) == set(installed.model.topics)
    assert report.training
    assert set(report.training.topics) == set(installed.model.topics)
    for topic in installed.model.topics:
        assert f'pressmark_drift_yes_ratio{{label="{topic}",stretch="week"}}' in exposed


def test_a_python_client_searches_by_them(installed: Installed) -> None:
    with pressmark.Client({"data_dir": str(installed.services.settings.data_dir)}) as client:
        [found] = client.search(topics=[installed.model.own], primary=installed.model.own)
        assert found.item_id == installed.items[installed.model.own]
        with pytest.raises(pressmark.PressmarkError, match=installed.model.own):
            client.search(topics=["gardening"])


def test_a_webhook_is_sent_the_articles_of_its_topic(model: OwnModel, tmp_path: Path, receiver: Receiver) -> None:  # noqa: F811
    settings = Settings(
        data_dir=tmp_path,
        redis_url=NO_REDIS,
        host_interval=0.0,
        webhook_url=f"http://127.0.0.1:{receiver.port}/hook",
        webhook_secret=SECRET,
        webhook_search=f"topic={model.own}",
        allow_private=parse_allow_private(f"127.0.0.1:{receiver.port}"),
    )
    services = promoted(settings, model)
    expect_ready(settings)
    items = fill(services, model)
    ledger = Ledger(services.engine, settings)
    ledger.published([number for number, _ in ledger.unpublished(1000)])
    webhooks.Sender(services, settings.receivers[0]).round()
    services.close()
    assert [event["data"]["item_id"] for event in receiver.events] == [items[model.own]]
    expected = ", ".join(dict.fromkeys((*model.topics, *FOUR)))
    mail = {"mail_url": "smtp://mail.test", "mail_from": ("a@b.test",), "mail_to": ("c@d.test",), "mail_search": "topic=gardening"}
    with pytest.raises(UsageError, match=f"PRESSMARK_MAIL_SEARCH: topic: expected one of {expected}, got 'gardening'"):
        expect_ready(replace(settings, **mail))


def test_a_follower_of_the_stream_chooses_by_them(
    model: OwnModel, tmp_path: Path, redis_server: RedisServer, public_stream: PublicStream
) -> None:
    services = promoted(Settings(data_dir=tmp_path, host_interval=0.0), model)
    items = fill(services, model)
    public_stream.publish([json.dumps(one.to_dict()) for one in articles.found_by(services, SearchFilter())])
    services.close()
    home = Home(tmp_path, {"PRESSMARK_DATA_DIR": str(tmp_path), "PRESSMARK_REDIS_URL": redis_server.url, "PRESSMARK_NAMESPACE": "test"})
    done = home.call("tail", "--from-start", "--no-follow", "--topic", model.own)
    assert (done.code, [line["item_id"] for line in done.lines]) == (0, [items[model.own]])
    refused = home.call("tail", "--from-start", "--no-follow", "--topic", "gardening")
    assert (refused.code, refused.out, refused.err.count("\n")) == (2, "", 1)
    assert f"expected one of {', '.join(dict.fromkeys((*model.topics, *FOUR)))}, got 'gardening'" in refused.err
