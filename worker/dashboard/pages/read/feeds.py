"""Give a search as a feed (RSS 2.0), so that any feed reader can keep it."""

from __future__ import annotations

from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from worker.dashboard.pages.page import page
from worker.dashboard.pages.read.search import Search
from worker.dashboard.security.access import Role, Route
from worker.dashboard.security.answers import bad_request
from worker.dashboard.state import state_of
from worker.dashboard.view import words
from worker.dashboard.view.rendering import clock
from worker.operations import articles
from worker.operations.sharing.feeds import RSS, About, Own, rss
from worker.results import Result


def feed(request: Request) -> Response:
    """The newest articles of a search; the address is that of the list."""
    state = state_of(request)
    search, faults = Search.of(request.query_params, state.services)
    if faults:
        raise bad_request(" ".join(faults.values()))
    found = articles.search(state.services, search.filter(clock(state.settings)))
    base = str(request.base_url).rstrip("/")
    title = f"Articles {search.told()}".strip()
    about = About(title, str(request.url), base + search.address(), f"Pressmark: {title}, the last published first")
    return Response(rss(found.results, about, partial(_own, base)), media_type=RSS)


def _own(base: str, result: Result) -> Own:
    """The page of this dashboard that has the article's text and labels."""
    labels = [words.label(topic) for topic in result.decided("yes") or ()]
    return Own(f"{base}/articles/{result.stored_id}", " · ".join([result.outlet, *labels]))


ROUTES = (Route("GET", "/articles.rss", Role.VIEWER, page(feed)),)
