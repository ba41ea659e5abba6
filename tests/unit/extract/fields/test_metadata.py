from __future__ import annotations

from datetime import date

import pytest

from worker.extract.fields import metadata
from worker.extract.lines.nearby_lines import NearbyLines
from worker.extract.page.markup import parse

TODAY = date(2026, 11, 24)
URL = "https://press.example/news/one"


def published(page: str, around: NearbyLines | None = None, url: str = URL) -> tuple[str | None, str | None]:
    root = parse(f"<html>{page}").root
    found = metadata.published(metadata.read(root, url, TODAY), around or NearbyLines(), root, url, TODAY)
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


def test_a_day_under_the_lead_dates_the_article():
    around = NearbyLines(over=["Lead of the article, which is longer than any headline would be.", "Sok Dara | 05.04.2025"])
    assert published("<body>", around) == ("2025-04-05", "dateline")


def test_the_lines_beside_the_title_count_where_a_table_of_contents_parts_it_from_the_text():
    around = NearbyLines(heading="Part one", over=["Part two"], above=["Menu", "The title", "3 May 2024", "Part one", "Part two"]).at(
        "The Title"
    )
    assert published("<body>", around) == ("2024-05-03", "dateline")
