"""Read the labels that a person chose in a form."""

from __future__ import annotations

from collections.abc import Sequence

from worker.dashboard.security.answers import Refused, bad_request
from worker.dashboard.security.forms import Form
from worker.errors import UsageError
from worker.operations.review import answer_of
from worker.storage.reviews import Answer


def read_answer(form: Form, item_id: int, known: Sequence[str]) -> Answer:
    """The answer; a main topic is a topic too. Raises Refused for labels that the guide does not have."""
    primary = form.text("primary") or None
    topics = list(dict.fromkeys([*form.all("topics"), *([primary] if primary else [])]))
    try:
        return answer_of({"item_id": item_id, "topics": topics, "primary": primary, "source_type": form.text("source_type")}, known)
    except UsageError:
        raise _unknown(form) from None


def _unknown(form: Form) -> Refused:
    if not form.text("source_type"):
        return bad_request("Choose who speaks: official, promotional or independent.", "source_type")
    return bad_request("Choose labels of the guide.", "labels")
