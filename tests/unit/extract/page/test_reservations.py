from __future__ import annotations

from worker.extract.page.reservations import opt_outs
from worker.messages import Page


def test_reservations_of_header_and_head_are_told_in_order_and_once():
    # Given a page whose header and head reserve rights
    body = b"<meta name='robots' content='noindex, follow, noai'><META CONTENT=1 NAME=tdm-reservation><meta name=tdm-policy content='https://x.example/p'>"
    page = Page("https://x.example/a", "https://x.example/a", 200, body, opt_outs=("x-robots-tag: noai",))
    # Then each is told as it was made
    assert opt_outs(page) == (
        "x-robots-tag: noai",
        "robots: noindex",
        "robots: noai",
        "tdm-reservation: 1",
        "tdm-policy: https://x.example/p",
    )


def test_a_page_that_reserves_nothing_has_none():
    page = Page(
        "https://x.example/a",
        "https://x.example/a",
        200,
        b"<meta name=robots content='index, follow'><meta name=tdm-reservation content=0>",
    )
    assert opt_outs(page) == ()
