"""Each page, in light and dark, wide and narrow: answers, is quiet, accessible and within its width; its picture for docs/."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PICTURES, World, watched

PAGES = {
    "overview": "/",
    "articles": "/articles",
    "articles-found": "/articles?q=trade",
    "articles-empty": "/articles?q=nothing-has-this-word",
    "article": "first of /articles",
    "review": "/review",
    "agreement": "/review/agreement",
    "add": "/add",
    "jobs": "/jobs",
    "job": "/jobs/1",
    "job-report": "/jobs/1/report",
    "sources": "/sources",
    "dead": "/dead",
    "incident": "first of /dead",
    "due": "/due",
    "hosts": "/hosts",
    "host": "first of /hosts",
    "models": "/models",
    "settings": "/settings",
    "log": "/log",
    "keys": "/keys",
}
"""Name of the picture and the address; `first of` follows the first link from a list to one of its rows."""
WIDTHS = {"wide": 1280, "phone": 390, "narrow": 320}
ENDINGS = {("wide", "light"): "", ("wide", "dark"): "-dark", ("phone", "light"): "-phone"}
"""How the picture of a page in this form is called in docs/."""
HIGHEST = 1600
"""Pixels of a picture: fifty rows of a list show no more than twenty do."""
HIDE_PLACES = """folder => {
  const nodes = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (nodes.nextNode()) nodes.currentNode.data = nodes.currentNode.data.replace(folder, "/home/ann/pressmark");
}"""
"""Puts an ordinary folder in a picture where the page names that of the test."""
AXE_RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}


def address_of(page: Page, base: str, place: str) -> str:
    """The path of a page of the table above."""
    if not place.startswith("first of "):
        return place
    listed = place.removeprefix("first of ")
    page.goto(base + listed)
    links = [link.get_attribute("href") or "" for link in page.locator("main a[href]").all()]
    row = next((link for link in links if re.fullmatch(rf"{re.escape(listed)}/(?!drop|send)[^?#]*[^/?#](\?.*)?", link)), None)
    assert row is not None, f"{listed} links to none of its rows: {links}"
    return row


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_quiet_accessible_and_within_its_width(browser: Browser, world: World, pictures: Path, name: str) -> None:
    with watched(browser, world.address) as finder:
        path = address_of(finder.page, world.address, PAGES[name])
    faults = []
    for colours, (width, pixels) in product(("light", "dark"), WIDTHS.items()):
        with watched(browser, world.address, viewport={"width": pixels, "height": 900}, color_scheme=colours) as seen:
            seen.open(path)
            found = faults_of(seen.page) + (axe_faults(seen.page) if width != "narrow" else [])
            faults += [f"{width}, {colours}: {fault}" for fault in found]
            ending = ENDINGS.get((width, colours))
            if PICTURES and ending is not None:
                pictures.mkdir(exist_ok=True)
                seen.page.evaluate(HIDE_PLACES, str(world.home.folder))
                height = min(seen.page.evaluate("document.documentElement.scrollHeight"), HIGHEST)
                clip = {"x": 0, "y": 0, "width": pixels, "height": height}
                seen.page.screenshot(path=pictures / f"{name}{ending}.png", full_page=True, clip=clip)
            seen.expect_quiet()
    assert faults == []


def faults_of(page: Page) -> list[str]:
    """What a page must not have: no heading or two, a line over its edge, a control too small to hit."""
    faults = []
    if page.locator("h1").count() != 1:
        faults.append(f"{page.locator('h1').count()} first headings")
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if over > 0:
        faults.append(f"{over} px over the edge")
    if page.title() in ("", "Pressmark"):
        faults.append("no title of its own")
    return faults


def axe_faults(page: Page) -> list[str]:
    """Serious and critical findings of axe-core."""
    found = Axe().run(page, options=AXE_RULES).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    return [f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}" for one in serious]


def test_every_page_of_the_table_of_routes_is_looked_at(world: World) -> None:
    """A page that nobody added here would not be tested: the side bar and this table name the same ones."""
    import requests

    text = requests.get(world.address + "/", timeout=20).text
    side = set(re.findall(r'class="item" href="([^"]+)"', text))
    assert side
    assert side <= set(PAGES.values())
