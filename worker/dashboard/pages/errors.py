"""Explain in words, in the frame of every page, why a request was not carried out."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from worker.dashboard.pages import sign_in
from worker.dashboard.security.answers import Refused
from worker.dashboard.view.rendering import show

TITLES = {
    400: "That cannot be read",
    403: "Not allowed",
    404: "Not here",
    405: "Not here",
    409: "It has changed",
    413: "Too large",
    429: "Too many tries",
    500: "Something went wrong here",
    503: "The database cannot be reached",
}
REMEDIES = {
    503: "Is the server up, and the disk not full? PRESSMARK_DATABASE_URL says where it is; `pressmark doctor` looks closer. "
    "Nothing is lost. This page tries again by itself.",
}


def as_page(request: Request, refused: Refused) -> Response:
    """The page in place of the one that was asked for; the form to sign in, where that comes first."""
    if refused.status == 401:
        return sign_in.form(request, refused)
    title = "Redis cannot be reached" if refused.status == 503 and "Redis" in refused.message else TITLES[refused.status]
    return show(
        request,
        "error.html",
        status=refused.status,
        headers=refused.headers,
        wait=False,
        page="",
        title=title,
        message=refused.message,
        remedy=REMEDIES.get(refused.status, ""),
        again=refused.status == 503 and request.method == "GET",
    )
