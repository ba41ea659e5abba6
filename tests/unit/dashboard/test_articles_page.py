"""The list of articles: taken away as CSV and JSON lines, saved as a feed, and told of what is new."""

from __future__ import annotations

import csv
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


def test_an_unknown_format_is_told(app: FastAPI) -> None:
    answer = ask(app, "GET", "/export/articles?format=exe")
    assert answer.status == 400
    assert "expected jsonl or csv" in answer.body.decode()


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
