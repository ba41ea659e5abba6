"""A3 and A4: one bad character or link costs itself alone, and no control character or formula reaches a reader.

Pages go through `extract`, feeds through `up`, and stored articles that hold such characters already through every output.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.terminal import Terminal
from tests.attack.parts.commands import environment, pressmark
from tests.attack.parts.pages import atom, json_feed, json_ld, page, rss, sitemap
from tests.attack.parts.sites import RawSite, answer, raw_site
from tests.integration.parts.service import RunningService

# Pages -------------------------------------------------------------------------------------------

HALF_AN_EMOJI = r"Trade agreement signed \ud83d"
"""As JSON has it where a system cut a headline after so many UTF-16 units."""
CONTROLS = "\x1b]0;owned\x07 \x08\x7f\x80\x9b31m\x9d\u202e"
"""ESC and BEL, backspace, DEL, three of C1 (padding, CSI, OSC) and the override of direction."""
FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]")
NESTED = "[" * 600 + '"Dara Sok"' + "]" * 600
IN_JSON = json.dumps(CONTROLS)[1:-1]
IN_HTML = "".join(f"&#{ord(character)};" for character in CONTROLS)

PAGES = {
    "surrogate in headline": json_ld(f'{{"@type":"NewsArticle","headline":"{HALF_AN_EMOJI}"}}'),
    "surrogate in author": json_ld(f'{{"@type":"NewsArticle","author":{{"@type":"Person","name":"Dara Sok {chr(92)}ud83d"}}}}'),
    "surrogate in publisher": json_ld(f'{{"@type":"NewsArticle","publisher":{{"@type":"Organization","name":"{HALF_AN_EMOJI}"}}}}'),
    "deep author": json_ld(f'{{"@type":"NewsArticle","author":{NESTED}}}'),
    "deep publisher": json_ld(f'{{"@type":"NewsArticle","publisher":{NESTED}}}'),
    "deep headline": json_ld(f'{{"@type":"NewsArticle","headline":{NESTED}}}'),
    "controls in JSON-LD headline": json_ld(f'{{"@type":"NewsArticle","headline":"Trade{IN_JSON} grows by a tenth"}}'),
    "controls in JSON-LD author": json_ld(f'{{"@type":"NewsArticle","author":{{"@type":"Person","name":"Dara{IN_JSON} Sok"}}}}'),
    "controls in JSON-LD publisher": json_ld(f'{{"@type":"NewsArticle","publisher":{{"name":"Border{IN_JSON} Post"}}}}'),
    "controls in meta title": f'<meta property="og:title" content="Trade{IN_HTML} grows by a tenth">',
    "controls in meta author": f'<meta name="author" content="Dara{IN_HTML} Sok">',
    "controls in meta site name": f'<meta property="og:site_name" content="Border{IN_HTML} Post">',
    "controls in meta description": f'<meta name="description" content="Rice{IN_HTML} and rubber">',
}
READ_BY_PEOPLE = ("title", "text", "authors", "site_name", "description")


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What `extract` makes of every page, by the page's name."""
    pages = {name: page(head=head) for name, head in PAGES.items()}
    pages["controls in title"] = page(title=f"Trade{IN_HTML} grows by a tenth")
    pages["controls in text"] = page(mark=f"Reported{IN_HTML} on Monday.")
    lines = [json.dumps({"id": name, "url": "https://press.test/2026/03/22/trade", "html": html}) for name, html in pages.items()]
    done = pressmark(tmp_path_factory.mktemp("extract"), "extract", "--jsonl", stdin="\n".join(lines).encode())
    return {row["id"]: row for row in done.lines}


@pytest.mark.parametrize("field", ["headline", "author", "publisher"])
def test_half_an_emoji_in_a_pages_own_data_costs_that_character_alone(extracted, field):
    # Given: a page whose JSON-LD was cut within an emoji; when it is read
    row = extracted[f"surrogate in {field}"]
    # Then
    assert "error" not in row, row["error"]
    told = json.dumps({name: row[name] for name in READ_BY_PEOPLE}, ensure_ascii=False)
    assert not re.search(r"[\ud800-\udfff]", told)
    assert "said on Monday" in row["text"]


@pytest.mark.parametrize("field", ["author", "publisher", "headline"])
def test_lists_nested_600_deep_in_a_pages_own_data_cost_that_field_alone(extracted, field):
    # Given: three kilobytes of brackets; when the page is read
    row = extracted[f"deep {field}"]
    # Then
    assert "error" not in row, row["error"]
    assert "said on Monday" in row["text"]


@pytest.mark.parametrize("place", [name for name in [*PAGES, "controls in title", "controls in text"] if name.startswith("controls")])
def test_no_control_character_of_a_page_is_in_its_article(extracted, place):
    # Given: ESC, BEL, BS, DEL, C1 and U+202E in one place of a page; when it is read
    row = extracted[place]
    # Then
    assert "error" not in row, row["error"]
    found = {name: FORBIDDEN.findall("\n".join(_texts(row[name]))) for name in READ_BY_PEOPLE}
    assert not any(found.values()), found


def _texts(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value or ""]


# Feeds and sitemaps ------------------------------------------------------------------------------

BAD_LINKS = ("http://[bad", "http://[::1", "//[", "http://press.test:99999999/x", "http://press.test:port/x", "http://a\u2100b.test/x")
KINDS = {"rss": rss, "atom": atom, "json_feed": json_feed, "sitemap": sitemap}


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningService, RawSite]]:
    """Four lists have gone through `up`, each with three good links among bad ones."""
    with raw_site({}) as site:
        for kind, make in KINDS.items():
            good = [site.url(f"/{kind}/{number}") for number in range(3)]
            site.answers |= {f"/{kind}/{number}": answer(page(mark=f"Report {kind} {number}.").encode()) for number in range(3)}
            links = [good[0], BAD_LINKS[0], good[1], *BAD_LINKS[1:], good[2]]
            site.answers[f"/lists/{kind}"] = answer(make(*links), "application/json" if kind == "json_feed" else "application/xml")
        folder = tmp_path_factory.mktemp("listed")
        with RunningService(folder, {**site.settings(), "PRESSMARK_BACKOFF": "0.1"}) as service:
            service.up()
            lists = [word for kind in KINDS for word in ("--sitemap" if kind == "sitemap" else "--feed", site.url(f"/lists/{kind}"))]
            service.call("enqueue", "--wait", "--json", *lists, ok=(0, 1))
            yield service, site


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_list_with_bad_links_among_good_ones_gives_the_good_ones(listed, kind):
    # Given: `http://[bad` and its like between three articles; when the list has been read
    service, site = listed
    # Then
    fetched = [path for path in site.asked if path.startswith(f"/{kind}/")]
    assert len(fetched) == 3, f"{len(fetched)} of 3 articles were asked for; the list was fetched {site.asked[f'/lists/{kind}']} times"
    assert site.asked[f"/lists/{kind}"] == 1
    assert "poison" not in service.call("dead", "list", "--json")


# Outputs -----------------------------------------------------------------------------------------

FORMULAS = {
    "plain": "=1+1",
    "full width equals": "＝1+1",
    "full width plus": "＋1+1",
    "full width minus": "－1+1",
    "full width at": "＠SUM(A1)",
    "small form": "﹦1+1",
    "zero-width space": "\u200b=1+1",
    "byte order mark": "\ufeff=1+1",
    "word joiner": "\u2060=1+1",
    "no-break space": "\u00a0=1+1",
    "blank": " =1+1",
    "semicolon": "Rice;=1+1",
    "tab": "Rice\t=1+1",
    "semicolon and full width": "Rice;＝1+1",
}
SEPARATED = ("semicolon", "tab", "semicolon and full width")
INVISIBLE = ("Cf", "Cc", "Zs", "Zl", "Zp")


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation of an earlier version: its articles hold control characters and formulas already."""
    folder = tmp_path_factory.mktemp("stored")
    world = {f"/{number}": answer(page(mark=f"Report number {number}.").encode()) for number in range(len(FORMULAS) + 1)}
    with raw_site(world) as site, RunningService(folder, {**site.settings()}) as service:
        service.up()
        service.enqueue([site.url(path) for path in world])
        service.until(lambda: service.settled() == len(world), 60)
    _plant(folder / "data" / "pressmark.sqlite")
    return folder


def _plant(database: Path) -> None:
    with sqlite3.connect(database) as connection:
        ids = [row[0] for row in connection.execute("SELECT item_id FROM articles ORDER BY item_id")]
        dirty = f"Trade{CONTROLS} grows"
        connection.execute("UPDATE articles SET title=?, authors=? WHERE item_id=?", (dirty, json.dumps([f"Dara{CONTROLS}"]), ids[0]))
        for number, formula in zip(ids[1:], FORMULAS.values(), strict=True):
            connection.execute("UPDATE articles SET title=? WHERE item_id=?", (formula, number))
    connection.close()


@pytest.fixture(scope="module")
def as_csv(stored: Path) -> str:
    """The articles of that installation as CSV, lines parted by a line feed alone."""
    done = pressmark(stored, "export", "--format", "csv")
    assert done.code == 0, done.err
    return done.out.replace("\r\n", "\n")


def test_csv_passes_on_no_control_character(as_csv):
    assert not set(FORBIDDEN.findall(as_csv))


@pytest.mark.parametrize("words", [("export",), ("search", "border")], ids=" ".join)
def test_tables_pass_on_no_control_character(stored, words):
    done = pressmark(stored, *words)
    assert "grows" in done.out
    assert not set(FORBIDDEN.findall(done.out))


@pytest.mark.parametrize("words", [("export", "--format", "jsonl"), ("search", "border", "--json")], ids=" ".join)
def test_json_on_a_terminal_passes_on_no_control_character(stored, words):
    # Given: the same command as a person runs it
    terminal = Terminal([sys.executable, "-m", "worker", *words], environment(stored, {}), stored, columns=200)
    try:
        # When
        assert terminal.end() == 0
        # Then
        assert "grows" in terminal.screen
        assert not set(FORBIDDEN.findall(terminal.screen.replace("\r", "")))
    finally:
        terminal.close()


def begins_a_formula(cell: str) -> bool:
    """As a spreadsheet sees it that drops what is invisible and takes full-width signs for their plain forms."""
    visible = "".join(character for character in cell if unicodedata.category(character) not in INVISIBLE)
    return unicodedata.normalize("NFKC", visible)[:1] in {"=", "+", "-", "@"}


@pytest.mark.parametrize("name", [name for name in FORMULAS if name not in SEPARATED])
def test_no_cell_of_csv_begins_with_a_formula(as_csv, name):
    # Given: the title of one article is a formula; when everything is written as CSV
    rows = sorted(csv.DictReader(io.StringIO(as_csv)), key=lambda row: int(row["item_id"]))
    title = rows[1 + list(FORMULAS).index(name)]["title"]
    # Then
    assert "1+1" in title or "SUM" in title
    assert not begins_a_formula(title)


@pytest.mark.parametrize("name", SEPARATED)
def test_a_formula_behind_another_separator_is_quoted_or_broken(as_csv, name):
    # Given: a spreadsheet whose locale parts cells at semicolons, or at tabs
    separator = FORMULAS[name][4]
    # When it meets a cell that stands without quotes
    bare = [line for line in as_csv.splitlines() if f"Rice{separator}" in line and f'"Rice{separator}' not in line]
    # Then no part of it is a formula
    assert not [line for line in bare if begins_a_formula(line.partition(f"Rice{separator}")[2])]
