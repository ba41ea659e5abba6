"""Show one article with the reasons for its labels, its copies and its trace; correct it by hand, or take it down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from worker.dashboard.pages.page import page
from worker.dashboard.pages.read.answers import read_answer
from worker.dashboard.pages.read.search import Search
from worker.dashboard.security.access import Role, Route
from worker.dashboard.security.forms import Form
from worker.dashboard.security.middleware import caller_of
from worker.dashboard.state import State, state_of
from worker.dashboard.view import guide, revisions, words
from worker.dashboard.view.figures import Clock
from worker.dashboard.view.marks import Piece, paragraphs
from worker.dashboard.view.rendering import Button, Flash, clock, go, show
from worker.errors import UsageError
from worker.intake.canonical_url import admit
from worker.operations import articles, cursors, relabel, review, takedown
from worker.operations import show as showing
from worker.operations.models import label_set
from worker.operations.show import Shown
from worker.reasons import Kind
from worker.results import Result


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of an article as it is shown."""

    title: list[Piece]
    paragraphs: list[list[Piece]]


def one(request: Request) -> Response:
    """The article, or the state of its item while there is none."""
    state, item_id = state_of(request), request.path_params["item_id"]
    shown = showing.show(state.services, min(item_id, LARGEST))
    search, _ = Search.of(request.query_params, state.services)
    at = clock(state.settings)
    if shown.article is None or shown.labels is None:
        return show(request, "item.html", page="/articles", shown=shown, back=search.address())
    topics = sorted(shown.labels.topics, key=lambda topic: -topic.probability)
    return show(
        *(request, "article.html"),
        page="/articles",
        shown=shown,
        article=shown.article,
        labels=shown.labels,
        topics=topics,
        kinds=_kinds(shown),
        reading=reading_of(shown.article, shown),
        back=search.address(),
        near=_neighbours(state, search, at, shown.article),
        correcting="correct" in request.query_params,
        correct_address=search.address(f"/articles/{item_id}", correct="1"),
        plain_address=search.address(f"/articles/{item_id}"),
        list=search.address("").removeprefix("?"),
        marked={one.label for one in shown.evidence},
        guide=guide.topics(label_set(state.services)),
        kinds_guide=guide.source_types(),
        again=Button("Label again", f"/articles/{item_id}/label-again") if _is_outdated(state, shown) else None,
        line_told=LINE,
        earlier=revisions.earlier(shown.revisions),
        line_kinds=revisions.KINDS,
        recheck=revisions.recheck_told(shown.recheck) if shown.recheck and shown.recheck.at else "",
        link=own_link(shown.article.final_url or shown.item.url),
    )


LARGEST = 2**63 - 1
"""The largest number that a database can look for; no item has it."""
LINE = (
    "From this probability on, Pressmark says yes. Each topic has its own line, set where it was right most often on articles that it had "
    "not seen. Near the line it says unsure."
)


def reading_of(article: Result, shown: Shown | None = None) -> Reading:
    """Title and text, cut at the evidence; without `shown`, plain text, as a review needs it."""
    evidence = list(shown.evidence) if shown else []
    unsure = _unsure(shown) if shown else {}
    title = paragraphs(article.title or article.url or "", evidence, "title", unsure)
    return Reading(title[0] if title else [], paragraphs(article.text or "", evidence, "text", unsure))


def _unsure(shown: Shown) -> Mapping[str, bool]:
    if shown.labels is None:
        return {}
    found = {topic.label: topic.decision == "unsure" for topic in shown.labels.topics}
    kind = shown.labels.source_type
    return found | ({kind.label: kind.decision == "unsure"} if kind and kind.label else {})


def _kinds(shown: Shown) -> list[tuple[str, float]]:
    kind = shown.labels.source_type if shown.labels else None
    return sorted(kind.probabilities.items(), key=lambda pair: -pair[1]) if kind else []


def _neighbours(state: State, search: Search, at: Clock, article: Result) -> dict[str, str]:
    """Addresses of the articles before and after this one in the list that it came from."""
    place = ((article.published_at or "")[:10], article.published_at or "", article.stored_id)
    directions: tuple[Literal["older", "newer"], ...] = ("older", "newer")
    found: dict[str, str] = {}
    for direction in directions:
        results = articles.search(state.services, search.filter(at), 1, cursors.written(direction, place), once=bool(search.once)).results
        found[direction] = search.address(f"/articles/{results[0].item_id}") if results else ""
    return found


def _is_outdated(state: State, shown: Shown) -> bool:
    """Whether another model than the active one labelled it, and no person did."""
    try:
        return bool(
            shown.model and not (shown.labels and shown.labels.labelled_by) and shown.model.sha256 != state.services.labeller.sha256
        )
    except UsageError:
        return False


def own_link(url: str | None) -> str:
    """An address that a page may link to: http or https, its host in ASCII; empty for anything else."""
    try:
        parts = urlsplit(url or "")
        host = (parts.hostname or "").encode("idna" if not (parts.hostname or "").isascii() else "ascii").decode()
    except ValueError:
        return ""
    return (
        parts._replace(netloc=parts.netloc.replace(parts.hostname or "", host)).geturl()
        if parts.scheme in ("http", "https") and host
        else ""
    )


def correct(request: Request) -> Response:
    """Keeps labels that a person gives, with Undo."""
    state, caller, item_id = state_of(request), caller_of(request), request.path_params["item_id"]
    form = Form.of(request)
    kept = review.correct(state.services, read_answer(form, item_id, label_set(state.services).topics), caller.name)
    state.changed()
    told = f"Kept. You and the model agree on {kept.agree} of {kept.of}."
    return go(request, _back(form, item_id), Flash(told, Button("Undo", f"/articles/{item_id}/labels/undo")))


def uncorrect(request: Request) -> Response:
    """Takes a person's own labels back; the model's are valid again, or another person's."""
    item_id = request.path_params["item_id"]
    review.take_back(state_of(request).services, item_id, caller_of(request).name)
    return go(request, f"/articles/{item_id}", Flash("Taken back."))


def again(request: Request) -> Response:
    """Sends the article to be labelled by the active model."""
    item_id = request.path_params["item_id"]
    relabel.again(state_of(request).services, item_id, caller_of(request).name)
    return go(request, f"/articles/{item_id}", Flash("Sent. It is labelled again within seconds."))


def take_down_form(request: Request) -> Response:
    """Shows what a take-down does, and asks for the reason."""
    shown = showing.show(state_of(request).services, request.path_params["item_id"])
    return show(request, "take_down.html", page="/articles", shown=shown, fault="")


def take_down(request: Request) -> Response:
    """Takes the article and its traces out."""
    state, item_id = state_of(request), request.path_params["item_id"]
    shown = showing.show(state.services, item_id)
    reason = Form.of(request).text("reason")
    if not reason:
        fault = "Say why: it stands in the log beside your name."
        return show(request, "take_down.html", status=400, page="/articles", shown=shown, fault=fault)
    entry = admit(shown.item.url, state.settings, cast(Kind, shown.item.kind))
    gone = takedown.forget_url(state.services, entry, caller_of(request).name, reason[:500])
    state.changed()
    return go(
        request, "/articles", Flash(f"Taken down: {words.plural(gone.forgotten, 'item')} with all traces. The address stays refused.")
    )


def _back(form: Form, item_id: int) -> str:
    query = form.text("list")
    return f"/articles/{item_id}?{query}" if query else f"/articles/{item_id}"


ITEM = "/articles/{item_id:int}"
ROUTES = (
    Route("GET", ITEM, Role.VIEWER, page(one)),
    Route("POST", f"{ITEM}/labels", Role.EDITOR, page(correct), form=True),
    Route("POST", f"{ITEM}/labels/undo", Role.EDITOR, page(uncorrect), form=True),
    Route("POST", f"{ITEM}/label-again", Role.EDITOR, page(again), form=True),
    Route("GET", f"{ITEM}/take-down", Role.OPERATOR, page(take_down_form)),
    Route("POST", f"{ITEM}/take-down", Role.OPERATOR, page(take_down), form=True),
)
