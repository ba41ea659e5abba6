"""Articles as IPTC ninjs 2.1: only fields that the standard documents, each of its documented type."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest

from classifier.labels import TopicLabel
from tests.integration.parts.samples import LABELS, extracted
from worker import results
from worker.cli._shared.result_formats import write_ninjs
from worker.messages import URLRequest
from worker.operations.sharing.ninjs import ninjs
from worker.results import Result

TEXT, URI, TIME = {"type": "string"}, {"type": "string", "format": "uri"}, {"type": "string", "format": "date-time"}


def listed(required: tuple[str, ...] = (), **fields: object) -> dict[str, object]:
    """A list of objects with these fields and no others."""
    return {"type": "array", "items": {"type": "object", "properties": fields, "required": list(required), "additionalProperties": False}}


TOLD = {"role": TEXT, "contenttype": TEXT, "value": TEXT}
NAMED = {"name": TEXT, "rel": TEXT, "uri": URI, "literal": TEXT}
PER_CENT = {"type": "integer", "minimum": 0, "maximum": 100}
DOCUMENTED = {
    "type": "object",
    "required": ["uri"],
    "additionalProperties": False,
    "properties": {
        "uri": URI,
        "standard": {"type": "object", "additionalProperties": False, "properties": {"name": TEXT, "version": TEXT, "schema": URI}},
        "type": {"enum": ["text", "audio", "video", "picture", "graphic", "composite", "component"]},
        "representationtype": {"enum": ["full", "partial"]},
        "pubstatus": {"enum": ["usable", "withheld", "canceled"]},
        **dict.fromkeys(("firstcreated", "versioncreated", "contentcreated"), TIME),
        **dict.fromkeys(("language", "by", "title"), TEXT),
        "headlines": listed(("value",), **TOLD),
        "descriptions": listed(("value",), **TOLD),
        "bodies": listed(("value",), **TOLD, charcount={"type": "number"}, wordcount={"type": "number"}),
        "people": listed(**NAMED),
        "infosources": listed(name=TEXT, role=TEXT, uri=URI, literal=TEXT),
        "subjects": listed(**NAMED, creator=TEXT, relevance=PER_CENT, confidence=PER_CENT),
        "genres": listed(name=TEXT, uri=TEXT, literal=TEXT),
        "renditions": listed(("name",), name=TEXT, href=URI, contenttype=TEXT, title=TEXT),
        "altids": listed(role=TEXT, value=TEXT),
    },
}
"""The fields of ninjs 2.1 that an article may have, after the standard's documentation (IPTC, CC BY 4.0)."""


@pytest.fixture
def article() -> Result:
    page = extracted(URLRequest(812, 1, "https://press.test/1"), "Rice was sold.\n\nប្រទេស")
    marks = [TopicLabel("border_dispute", 0.966, 0.4, "yes"), TopicLabel("trade", 0.42, 0.4, "unsure"), TopicLabel("culture", 0, 0.4, "no")]
    found = results.of_page(page, replace(LABELS, topics=marks))
    return replace(
        found,
        item_id=812,
        description="What was sold",
        image="https://press.test/1.jpg",
        stored_at="2026-11-24T06:01:00Z",
        site_name="The Courier",
        cluster_id=7,
    )


def check(found: object) -> None:
    jsonschema.Draft202012Validator(DOCUMENTED, format_checker=jsonschema.FormatChecker()).validate(found)


def test_an_article_has_the_documented_fields(article: Result) -> None:
    found = ninjs(article)
    assert found is not None
    check(found)
    assert found["standard"] == {"name": "ninjs", "version": "2.1", "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_2.1.json"}
    assert found["headlines"] == [{"role": "main", "contenttype": "text/plain", "value": "Title of https://press.test/1"}]
    assert found["bodies"][0]["value"] == article.text
    assert (found["contentcreated"], found["by"]) == ("2026-11-24T00:00:00Z", "A. Writer")
    assert found["subjects"] == [
        {"name": "border dispute", "rel": "about", "literal": "border_dispute", "confidence": 97, "creator": "m-1"},
    ]
    assert found["infosources"] == [{"name": "The Courier", "uri": "https://press.test/"}]
    assert found["genres"] == [{"name": "independent", "literal": "independent"}]
    assert {"role": "pressmark:item_id", "value": "812"} in found["altids"]
    assert found["uri"] == ninjs(replace(article, item_id=1))["uri"], "of the address, in every installation"


def test_what_is_not_known_has_no_key_and_what_a_site_wrote_does_no_harm(article: Result) -> None:
    bare = replace(article, title=None, authors=None, published_at=None, description=None, language=None, topics=None, model=None)
    found = ninjs(replace(bare, image="javascript:alert(1)", text="a\x00b\ud800", site_name=None, source_type=None, warnings=["truncated"]))
    assert found is not None
    check(found)
    assert {"headlines", "by", "people", "contentcreated", "language", "subjects", "genres", "descriptions"} & found.keys() == set()
    assert (found["bodies"][0]["value"], found["representationtype"]) == ("ab\ufffd", "partial")
    assert [one["name"] for one in found["renditions"]] == ["page"]


def test_the_export_has_a_line_for_each_article_and_none_for_what_has_none(article: Result, capsys: pytest.CaptureFixture[str]) -> None:
    write_ninjs([article, replace(article, text=None, outcome="dead"), article])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    for line in lines:
        check(json.loads(line))
