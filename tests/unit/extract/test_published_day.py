"""The day of publication is the paper's own: by the offset that it states, else the day that it shows."""

from __future__ import annotations

from datetime import date

import pytest

from worker.extract.pipeline import extract_text

TODAY = date(2026, 11, 29)
BODY = "".join(
    f"<p>The ministry of commerce said in its report number {number} that exports of rice across the border had grown again.</p>"
    for number in range(6)
)


def page(head: str = "", above: str = "") -> str:
    return (
        f"<html><head><title>Rice leaves the port</title>{head}</head><body><article><h1>Rice leaves the port</h1>{above}{BODY}</article>"
    )


def meta(content: str) -> str:
    return f'<meta property="article:published_time" content="{content}">'


@pytest.mark.parametrize(
    ("html", "at", "on"),
    [
        (page(meta("2026-11-20T06:30:00+07:00")), "2026-11-19T23:30:00Z", "2026-11-20"),
        (page(meta("2026-11-19T20:00:00-05:00")), "2026-11-20T01:00:00Z", "2026-11-19"),
        (page(meta("2026-11-19T23:30:00Z")), "2026-11-19T23:30:00Z", "2026-11-19"),
        (page(meta("2026-11-20T06:30:00")), "2026-11-20", "2026-11-20"),
        (page(meta("2026-11-20")), "2026-11-20", "2026-11-20"),
        (page(meta("Fri, 20 Nov 2026 06:30:00 +0700")), "2026-11-19T23:30:00Z", "2026-11-20"),
        (page(above="<p class='entry-date'>20 November 2026, 06:30 GMT+7</p>"), "2026-11-19T23:30:00Z", "2026-11-20"),
        (page('<meta name="date" content="2026-11-25"><meta name="published-date" content="2026-11-20">'), "2026-11-20", "2026-11-20"),
        (page('<meta name="date_modified" content="2026-11-25">'), None, None),
        (page(), None, None),
    ],
    ids=["east", "west", "utc", "no offset", "day", "rfc 2822", "shown", "published before any date", "a change alone", "none"],
)
def test_the_day_is_the_papers_own(html: str, at: str | None, on: str | None) -> None:
    article = extract_text(html, "https://press.example/a", today=TODAY)
    assert (article.published_at, article.published_on) == (at, on)


def test_a_flat_text_has_the_day_that_it_shows() -> None:
    text = "Rice leaves the port\n\nPhnom Penh, 20 November 2026\n\n" + "\n\n".join(BODY.replace("<p>", "").split("</p>"))
    article = extract_text(text, None, "text/plain", today=TODAY)
    assert (article.published_at, article.published_on) == ("2026-11-20", "2026-11-20")
