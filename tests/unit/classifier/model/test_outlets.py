from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from classifier.errors import BadSeeds
from classifier.labels import OutletOpinion
from classifier.model.model import Model
from classifier.model.outlets import find_outlet, read_outlets
from classifier.predict import Document, label
from tests.conftest import ROOT

REGISTRY = {
    "*.gov.*": "official",
    ".gov": "official",
    "selectusa.gov": "promotional",
    "bbc.com": "independent",
    "the better cambodia": "promotional",
    "blogs.example": "various",
}
READOUT = (
    "The Minister received the Ambassador on Monday. Both sides reaffirmed bilateral relations and exchanged views on regional issues. "
    "The Minister expressed deep gratitude for the support of the Government and reiterated the commitment of the Royal Government to the "
    "strategic partnership. The Ambassador congratulated the Ministry and conveyed the greetings of the Secretary General to the Minister."
)


@pytest.mark.parametrize(
    ("url", "site", "expected"),
    [
        ("https://www.state.gov/x", None, (".gov", "official")),
        ("https://www.selectusa.gov/x", None, ("selectusa.gov", "promotional")),
        ("https://news.bbc.com:443/x", None, ("bbc.com", "independent")),
        ("https://notbbc.com/x", None, None),
        (None, "The Better Cambodia", ("the better cambodia", "promotional")),
        ("https://www.mfa.gov.kh/x", None, ("*.gov.*", "official")),
        ("https://gov.kh/x", None, None),
        ("https://gov.example.com/x", None, None),
        ("http://[bad", None, None),
        (None, None, None),
        ("https://ann.blogs.example/x", "The Better Cambodia", None),
        (None, "Blogs.example", None),
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
    assert agreed.decision == "sure"
    assert agreed.probabilities["official"] >= alone.probabilities["official"] > 0.5
    assert opposed.outlet == OutletOpinion("bbc.com", "independent", agrees=False)
    assert opposed.decision == "unsure"


def test_an_outlet_decides_a_close_case(shipped: Model) -> None:
    text = "Rice exports rose by a fifth last year, and the mill in Battambang welcomes visitors every day."
    model = replace(shipped, outlets=REGISTRY)
    alone, helped = (label(model, [Document("", text, url)])[0].source_type.probabilities for url in (None, "https://bbc.com"))
    assert helped["independent"] > alone["independent"] > 0


def test_the_registry_that_ships_knows_two_thousand_outlets_and_where_each_fact_is_from() -> None:
    rows = list(csv.DictReader((ROOT / "seeds" / "outlets.csv").read_text(encoding="utf-8").splitlines()))
    assert len({row["outlet"] for row in rows}) == len(rows) >= 2000
    assert all(row["note"] and row["source"] for row in rows)
    outlets = read_outlets(ROOT / "seeds")
    for url, expected in (
        ("https://www.mfa.gov.kh/a", "official"),
        ("https://www.who.int/a", "official"),
        ("https://economie.gouv.fr/a", "official"),
        ("https://www.tourismthailand.org/a", "promotional"),
        ("https://www.phnompenhpost.com/a", "independent"),
    ):
        found = find_outlet(outlets, url, None)
        assert found is not None
        assert found[1] == expected


def test_an_archive_says_nothing_and_no_wider_rule_speaks_for_it() -> None:
    outlets = {".gov.au": "official", "trove.nla.gov.au": "various", "*.gov.*": "official"}
    assert find_outlet(outlets, "https://trove.nla.gov.au/a", None) is None
    assert find_outlet(outlets, "https://www.dfat.gov.au/a", None) == (".gov.au", "official")
