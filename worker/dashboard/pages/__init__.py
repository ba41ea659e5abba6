"""Answer browsers: each module is one page, with its rows of the table of routes."""

from __future__ import annotations

from worker.dashboard.pages import keys, overview, sign_in
from worker.dashboard.pages.collect import add, follow, jobs, sources
from worker.dashboard.pages.fix import dead, due, hosts
from worker.dashboard.pages.manage import log, models, settings
from worker.dashboard.pages.read import agreement, article, articles, feeds, review

_PAGES = (
    overview,
    sign_in,
    keys,
    articles,
    article,
    feeds,
    review,
    agreement,
    add,
    jobs,
    follow,
    sources,
    dead,
    due,
    hosts,
    models,
    settings,
    log,
)
ROUTES = tuple(route for module in _PAGES for route in module.ROUTES)
LIVE = {**overview.LIVE, **articles.LIVE, **jobs.LIVE, **due.LIVE, **dead.LIVE, **models.LIVE}
"""Pages with live parts, by their name in `/live/…`."""
