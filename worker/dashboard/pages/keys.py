"""List the keys; the page can switch them off."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from worker.dashboard.pages.page import page
from worker.dashboard.security.access import Role, Route
from worker.dashboard.state import state_of
from worker.dashboard.view import guide
from worker.dashboard.view.rendering import show
from worker.operations.models import label_set

EVERYWHERE = (
    ("?", "this list"),
    ("/", "search articles"),
    ("g o", "Overview"),
    ("g a", "Articles"),
    ("g r", "Review"),
    ("g n", "Add URLs"),
    ("g j", "Jobs"),
    ("g s", "Sources"),
    ("g d", "Dead letters"),
    ("g w", "Waiting"),
    ("g h", "Hosts"),
    ("g m", "Models"),
    ("Esc", "close a dialog"),
)
LISTS = (("j", "down"), ("k", "up"), ("Enter", "open"))
ARTICLE = (
    ("j", "older article"),
    ("k", "newer article"),
    ("u", "back to the list"),
    ("v", "the page itself, in a new tab"),
    ("e", "the next sentence that speaks for a label"),
    ("r", "correct the labels"),
)


def keys(request: Request) -> Response:
    """Every key with what it does."""
    entries = guide.topics(label_set(state_of(request).services))
    topics = [(entry.key, f"{entry.label}: on, off") for entry in entries if entry.key]
    main = [(f"1–{min(len(entries), 9)}", "main topic; 0: none")]
    kinds = [(entry.key, f"{entry.label}: keeps the answer and goes on") for entry in guide.source_types()]
    review = (*topics, *main, *kinds, ("s", "skip"), ("u", "undo the last answer"))
    groups = {"Everywhere": EVERYWHERE, "Lists": LISTS, "An article": ARTICLE, "Review": review}
    return show(request, "keys.html", page="", groups=groups)


ROUTES = (Route("GET", "/keys", Role.VIEWER, page(keys)),)
