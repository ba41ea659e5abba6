from __future__ import annotations

import json
from pathlib import Path

import pytest

pytestmark = [pytest.mark.lab, pytest.mark.timeout(300)]


def test_every_url_of_the_catalogue_ends_as_it_must(urls: dict, shared: Path) -> None:
    # Given all URLs of the catalogue and ours
    asked = {case["id"] for case in json.loads((shared / "cases/ssrf_urls.json").read_text())["cases"]}
    # When each was given to the worker
    told = {finding["id"]: finding for finding in urls["findings"]}
    # Then each was blocked or fetched as the catalogue says, by what was seen on the wire
    assert asked <= told.keys()
    assert [(name, finding["url"], finding["outcome"], finding["called"]) for name, finding in told.items() if not finding["right"]] == []


def test_no_packet_went_to_an_address_that_is_not_public(urls: dict) -> None:
    # Given a sniffer that sees every connection which is begun, listened for or not
    assert urls["calls"] > 100
    # Then only public addresses were called
    assert urls["strangers"] == []


def test_no_secret_of_the_environment_was_sent(urls: dict) -> None:
    assert urls["secrets"] == 0
