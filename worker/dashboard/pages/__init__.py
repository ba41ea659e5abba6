"""Answer browsers: one module a page, each with its rows of the table of routes."""

from __future__ import annotations

from worker.dashboard.pages import overview, sign_in

ROUTES = (*overview.ROUTES, *sign_in.ROUTES)

LIVE = {**overview.LIVE}
"""Pages with live parts, by their name in `/live/…`."""
