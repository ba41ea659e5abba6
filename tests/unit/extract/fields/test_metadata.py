from __future__ import annotations

from datetime import date

import pytest

from worker.extract.fields import metadata
from worker.extract.fields.dates import publication_of
from worker.extract.lines.nearby_lines import NearbyLines
from worker.extract.page.markup import parse

TODAY = date(2026, 11, 24)
URL = "https://press.example/news/one"


def published(page: str, near: NearbyLines | None = None, url: str = URL) -> tuple[str | None, str | None]:
    root = parse(f"<html>{page}").root
    data = metadata.metadata_of(root, url, TODAY).structured
    found = publication_of(data, near or NearbyLines(), root, url, TODAY)
    return str(found.moment) if found.moment else None, found.source


@pytest.mark.parametrize(
    ("page", "day"),
    [
        ('<body><abbr itemprop="datePublished" title="2025-01-19T21:42:00+08:00">9:42</abbr>', ("2025-01-19T13:42:00Z", "meta")),
        ('<body><h2 class="date-header"><span>Sunday, 19 January 2025</span></h2>', ("2025-01-19", "dateline")),
        ('<body><div class="detail-time">Thứ Sáu, 22/3/2024, 08:15 (GMT+7)</div>', ("2024-03-22T01:15:00Z", "dateline")),
        ('<body><div class="related"><p class="post-date">3 May 2024</p></div>', (None, None)),
        ('<body><p class="masthead-date">Tuesday, 24 November 2026</p>', (None, None)),
        ('<body><p class="entry-date">Updated 3 May 2024</p>', (None, None)),
    ],
)
def test_elements_that_are_marked_as_the_articles_date_give_it(page, day):
    assert published(page) == day


def test_a_date_below_the_lead_is_the_articles():
    near = NearbyLines(below_heading=["Lead of the article, which is longer than any headline would be.", "Sok Dara | 05.04.2025"])
    assert published("<body>", near) == ("2025-04-05", "dateline")


def test_the_date_is_read_near_the_title_where_a_table_of_contents_separates_it_from_the_text():
    near = NearbyLines(
        heading="Part one", below_heading=["Part two"], above_text=["Menu", "The title", "3 May 2024", "Part one", "Part two"]
    ).near_title("The Title")
    assert published("<body>", near) == ("2024-05-03", "dateline")


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("<span>Associated Press</span><span>April 28, 2023 GMT</span>", "2023-04-28"),
        ("<p>Published Fri, Apr 28 2023<span>2:23 PM EDT</span></p>", "2023-04-28"),
        ("<p><span>26.10.2023</span><span>26.10.2023</span></p>", "2023-10-26"),
        ("<p>5.4.24</p>", "2024-04-05"),
    ],
)
def test_dates_that_only_the_screen_parts_from_their_neighbours_are_read(line, day):
    text = " ".join(parse(f"<div>{line}</div>").root.text_content().split())
    found = publication_of(metadata.metadata_of(parse("<p>x").root, None, TODAY).structured, NearbyLines(below_heading=[text]), *NOWHERE)
    assert str(found.moment) == day


NOWHERE = (parse("<p>x").root, None, TODAY)
ASIDE = (
    "<h1>The river rises again</h1><p>The water reached the market on Tuesday night.</p>"
    "<aside><span>Ann Lee</span><span>30. Juni 2023, 15:59 Uhr</span></aside>"
)


@pytest.mark.parametrize(
    ("page", "day"),
    [
        (f"<article>{ASIDE}</article>", "2023-06-30"),
        (f"<article>{ASIDE}<article>other</article></article>", None),
        (f"<main>{ASIDE}</main>", None),
        (f'<article>{ASIDE.replace("<aside>", """<aside class="related">""")}</article>', None),
    ],
)
def test_a_day_in_the_articles_own_element_counts_where_nothing_else_dates_it(page, day):
    root = parse(page).root
    data = metadata.metadata_of(root, None, TODAY).structured
    found = publication_of(data, NearbyLines(heading="The river rises again"), root, None, TODAY).moment
    assert (str(found) if found else None) == day


def test_the_date_of_an_element_of_a_news_plugin_counts_though_a_weekday_leads_it():
    root = parse('<span class="news-list-date">Mittwoch, 20. Februar 2019</span><h3>Digital lernen</h3>').root
    data = metadata.metadata_of(root, None, TODAY).structured
    assert str(publication_of(data, NearbyLines(), root, None, TODAY).moment) == "2019-02-20"
