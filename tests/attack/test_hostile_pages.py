"""A11 and A12: no page or list costs more than 5 s of CPU and 400 MB, whatever it is made of, and a menu is no article.

Each page is read once in a process of its own, with no limit but time, so that what it costs is seen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.attack.parts.commands import pressmark

MANY = 100_000
CPU = 5.0
"""Seconds, of PRESSMARK_PARSE_CPU."""
MEMORY = 400.0
"""Megabytes, those of the libraries included."""
PATIENCE = 40.0
"""Seconds after which a page is given up: eight times what it may take, for a busy machine."""


def many(element: str, count: int = MANY) -> Callable[[], str]:
    """A page of nothing but this element; `{}` in it is a number."""
    return lambda: f"<html><head><title>Report</title></head><body>{''.join(element.format(n) for n in range(count))}</body></html>"


def attributes(before: str, after: str) -> Callable[[], str]:
    """A list whose one entry has that many attributes."""
    return lambda: f"{before} {' '.join(f'a{n}={chr(34)}1{chr(34)}' for n in range(MANY))}>{after}"


SLOW: dict[str, tuple[str, Callable[[], str]]] = {
    "paragraphs": ("article", many("<p>Word {}</p>")),
    "divisions": ("article", many("<div>Word {}</div>")),
    "list items": ("article", many("<li>Word {}</li>")),
    "rows of a table": ("article", many("<tr><td>Word {}</td></tr>")),
    "headings": ("article", many("<h2>Word {}</h2>")),
    "attributes of a sitemap's entry": ("sitemap", attributes("<urlset><url", "<loc>http://a/</loc></url></urlset>")),
    "attributes of a feed's item": ("feed", attributes("<rss><channel><item", "<link>http://a/</link></item></channel></rss>")),
}
QUICK: dict[str, tuple[str, Callable[[], str]]] = {
    "30,000 paragraphs": ("article", many("<p>Word {}</p>", 30_000)),  # 40,000 took 3 s alone, and 5 beside two processes on a slow machine
    "spans": ("article", many("<span>Word {}</span>")),
    "links": ("article", many("<a href=/{}>Word</a>")),
    "divisions, one in the other": ("article", many("<div>")),
    "images": ("article", many("<img src=/{}>")),
    "attributes of a paragraph": ("article", attributes("<html><body><p", "hello</p></body></html>")),
    "one paragraph of 4.9 MB": ("article", many("<p>" + "the border trade ministry said so. " * 140_000, 1)),
    "one word of 4.9 MB": ("article", many("<p>" + "a" * 4_900_000, 1)),
    "items of a feed": ("feed", lambda: f"<rss><channel>{'<item><link>http://a/</link></item>' * MANY}</channel></rss>"),
    "namespaces": ("sitemap", lambda: f"<urlset><url {' '.join(f'xmlns:a{n}={chr(34)}u{chr(34)}' for n in range(MANY))}/></urlset>"),
}


@pytest.mark.parametrize("name", [*SLOW, *QUICK])
def test_a_page_of_many_elements_stays_within_its_budget(tmp_path, name, figure):
    # Given
    kind, make = (SLOW | QUICK)[name]
    (tmp_path / "page").write_text(make())
    # When
    done = pressmark(tmp_path, kind, str(tmp_path / "page"), module="tests.attack.parts.read_page", patience=PATIENCE)
    # Then
    cost: dict[str, Any] = done.json if done.code == 0 else {"cpu": done.cpu, "mb": done.memory}
    figure(f"{name}: seconds of CPU{'' if done.code == 0 else ', and no end'}", cost["cpu"])
    figure(f"{name}: MB", round(cost["mb"]))
    assert cost["cpu"] < CPU
    assert cost["mb"] < MEMORY
    assert done.code == 0, done.err


@pytest.mark.parametrize("element", ["p", "div"])
def test_extract_reads_or_refuses_a_large_page_before_its_cpu_is_used_up(tmp_path, element):
    # Given: 4 MB
    make = many(f"<{element}>Lorries with rice waited, says report {{}}.</{element}>")
    (tmp_path / "page.html").write_text(make())
    # When: on a machine that may take its time
    done = pressmark(tmp_path, "extract", "page.html", settings={"PRESSMARK_PARSE_TIMEOUT": "120"}, patience=PATIENCE)
    # Then: an article, or a refusal that says what is wrong with the page
    assert done.code in (0, 1)
    assert "of CPU" not in done.err


def menu(links: int) -> str:
    """A page of navigation and nothing else."""
    items = "".join(f'<li><a href="/section/{number}">Section number {number} of the news</a></li>' for number in range(links))
    return f"<html><head><title>Daily News</title></head><body><nav><ul>{items}</ul></nav></body></html>"


@pytest.mark.parametrize("links", [20, 80, 300])
def test_a_page_of_menu_links_is_no_article(tmp_path, links):
    (tmp_path / "page.html").write_text(menu(links))
    done = pressmark(tmp_path, "try", "page.html", "--json")
    assert (done.json["outcome"], done.json["reason"]) in {("dead", "no-text"), ("dead", "not-article")}, done.json["text"][:200]
