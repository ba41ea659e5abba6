"""Every page, empty and full: whole, valid, in plain HTML, and with nothing of a page's own words as markup."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import lxml.html
import pytest
from fastapi import FastAPI

from tests.unit.dashboard.asgi import ask
from tests.unit.dashboard.filled import fill
from worker.bootstrap.dashboard import DashboardServices
from worker.dashboard.view import assets
from worker.dashboard.view.rendering import environment

TEMPLATES = Path(assets.FOLDER).parent / "templates"
PLACES = (
    *("/", "/?range=day", "/?range=month", "/articles", "/articles?q=trade&topic=trade&doubt=topic&stored=today&once=1&by=day", "/review"),
    *("/articles?since=nope&topic=x&source_type=y", "/review?second=1", "/review/agreement", "/add", "/jobs", "/sources", "/dead"),
    *("/dead?reason=tls&host=x&since=week", "/dead/send", "/dead/drop", "/dead/sent?items=1,2&left=3&reason=tls", "/due", "/due/try"),
    *("/pauses", "/hosts", "/hosts?host=out", "/models", "/models/rollback", "/settings", "/log", "/log?who=ann&what=dead", "/keys"),
    *("/sign-in", "/nothing", "/articles/999999", "/jobs/nope", "/models/nope", "/hosts/nope", "/dead/tls/nope"),
)
OURS = {assets.address_of(name) for name in ("app.js", "vendor/htmx.min.js", "vendor/hx-sse.min.js", "vendor/uPlot.iife.min.js")}
SECRETS = ("redis://127.0.0.1:1/0",)


@pytest.fixture
def items(services: DashboardServices) -> list[int]:
    return fill(services)


def parsed(app: FastAPI, path: str) -> tuple[int, lxml.html.HtmlElement]:
    answer = ask(app, "GET", path)
    assert answer.status != 500, path
    return answer.status, lxml.html.fromstring(answer.body.decode())


def expect_sound(page: lxml.html.HtmlElement, path: str) -> None:
    """What every page must be: one heading, ids once, scripts only of ours, no style, handler or address that runs."""
    assert len(page.findall(".//h1")) == 1, path
    ids = [element.get("id") for element in page.iter() if isinstance(element.tag, str) and element.get("id")]
    assert len(ids) == len(set(ids)), (path, sorted(ids))
    assert {script.get("src") for script in page.findall(".//script")} <= OURS, path
    for element in page.iter():
        if not isinstance(element.tag, str):
            continue
        assert element.tag not in ("iframe", "object", "embed", "img", "video", "base", "style", "math"), (path, element.tag)
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on"), (path, name)
            assert name.lower() not in ("style", "srcdoc", "srcset", "background", "autofocus"), (path, name)
            assert not (name in ("href", "action", "src") and re.match(r"\s*(javascript|data|vbscript):", value, re.IGNORECASE)), (
                path,
                value,
            )
            assert not (name.startswith(("hx-", "data-hx-")) and name not in KNOWN_HX), (path, name)


KNOWN_HX = {"hx-sse:connect", "hx-swap", "hx-ignore"}


def expect_keys_once(page: lxml.html.HtmlElement, path: str) -> None:
    keys = [element.get("data-key") for element in page.iter() if isinstance(element.tag, str) and element.get("data-key")]
    assert len(keys) == len(set(keys)), (path, sorted(keys))
    go = [element.get("data-go") for element in page.iter() if isinstance(element.tag, str) and element.get("data-go")]
    assert len(go) == len(set(go)), path


@pytest.mark.parametrize("path", PLACES)
def test_a_page_of_an_empty_installation_is_sound(app: FastAPI, path: str) -> None:
    _, page = parsed(app, path)
    expect_sound(page, path)
    expect_keys_once(page, path)


def test_every_page_of_a_full_installation_is_sound_whatever_pages_said(app: FastAPI, items: list[int]) -> None:
    articles = [f"/articles/{item}{query}" for item in items for query in ("", "?correct=1&q=x")]
    places = [
        *PLACES,
        *articles,
        f"/articles/{items[0]}/take-down",
        "/jobs/1",
        "/jobs/1/report",
        "/jobs/1/stop",
        "/models/candidate-1",
        "/hosts/held.test",
    ]
    places += [
        "/jobs/1/report",
        "/hosts/held.test/pause",
        "/due?host=held.test",
        "/dead/tls/outlet37.test%3A443",
        "/dead/send?reason=tls",
        "/dead/drop?reason=tls",
    ]
    for path in places:
        _, page = parsed(app, path)
        expect_sound(page, path)
        expect_keys_once(page, path)


def test_what_a_page_said_is_shown_as_it_stands(app: FastAPI, items: list[int]) -> None:
    from tests.browser.payloads import PAYLOADS

    for item, payload in zip(items, PAYLOADS, strict=True):
        _, page = parsed(app, f"/articles/{item}")
        [title] = page.findall(".//h1")
        assert payload.split()[0] in " ".join(title.text_content().split()), payload
        assert title.get("lang") in ("en", "km", "th", "vi", "ar")
        assert title.get("dir") == "auto"


def test_links_to_the_outside_say_nothing_of_us(app: FastAPI, items: list[int]) -> None:
    for item in items[:5]:
        _, page = parsed(app, f"/articles/{item}")
        outside = [link for link in page.findall(".//a") if (link.get("href") or "").startswith("http")]
        assert outside
        for link in outside:
            assert link.get("rel") == "noopener noreferrer nofollow"
            assert link.get("target") == "_blank"


def test_settings_show_no_secret(app: FastAPI) -> None:
    body = ask(app, "GET", "/settings").body.decode()
    assert not [secret for secret in SECRETS if secret in body]


def test_templates_have_no_inline_style_handler_or_unescaped_piece() -> None:
    for template in TEMPLATES.rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        found = re.findall(r"\bstyle=|<[^>]*\son\w+=|\|\s*safe\b|Markup|autoescape|<style|<script(?! src=\"\{\{ asset\()", text)
        assert found == [], (template.name, found)
    assert environment().autoescape is True


@pytest.mark.parametrize("name", ["app.css", "app.js"])
def test_our_own_files_load_nothing_from_elsewhere(name: str) -> None:
    text = (assets.FOLDER / name).read_text(encoding="utf-8")
    assert not re.findall(r"https?://(?!www\.w3\.org)|@import|url\(|\beval\(|new Function|innerHTML|document\.write", text)
    assert name != "app.js" or text.count("\n") <= 250


def test_every_label_of_a_field_names_a_field(app: FastAPI, items: list[int]) -> None:
    for path in (*PLACES, f"/articles/{items[0]}?correct=1"):
        _, page = parsed(app, path)
        ids = {element.get("id") for element in page.iter() if isinstance(element.tag, str)}
        for label in page.findall(".//label"):
            assert label.get("for") in ids or label.find(".//input") is not None, (path, label.text_content())
        for field in page.xpath(".//input[not(@type='hidden')] | .//select | .//textarea"):
            inside = field.getparent().tag == "label"
            named = field.get("aria-label") or inside or page.xpath(f".//label[@for='{field.get('id')}']")
            assert named, (path, field.get("name"))


def test_a_link_within_the_window_leads_to_something(app: FastAPI, items: list[int]) -> None:
    for path in ("/", "/articles", f"/articles/{items[1]}", "/dead", "/due", "/hosts", "/jobs", "/models", "/review/agreement", "/log"):
        _, page = parsed(app, path)
        for link in {a.get("href") for a in page.findall(".//a") if (a.get("href") or "").startswith("/")}:
            place = link.partition("?")[0].partition("#")[0]
            assert app.state.table.find("GET", re.sub(r"%[0-9A-Fa-f]{2}", "x", quote(place, safe="/%"))) is not None, (path, link)
