from __future__ import annotations

import pytest

from worker.extract.pipeline import extract_page
from worker.messages import Page

TEXT = "<p>" + "The ferry to the island sails again from Monday, after nine weeks in which its engine lay in a shed. " * 5 + "</p>"


def reserved(
    head: str, body: str = "", header: tuple[str, ...] = (), content_type: str = "text/html; charset=utf-8", codec: str = "utf-8"
) -> tuple[str, ...]:
    html = f"<html><head><title>The ferry sails again</title>{head}</head><body>{TEXT}{body}</body></html>"
    return extract_page(
        Page("https://x.example/a", "https://x.example/a", 200, html.encode(codec), content_type, opt_outs=header)
    ).reservations


def test_reservations_of_header_and_head_are_reported_in_order_and_once() -> None:
    # Given a page whose header and head reserve rights
    head = (
        "<meta name='robots' content='noindex, follow, noai'><META CONTENT=1 NAME=tdm-reservation>"
        "<meta name=tdm-policy content='https://x.example/p'><meta name=robots content=noindex>"
    )
    # Then each is reported as it was made
    assert reserved(head, header=("x-robots-tag: noai",)) == (
        "x-robots-tag: noai",
        "robots: noindex",
        "robots: noai",
        "tdm-reservation: 1",
        "tdm-policy: https://x.example/p",
    )


@pytest.mark.parametrize(
    "head",
    [
        "<meta name=robots content='index, follow'><meta name=tdm-reservation content=0>",
        "<!-- <meta name=robots content=noai> -->",
        "<!--[if IE]><meta name=robots content=noai><![endif]-->",
        "<script>document.write('<meta name=robots content=noai>')</script>",
        "<meta name=googlebot-news content=noindex>",
        "<meta name=description content=noindex>",
        "<meta name=tdm-policy content='https://x.example/p'>",
        "<meta name=robots content='otherbot: noai'>",
    ],
)
def test_a_page_that_reserves_nothing_for_us_has_none(head: str) -> None:
    assert reserved(head) == ()


@pytest.mark.parametrize(
    "body", ["<textarea><meta name=robots content=noai></textarea>", "<article><meta name=robots content=noai></article>"]
)
def test_what_stands_in_the_text_of_the_body_reserves_nothing(body: str) -> None:
    assert reserved("", body) == ()


@pytest.mark.parametrize(
    "head",
    [
        "<meta name=robots content=noml>",
        "<meta name=ROBOTS content=' noml '>",
        "<meta name=robots content='max-snippet:-1, noml'>",
        "<noscript><meta name=robots content=noml></noscript>",
        "<div></div><meta name=robots content=noml>",
        f"<style>{' ' * 70_000}</style><meta name=robots content=noml>",
    ],
)
def test_a_meta_element_of_the_head_is_read_wherever_the_parser_puts_it(head: str) -> None:
    assert reserved(head) == ("robots: noml",)


def test_the_head_is_read_in_the_encoding_of_the_page() -> None:
    assert reserved("<meta name=robots content=noai>", content_type="text/html; charset=utf-16", codec="utf-16") == ("robots: noai",)


def test_a_plain_text_that_quotes_markup_reserves_nothing() -> None:
    text = f"How to write a head\n\n<meta name=robots content=noai>\n\n{TEXT}".encode()
    assert extract_page(Page("https://x.example/a", "https://x.example/a", 200, text, "text/plain")).reservations == ()


def test_a_whole_page_that_is_sent_as_plain_text_reserves_what_its_head_says() -> None:
    assert reserved("<meta name=robots content=noai>", content_type="text/plain") == ("robots: noai",)
