"""The overview: how old its figures are."""

from __future__ import annotations

import lxml.html
import pytest
from fastapi import FastAPI

from tests.unit.dashboard.asgi import ask
from worker.dashboard.pages import overview
from worker.operations.figures import WatchedFigures


def test_the_overview_says_when_figures_are_old_and_nothing_where_they_are_not(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    def counted() -> str:
        [shown] = lxml.html.fromstring(ask(app, "GET", "/").body.decode()).xpath("//*[@id='counted']")
        return str(shown.text_content())

    assert counted() == ""
    for age, told in ((4.9, ""), (17.2, "counted 17 s ago"), (29.8, "counted 30 s ago")):
        monkeypatch.setattr(WatchedFigures, "age", age)
        assert (told in counted()) if told else counted() == ""
        assert told in overview.live(app.state.dashboard, {})["counted"]
