"""The list of articles: taken away as CSV and JSON lines, saved as a feed, and told of what is new."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
from datetime import UTC, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import lxml.etree
import lxml.html
import pytest
from fastapi import FastAPI

from classifier.training.gate import LabelFigures
from tests.unit.dashboard.asgi import ask
from tests.unit.dashboard.filled import fill
from worker.bootstrap.dashboard import DashboardServices
from worker.dashboard.pages import LIVE
from worker.dashboard.pages.collect.source_words import Told
from worker.dashboard.view.figures import Clock
from worker.models.training import Verdict
from worker.operations import articles, promote
from worker.operations.sharing.result_rows import COLUMNS
from worker.storage.search import SearchFilter


@pytest.fixture
def items(services: DashboardServices) -> list[int]:
    return fill(services)


def test_a_search_is_exported_as_the_command_writes_it(app: FastAPI, services: DashboardServices, items: list[int]) -> None:
    lines = ask(app, "GET", "/export/articles?language=km").body.decode().splitlines()
    found = list(articles.found_by(services, SearchFilter(language="km")))
    assert found
    assert [json.loads(line) for line in lines] == [json.loads(json.dumps(result.to_dict())) for result in found]
    answer = ask(app, "GET", "/export/articles?language=km&format=csv")
    text = answer.body.decode()
    assert text.startswith("\ufeff")
    header, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert tuple(header) == COLUMNS
    assert [int(row[0]) for row in rows] == [result.stored_id for result in found]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@"))]


@pytest.mark.skipif(importlib.util.find_spec("pyarrow") is None, reason="pyarrow is an extra that nothing else needs")
def test_a_search_is_taken_away_as_parquet_with_the_rows_of_the_list(
    app: FastAPI, services: DashboardServices, items: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyarrow.parquet

    monkeypatch.setattr("worker.operations.sharing.parquet.ROWS_A_GROUP", 2)
    links = lxml.html.fromstring(ask(app, "GET", "/articles?language=km").body.decode())
    [address] = links.xpath("//a[.='Parquet']/@href")
    answer = ask(app, "GET", address)
    assert (answer.status, answer.headers["content-disposition"]) == (200, 'attachment; filename="articles.parquet"')
    file = pyarrow.parquet.ParquetFile(io.BytesIO(answer.body))
    assert file.num_row_groups > 1
    found = list(articles.found_by(services, SearchFilter(language="km")))
    assert [row["item_id"] for row in file.read().to_pylist()] == [result.item_id for result in found]


def test_without_the_extra_parquet_is_not_offered_and_asking_for_it_says_what_to_install(
    app: FastAPI, items: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.operations.sharing.parquet.installed", lambda: False)
    assert ">Parquet<" not in ask(app, "GET", "/articles").body.decode()
    answer = ask(app, "GET", "/export/articles?format=parquet")
    assert answer.status == 400
    assert "pressmark[parquet]" in answer.body.decode()


@pytest.mark.parametrize("query", ["", "?language=km&q=Article", "?topic=trade&doubt=topic&once=1", "?since=2020-01-01&outlet=x%26y"])
def test_the_feeds_of_a_list_have_its_articles(app: FastAPI, items: list[int], query: str) -> None:
    page = lxml.html.fromstring(ask(app, "GET", f"/articles{query}").body.decode())
    listed = [int(link.get("href").partition("?")[0].rsplit("/", 1)[1]) for link in page.xpath("//a[@data-row]")]
    rss, feed = page.xpath("//head/link[@rel='alternate']/@href")
    assert [rss, feed] == page.xpath("//main//a[starts-with(@href, '/api/v1/')]/@href")
    told = json.loads(ask(app, "GET", feed).body)
    assert [item["_pressmark"]["item_id"] for item in told["items"]] == listed
    assert len(lxml.etree.fromstring(ask(app, "GET", rss).body).findall("channel/item")) == len(listed)


@pytest.mark.parametrize("query", ["job=1", "stored=today", "topic=none", "q=%22two+words%22"])
def test_a_search_that_the_api_does_not_have_offers_no_feed_of_it(app: FastAPI, items: list[int], query: str) -> None:
    page = lxml.html.fromstring(ask(app, "GET", f"/articles?{query}").body.decode())
    assert page.xpath("//a[starts-with(@href, '/api/v1/')] | //link[@rel='alternate']") == []
    assert page.xpath(f"//main//a[@href='/articles.rss?{query}']")


def test_an_unknown_format_is_told(app: FastAPI) -> None:
    answer = ask(app, "GET", "/export/articles?format=exe")
    assert answer.status == 400
    assert "expected one of jsonl, csv, parquet" in answer.body.decode()


def test_a_saved_search_is_a_feed_whatever_titles_hold(app: FastAPI, items: list[int]) -> None:
    answer = ask(app, "GET", "/articles.rss?language=km")
    assert answer.status == 200
    feed = lxml.etree.fromstring(answer.body)
    assert feed.findtext("channel/title") == "Articles in Khmer"
    links = [link.text or "" for link in feed.findall("channel/item/link")]
    assert links
    assert all(ask(app, "GET", "/" + link.split("/", 3)[3]).status == 200 for link in links)
    page = lxml.html.fromstring(ask(app, "GET", "/articles?language=km").body.decode())
    assert "/articles.rss?language=km" in [link.get("href") for link in page.findall(".//a")]
    assert ask(app, "GET", "/articles.rss?since=nope").status == 400


def test_what_is_new_is_counted_for_the_search_that_is_shown(app: FastAPI, services: DashboardServices, items: list[int]) -> None:
    state = app.state.dashboard

    def told(query: str) -> str:
        return LIVE["articles"](state, {"query": query, **dict(part.split("=") for part in query.split("&") if part)})["new-articles"]

    km = len(list(articles.found_by(services, SearchFilter(language="km"))))
    assert told(f"shown={0}") == f"{len(items)} new. Show them"
    assert told("language=km&shown=0") == f"{km} new. Show them"
    assert told("shown=9999999999") == ""
    for foreign in ("", "shown=x", "shown=-1", "shown=99999999999999999999", "since=nope&shown=0"):
        assert told(foreign) == ""
    page = lxml.html.fromstring(ask(app, "GET", "/articles?language=km").body.decode())
    [connected] = [
        element.get("hx-sse:connect") for element in page.iter() if isinstance(element.tag, str) and element.get("hx-sse:connect")
    ]
    assert connected.startswith("/live/articles?language=km&shown=")
    assert page.get_element_by_id("new-articles").get("href") == "/articles?language=km"


def test_a_source_says_that_its_host_is_paused() -> None:
    at = Clock(ZoneInfo("UTC"), datetime.now(UTC).timestamp())
    told = Told(at, frozenset({"wire.test:443", "old.test:80", "odd.test:8443"}))
    paused = {
        url: told.host_paused(SimpleNamespace(url=url)) for url in ("https://wire.test/feed", "http://wire.test/feed", "http://old.test/f")
    }
    assert paused == {"https://wire.test/feed": "wire.test", "http://wire.test/feed": "", "http://old.test/f": "old.test"}
    assert told.host_paused(SimpleNamespace(url="https://odd.test:8443/feed")) == "odd.test"


def test_a_model_is_compared_label_by_label(app: FastAPI, items: list[int], monkeypatch) -> None:
    labels = (LabelFigures("trade", 40, 0.912, 0.9), LabelFigures("official", 30, 0.7, 0.8))
    verdict = Verdict(False, 60, 0.8, 0.85, 0.04, 0.03, ("macro-F1 is worse",), labels)
    monkeypatch.setattr(promote, "verdict", lambda *_: verdict)
    page = lxml.html.fromstring(ask(app, "GET", "/models/candidate-1").body.decode())
    rows = [[cell.text_content() for cell in row] for row in page.findall(".//tbody/tr")]
    assert ["Trade", "40", "0.900", "0.912", "+0.012"] in rows
    assert ["Official", "30", "0.800", "0.700", "-0.100, worse"] in rows


def test_the_key_e_leads_through_the_evidence(app: FastAPI, items: list[int]) -> None:
    page = lxml.html.fromstring(ask(app, "GET", f"/articles/{items[0]}").body.decode())
    [link] = [link for link in page.findall(".//a") if link.get("data-key") == "e"]
    assert page.get_element_by_id(link.get("href").removeprefix("#")).tag == "mark"
    assert "the next sentence" in ask(app, "GET", "/keys").body.decode()
