"""Ask for the labels of the article that teaches the model most; show the model's answer only after the person's."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from worker.dashboard.pages.page import page
from worker.dashboard.pages.read.answers import read_answer
from worker.dashboard.pages.read.article import own_link
from worker.dashboard.security.access import Role, Route
from worker.dashboard.security.answers import bad_request
from worker.dashboard.security.forms import Form
from worker.dashboard.security.middleware import caller_of
from worker.dashboard.state import state_of
from worker.dashboard.view import figures, guide, words
from worker.dashboard.view.marks import paragraphs
from worker.dashboard.view.rendering import Button, Flash, go, show
from worker.operations import review
from worker.operations.models import label_set
from worker.operations.review import Difference, KeptAnswer

SECOND = "second"
"""The field of the address of a second review: only what others have labelled."""


def ask(request: Request) -> Response:
    """The next article with the labels to choose from; a viewer only sees what a review is."""
    state, caller, second = state_of(request), caller_of(request), SECOND in request.query_params
    may = caller.may(Role.EDITOR)
    article = review.next_article(state.services, caller.name, second=second) if may else None
    return show(
        *(request, "review.html"),
        page="/review",
        article=article,
        title=paragraphs(article.title or article.url or "", [], "title", {})[0] if article else [],
        paragraphs=paragraphs(article.text, [], "text", {}) if article else [],
        day=review.today(state.services, caller.name) if may else None,
        guide=guide.topics(label_set(state.services)),
        kinds_guide=guide.source_types(),
        second=second,
        link=own_link(article.url) if article else "",
    )


def keep(request: Request) -> Response:
    """Keeps the answer, and goes on to the next article; a notice shows both answers to this one."""
    form, services = Form.of(request), state_of(request).services
    kept = review.keep(services, read_answer(form, _item(form), label_set(services).topics), caller_of(request).name)
    return go(request, _again(form), Flash(told(kept), Button("Undo", "/review/undo", _second(form)), key="u"))


def skip(request: Request) -> Response:
    """Does not ask for this article again today."""
    form = Form.of(request)
    review.skip(state_of(request).services, _item(form), caller_of(request).name)
    return go(request, _again(form), Flash("Skipped. You are not asked for it again today."))


def undo(request: Request) -> Response:
    """Takes the last answer back, and asks for it again."""
    form = Form.of(request)
    article = review.undo(state_of(request).services, caller_of(request).name)
    return go(request, _again(form), Flash("Taken back. Here it is again." if article else "There is nothing to take back."))


def _item(form: Form) -> int:
    number = form.text("item_id")
    if not number.isdecimal() or len(number) > 18:
        raise bad_request("item_id: expected the number of an article.")
    return int(number)


def _again(form: Form) -> str:
    return f"/review?{SECOND}=1" if form.text(SECOND) else "/review"


def _second(form: Form) -> dict[str, str]:
    return {SECOND: "1"} if form.text(SECOND) else {}


def told(kept: KeptAnswer) -> str:
    """What was kept, and where the model said otherwise."""
    title = f"“{kept.title[:120]}”: you" if kept.title else "You"
    differences = "".join(f" {_difference(one)}" for one in kept.differences[:3])
    return f"Kept. {title} and the model agree on {kept.agree} of {kept.of}.{differences}"


def _difference(one: Difference) -> str:
    name = words.label(one.label)
    if one.label in ("primary_topic", "source_type"):
        return f"{name}: you said {words.label(one.given)}, the model {words.label(one.model)}."
    if one.model == "unsure":
        return f"The model was unsure about {name} ({figures.share(one.probability)}); you said {one.given}."
    return f"{name}: you said {one.given}, the model {one.model} ({figures.share(one.probability)})."


ROUTES = (
    Route("GET", "/review", Role.VIEWER, page(ask)),
    Route("POST", "/review", Role.EDITOR, page(keep), form=True),
    Route("POST", "/review/skip", Role.EDITOR, page(skip), form=True),
    Route("POST", "/review/undo", Role.EDITOR, page(undo), form=True),
)
