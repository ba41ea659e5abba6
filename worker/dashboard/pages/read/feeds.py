"""Give a search as a feed (RSS 2.0), so that it is saved wherever feeds are read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from starlette.requests import Request
from starlette.responses import Response

from worker.dashboard.pages.page import page
from worker.dashboard.pages.read.search import Search
from worker.dashboard.security.access import Role, Route
from worker.dashboard.security.answers import bad_request
from worker.dashboard.state import state_of
from worker.dashboard.view import words
from worker.dashboard.view.rendering import clock, part
from worker.operations import articles
from worker.results import Result

NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 cannot hold, not even escaped."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as a feed shows it."""

    title: str
    link: str
    published: str
    """As RFC 822 has it; empty where it is not known."""
    told: str
    """Outlet and labels."""


def feed(request: Request) -> Response:
    """The newest articles of a search; the address is that of the list."""
    state = state_of(request)
    search, faults = Search.of(request.query_params)
    if faults:
        raise bad_request(" ".join(faults.values()))
    found = articles.search(state.services, search.filter(clock(state.settings)))
    base = str(request.base_url).rstrip("/")
    text = part(
        *("articles.rss", state.settings),
        title=_text(f"Articles {search.told()}".strip()),
        link=base + search.address(),
        entries=[_entry(result, base) for result in found.results],
    )
    return Response(text, media_type="application/rss+xml")


def _entry(result: Result, base: str) -> Entry:
    """The link leads to the article here, where its text and labels are."""
    labels = [words.label(topic) for topic in result.decided("yes") or ()]
    told = " · ".join([result.outlet, *labels])
    return Entry(_text(result.title or result.url or ""), f"{base}/articles/{result.stored_id}", _moment(result), _text(told))


def _moment(result: Result) -> str:
    try:
        at = datetime.fromisoformat(result.published_at or "")
    except ValueError:
        return ""
    return format_datetime(at if at.tzinfo else at.replace(tzinfo=UTC))


def _text(value: str) -> str:
    return NO_XML.sub("", value)


ROUTES = (Route("GET", "/articles.rss", Role.VIEWER, page(feed)),)
