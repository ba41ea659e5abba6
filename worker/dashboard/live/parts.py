"""Say which pages have live parts, and render the parts that stand around all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

from markupsafe import escape

from worker.dashboard.live.sampler import Parts
from worker.dashboard.state import State
from worker.dashboard.view.frame import of_state

LivePage = Callable[[State, Mapping[str, str]], Parts]
"""Renders the live parts of a page from the fields of its address."""


def common(state: State) -> dict[str, str]:
    """The state of the whole and the counts in the side bar."""
    frame = of_state(state)
    counts = {place.id: str(escape(place.count)) for group in frame.groups for place in group.places if place.counts}
    return {"health": str(escape(frame.health)), **counts}


def renderer(state: State, pages: Mapping[str, LivePage]) -> Callable[[str], Parts]:
    """What the sampler calls with the address of a page."""

    def render(page: str) -> Parts:
        path, _, query = page.partition("?")
        name, _, rest = path.partition("/")
        return {**common(state), **pages[name](state, {**dict(parse_qsl(query)), "rest": rest, "query": query})}

    return render
