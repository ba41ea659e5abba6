"""Follow a paper: look for its feeds, show those that were found, and follow the chosen ones."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from worker.dashboard.discovery import WITHIN, Search
from worker.dashboard.pages.collect import source_words
from worker.dashboard.pages.page import ACT_WITHIN, page
from worker.dashboard.security.access import Role, Route
from worker.dashboard.security.answers import bad_request
from worker.dashboard.security.forms import Form
from worker.dashboard.security.middleware import caller_of
from worker.dashboard.state import State, state_of
from worker.dashboard.view import words
from worker.dashboard.view.rendering import Flash, go, show
from worker.errors import UsageError
from worker.operations import sources
from worker.operations.discovery import PATIENCE
from worker.operations.sources import Added
from worker.reasons import Kind
from worker.storage.sources import About

AT_ONCE = 2.0
"""Seconds that the answer waits for a quick site: most sites name their feed in that time, and no waiting page is shown then."""
LONGEST = 2000
"""Letters of an address at most: browsers send no longer ones."""


def find(request: Request) -> Response:
    """Begins to look for the feeds of an address."""
    state, form = state_of(request), Form.of(request)
    url = form.text("url")
    if not url or len(url) > LONGEST or not url.isprintable():
        return go(request, "/sources", Flash("Give the address of a paper, a feed or a sitemap.", bad=True))
    url = url if "://" in url else f"https://{url}"
    word, search = state.discoveries.begin(url, caller_of(request).name, _number(form.text("instead")))
    search.over.wait(AT_ONCE)
    return go(request, f"/sources/found?{urlencode({'search': word})}")


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def found(request: Request) -> Response:
    """What was found so far. Until the search is over the page reloads by itself, even without script."""
    state, word = state_of(request), request.query_params.get("search", "")
    search = _search(state, word, caller_of(request).name)
    if search is None:
        return go(request, "/sources", Flash("This search is forgotten. Look again.", bad=True))
    return show(
        *(request, "source_found.html"),
        page="/sources",
        search=search,
        word=word,
        fault=_fault(search),
        longest=PATIENCE,
        say=source_words,
    )


def _search(state: State, word: str, who: str) -> Search | None:
    search = state.discoveries.get(word)
    return search if search is not None and search.who == who else None


def _fault(search: Search) -> str:
    if not search.over.is_set():
        return f"The site did not answer within {WITHIN:.0f} s." if search.is_over else ""
    return search.fault


def follow(request: Request) -> Response:
    """Follows what was chosen from a search, or an address as it was given."""
    state, form, who = state_of(request), Form.of(request), caller_of(request).name
    try:
        added = _chosen(state, form, who) if form.has("search") else [_as_it_stands(state, form, who)]
    except UsageError as wrong:
        text = str(wrong)
        return go(request, "/sources", Flash(f"{text[:1].upper()}{text[1:]}.", bad=True))
    if not added:
        return go(request, f"/sources/found?{urlencode({'search': form.text('search')})}", Flash("Choose at least one.", bad=True))
    instead = _number(form.text("instead"))
    if instead is not None and instead not in {one.source.id for one in added if one.source}:
        sources.remove(state.services, [str(instead)], who)
    state.changed()
    return go(request, _address(added), Flash(_told(added, instead=instead is not None)))


def _as_it_stands(state: State, form: Form, who: str) -> Added:
    """Follows it unread: it is polled soon, and its faults are shown then."""
    kind, url = form.text("kind"), form.text("url")
    if kind not in source_words.KINDS:
        raise bad_request("kind: expected feed or sitemap.")
    return sources.add(state.services, url[:LONGEST], About(title=form.text("title")[:200] or None), cast(Kind, kind), who)


def _chosen(state: State, form: Form, who: str) -> list[Added]:
    search = _search(state, form.text("search"), who)
    if search is None or not search.over.is_set():
        raise UsageError("this search is forgotten: look again")
    wanted = set(form.all("choice"))
    chosen = [one for number, one in enumerate(search.found) if str(number) in wanted]
    return [sources.add(state.services, one.url, About(one.title, one.site_url, None, one.language), one.kind, who) for one in chosen]


def _address(added: list[Added]) -> str:
    [first, *others] = added
    return f"/sources/{first.source.id}" if first.source and not others else "/sources"


def _told(added: list[Added], *, instead: bool) -> str:
    new = [one for one in added if one.state == "added"]
    if not new:
        return "It is followed already." if len(added) == 1 else "They are followed already."
    name = new[0].source.title if new[0].source else None
    followed = f"{name or new[0].url} is followed" if len(new) == 1 else f"{words.plural(len(new), 'source')} are followed"
    return f"{followed}{', and the broken one no longer' if instead else ''}. The first articles come within minutes."


ROUTES = (
    Route("POST", "/sources/find", Role.EDITOR, page(find), form=True),
    Route("GET", "/sources/found", Role.EDITOR, page(found)),
    Route("POST", "/sources/follow", Role.EDITOR, page(follow, ACT_WITHIN), form=True),
)
