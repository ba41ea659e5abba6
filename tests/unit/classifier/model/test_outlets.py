from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from classifier.errors import BadSeeds
from classifier.labels import OutletOpinion
from classifier.model.model import Model
from classifier.model.outlets import find_outlet, read_outlets
from classifier.predict import Document, label

REGISTRY = {".gov": "official", "selectusa.gov": "promotional", "bbc.com": "independent", "the better cambodia": "promotional"}
READOUT = (
    "The Minister received the Ambassador on Monday. Both sides reaffirmed bilateral relations and exchanged views on regional issues."
)


@pytest.mark.parametrize(
    ("url", "site", "expected"),
    [
        ("https://www.state.gov/x", None, (".gov", "official")),
        ("https://www.selectusa.gov/x", None, ("selectusa.gov", "promotional")),
        ("https://news.bbc.com:443/x", None, ("bbc.com", "independent")),
        ("https://notbbc.com/x", None, None),
        (None, "The Better Cambodia", ("the better cambodia", "promotional")),
        ("http://[bad", None, None),
        (None, None, None),
    ],
)
def test_the_longest_listed_domain_is_found(url: str | None, site: str | None, expected: tuple[str, str] | None) -> None:
    assert find_outlet(REGISTRY, url, site) == expected


def test_a_broken_line_of_the_registry_is_named(tmp_path: Path) -> None:
    (tmp_path / "outlets.csv").write_text("outlet,source_type\nbbc.com,rumour\n")
    with pytest.raises(BadSeeds, match=r"outlets\.csv:2: .*rumour"):
        read_outlets(tmp_path)


def test_a_folder_without_a_registry_has_no_outlets(tmp_path: Path) -> None:
    assert read_outlets(tmp_path) == {}


def test_an_outlet_that_disagrees_with_the_text_is_reported_and_the_label_is_unsure(shipped: Model) -> None:
    model = replace(shipped, outlets=REGISTRY)
    alone, agreed, opposed = (
        label(model, [Document("Courtesy call", READOUT, url)])[0].source_type for url in (None, "https://a.gov", "https://bbc.com")
    )
    assert alone.label == "official"
    assert alone.outlet is None
    assert agreed.decision == alone.decision == "sure"
    assert opposed.outlet == OutletOpinion("bbc.com", "independent", agrees=False)
    assert opposed.decision == "unsure"


def test_an_outlet_decides_a_close_case(shipped: Model) -> None:
    text = "Rice exports rose by a fifth last year, and the mill in Battambang welcomes visitors every day."
    model = replace(shipped, outlets=REGISTRY)
    alone, helped = (label(model, [Document("", text, url)])[0].source_type.probabilities for url in (None, "https://bbc.com"))
    assert helped["independent"] > alone["independent"] > 0
