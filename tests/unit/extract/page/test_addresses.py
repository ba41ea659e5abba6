from __future__ import annotations

import pytest

from worker.extract.page.addresses import joined, parts_of

MALFORMED = ("http://[bad", "//[", "http://[::1", "http://a\u2100b.example/x")


@pytest.mark.parametrize("link", MALFORMED)
def test_a_malformed_link_is_no_address(link):
    assert joined("https://press.example/2026/", link) is None
    assert not any(parts_of(link))


@pytest.mark.parametrize("base", [None, "", *MALFORMED])
def test_a_whole_link_needs_no_base(base):
    assert joined(base, "https://press.example/a.jpg") == "https://press.example/a.jpg"


@pytest.mark.parametrize("link", [None, "", "javascript:alert(1)", "data:image/png;base64,AA", "mailto:desk@press.example"])
def test_what_is_not_on_the_web_is_no_address(link):
    assert joined("https://press.example/", link) is None


def test_a_relative_link_is_made_absolute():
    assert joined("https://press.example/2026/03/", "../a.jpg") == "https://press.example/2026/a.jpg"
