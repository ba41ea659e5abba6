"""Earlier versions of an article on its page and in the API: what the paper changed, as text, and the labels that flipped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from classifier.labels import TopicLabel
from tests.integration.parts.page_visitor import Visitor
from tests.integration.parts.samples import LABELS, entry, extracted
from tests.integration.parts.served_dashboard import Dashboard, served
from tests.integration.parts.steps import keep
from worker.config import Settings
from worker.messages import Labelled, URLRequest
from worker.storage.ledger import Ledger

pytestmark = pytest.mark.parametrize(("redis_server", "database_url"), [("valkey", "sqlite")], indirect=True)

SCRIPT = "<script>alert(1)</script>"
PARAGRAPHS = [f"Paragraph {number} of an article that says something." for number in range(9)]


@pytest.fixture
def dashboard(settings: Settings, redis_server) -> Iterator[Dashboard]:
    """With one article that its paper has corrected twice, and one that stayed."""
    with served(replace(settings, redis_url=redis_server.url, host_interval=0.0)) as running:
        ledger = Ledger(running.services.engine, running.services.settings)
        ledger.accept([entry(0), entry(1)], ledger.open_job("monday"))
        lead = ledger.take_lead(ledger.leadership(), "test")
        for _, request in ledger.lease(lead, 2):
            keep(ledger, said(request, PARAGRAPHS, "no"))
        for text, trade in (
            ([*PARAGRAPHS[:3], SCRIPT, *PARAGRAPHS[4:]], "yes"),
            ([*PARAGRAPHS[:3], SCRIPT, *PARAGRAPHS[4:], "More."], "yes"),
        ):
            running.services.operator_ledger.recheck([1])
            [(_, request)] = ledger.lease(lead, 1)
            keep(ledger, said(request, text, trade))
        yield running


def said(request: URLRequest, paragraphs: list[str], trade: str) -> Labelled:
    found = extracted(request, "\n\n".join([*paragraphs, request.url]))
    return Labelled(found, replace(LABELS, topics=[TopicLabel("trade", 0.5, 0.4, trade)]), label_ms=1)  # type: ignore[arg-type]


def test_a_page_shows_its_earlier_versions_with_what_changed_and_which_labels_flipped(dashboard: Dashboard) -> None:
    person = Visitor(dashboard.url)
    shown = person.see("/articles/1")
    [versions] = shown.page.xpath("//section[@id='versions']")
    assert next(" ".join(one.text_content().split()) for one in versions.xpath(".//summary")).startswith("Version 2, as it was read ")
    second, first = versions.findall("details")
    lines = [" ".join(line.text_content().split()) for line in first.xpath(".//li")]
    assert lines == [f"Unchanged {PARAGRAPHS[2]}", f"Taken out {PARAGRAPHS[3]}", f"Added {SCRIPT}", f"Unchanged {PARAGRAPHS[4]}"]
    assert "Labels that changed with it: Trade: no, then yes." in " ".join(first.text_content().split())
    assert "No label changed with it." in " ".join(second.text_content().split())
    assert [line.text_content().split() for line in second.xpath(".//li[@class='in']")] == [["Added", "More."]]
    assert versions.xpath(".//script") == [], "what a page said is text"
    assert "Looked at again" in shown.text
    assert person.see("/articles/2").page.xpath("//section[@id='versions']") == []


def test_the_api_has_them_alone_and_one_with_its_text(dashboard: Dashboard) -> None:
    listed = dashboard.get("articles/1/revisions").json
    assert listed["item_id"] == 1
    assert listed["recheck"]["outcome"] == "revised"
    assert listed["revisions"] == dashboard.get("articles/1").json["revisions"]
    assert [(one["number"], one["text"], len(one["flips"])) for one in listed["revisions"]] == [(1, None, 1), (2, None, 0)]
    assert PARAGRAPHS[3] in dashboard.get("articles/1/revisions/1").json["text"]
    assert dashboard.get("articles/2/revisions").json == {"item_id": 2, "revisions": [], "recheck": None}
    for missing in ("articles/9/revisions", "articles/9/revisions/1", "articles/1/revisions/3", "articles/2/revisions/1"):
        answer = dashboard.get(missing)
        assert (answer.status, answer.reason) == (404, "not-found")
        assert "--" not in answer.json["error"]["message"], "an option of the command means nothing to a program"
    assert dashboard.get("articles/1/revisions/0").status == 404
