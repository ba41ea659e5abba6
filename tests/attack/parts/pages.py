"""Pages of ordinary news around what a test plants in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

STORY = (
    "The ministry of commerce said on Monday that trade across the border grew by a tenth in the first half of the year.",
    "Lorries with rice, cassava and rubber waited at the crossing for two hours on average, an official of the customs office said.",
    "Farmers in the province hope that the new bridge over the river, which opens in November, will shorten the way to the market.",
    "The two governments had agreed in March to keep the crossing open until ten in the evening, seven days a week.",
)
TITLE = "Trade across the border grows by a tenth"
NEWS_ARTICLE = {"@context": "https://schema.org", "@type": "NewsArticle", "datePublished": "2026-03-22"}


def page(*, title: str = TITLE, head: str = "", story: tuple[str, ...] = STORY, mark: str = "") -> str:
    """An article; `head` goes into its head, `mark` into its text to make it unlike others."""
    paragraphs = "".join(f"<p>{paragraph}{' ' + mark if mark else ''}</p>" for paragraph in story)
    return (
        f'<html lang="en"><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f"<body><article><h1>{TITLE}</h1>{paragraphs}</article></body></html>"
    )


def json_ld(article: Mapping[str, Any] | str) -> str:
    """A script of JSON-LD; a text is taken as it is."""
    text = article if isinstance(article, str) else json.dumps({**NEWS_ARTICLE, **article})
    return f'<script type="application/ld+json">{text}</script>'


def rss(*links: str) -> bytes:
    """A feed with an item for each link."""
    items = "".join(f"<item><title>News</title><link>{link}</link></item>" for link in links)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{items}</channel></rss>'.encode()


def atom(*links: str) -> bytes:
    """A feed with an entry for each link."""
    entries = "".join(f'<entry><title>News</title><link href="{link}"/></entry>' for link in links)
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>{entries}</feed>'.encode()


def json_feed(*links: str) -> bytes:
    """A feed with an item for each link."""
    items = [{"id": str(number), "url": link} for number, link in enumerate(links)]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": items}).encode()


def sitemap(*links: str) -> bytes:
    """A sitemap with an entry for each link."""
    entries = "".join(f"<url><loc>{link}</loc></url>" for link in links)
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'.encode()
