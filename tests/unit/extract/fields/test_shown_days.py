"""The day of publication among the other days that a page shows."""

from __future__ import annotations

from datetime import date

import pytest

from worker.extract.pipeline import extract_text

PROSE = "".join(
    f"<p>The ferry across the lower river carried {number} carts of rice to the far bank before the rain, the harbour master said.</p>"
    for number in ("forty", "fifty", "sixty")
)


def published(above: str, head: str = "", before: str = "", url: str = "https://harbour.example/a") -> str | None:
    heading = "<h1>Ferry carries rice before the rain</h1>"
    page = f"<html><head>{head}</head><body>{before}<article>{heading}{above}{PROSE}</article></body></html>"
    return extract_text(page, url, today=date(2026, 11, 24)).published_at


EVENT = '<dl><dt>When</dt><dd><time datetime="2025-09-21T10:00">Sunday, 21 September 2025, 10 am</time></dd></dl>'


@pytest.mark.parametrize("line", ["Posted 2 July 2025", "Published: 2 July 2025", "Published on 02/07/2025 by Dara Sok"])
def test_the_day_of_an_event_is_not_that_of_its_notice(line):
    assert published(f"{EVENT}<p>{line}</p>") == "2025-07-02"


def test_the_time_element_beside_the_label_gives_the_moment():
    line = '<p>Posted <time datetime="2025-07-02T08:00:00Z">2 July 2025</time></p>'
    assert published(EVENT + line) == "2025-07-02T08:00:00Z"


@pytest.mark.parametrize(
    ("other", "day"),
    [
        ("Fri, 07/14/2023 - 10:30", "2023-07-11"),  # only July has a fourteenth that these numbers name
        ("14/11/2023 - 10:30", "2023-11-07"),
        ("08/07/2023 - 10:30", "2023-11-07"),  # tells nothing: the region writes the day first
    ],
)
def test_another_date_of_the_page_tells_day_and_month_apart(other, day):
    head = f'<meta property="article:published_time" content="07/11/2023 - 17:57"><meta property="article:modified_time" content="{other}">'
    assert published("", head) == day


def test_the_lines_beside_the_title_tell_day_and_month_apart():
    assert published("<p>Published 07/11/2023</p><p>Updated 07/14/2023</p>") == "2023-07-11"


@pytest.mark.parametrize("part", ["14.06.2021", "14 June 2021", "2021-06-14"])
def test_the_day_at_the_end_of_the_pages_title_counts_last_of_all(part):
    head = f"<title>Ferry carries rice before the rain | Harbour | {part}</title>"
    assert published("", head) == "2021-06-14"
    assert published("<p>Posted 2 July 2021</p>", head) == "2021-07-02"


def test_a_day_within_the_headline_dates_nothing():
    assert published("", "<title>Ferry carries rice since 14 June 2021 | Harbour</title>") is None


@pytest.mark.parametrize(
    ("masthead", "day"),
    [
        ("Thứ ba, 17/11/2026, 09:20 (GMT+7)", "2026-11-17T02:20:00Z"),
        ("Tuesday, 17 November 2026, 09:20 GMT", "2026-11-17T09:20:00Z"),
        ("Thứ ba, 24/11/2026, 09:20 (GMT+7)", None),  # the day of the fetch
        ("Tuesday, 17 November 2026", None),
    ],
)
def test_a_weekday_above_the_heading_is_the_articles_where_a_time_with_its_zone_is_of_another_day(masthead, day):
    assert published("", before=f"<div>Menu</div><span class='when'>{masthead}</span>") == day


def test_the_day_of_a_reviewed_book_is_not_the_reviews():
    book = (
        '<div itemprop="itemReviewed" itemscope itemtype="https://schema.org/Book"><span itemprop="datePublished">1 May 2001</span></div>'
    )
    assert published(f"{book}<p>Posted 2 July 2025</p>") == "2025-07-02"


@pytest.mark.parametrize(
    "line",
    [
        '<p class="meta"><span class="timestamp" title="2024-03-04T17:12:00+02:00">2h ago</span></p>',
        '<div><abbr title="Monday, 4 March 2024 15:12 UTC">3 hours ago</abbr></div>',
        '<p>Dara Sok · <a href="/a" title="2024-03-04T15:12:00Z">5 d ago</a></p>',
        '<p><span data-timestamp="1709565120">2 weeks ago</span></p>',
        '<relative-time datetime="2024-03-04T15:12:00Z">2 days ago</relative-time>',
        '<p lang="de"><span title="2024-03-04T15:12:00Z">vor 2 Stunden</span></p>',
        '<p lang="fr"><span title="2024-03-04T15:12:00Z">il y a 2 heures</span></p>',
    ],
)
def test_an_attribute_states_the_moment_behind_a_relative_time(line):
    assert published(line) in ("2024-03-04T15:12:00Z", "2024-03-04")


@pytest.mark.parametrize(
    "line",
    [
        '<p>Updated <span title="2024-03-04T15:12:00Z">2h ago</span></p>',
        '<p><span title="Share this">2h ago</span></p>',
        '<div class="comment"><span title="2024-03-04T15:12:00Z">2h ago</span></div>',
        "<p>2h ago</p>",
    ],
)
def test_a_relative_time_without_a_moment_of_publication_gives_no_day(line):
    assert published(line) is None


def test_a_day_that_the_page_writes_out_precedes_a_relative_time():
    assert published('<p>Published 2 July 2025</p><p><span title="2025-07-09T15:12:00Z">2h ago</span></p>') == "2025-07-02"


@pytest.mark.parametrize(
    "line",
    [
        "Published 27 August 2024 at 20:18 (updated 30 August 2024 at 12:40)",
        "27 August 2024 | Updated: 30 August 2024",
        "27 August 2024</p><p>Updated 30 August 2024, 12:40",
    ],
)
def test_a_stated_day_that_the_page_gives_as_that_of_a_change_is_not_the_first(line):
    head = '<meta property="article:published_time" content="2024-08-30T12:40:00+02:00">'
    assert published(f"<p>{line}</p>", head) == "2024-08-27"


def test_a_stated_day_that_the_page_gives_as_the_first_stays():
    head = '<meta property="article:published_time" content="2024-08-27T12:40:00+02:00">'
    assert published("<p>27 August 2024 | Updated: 30 August 2024</p>", head) == "2024-08-27T10:40:00Z"


@pytest.mark.parametrize("name", ["data-published-at", "data-timestamp", "data-unix-time", "data-created"])
@pytest.mark.parametrize("value", ["1718019300", "1718019300000", "2024-06-10T11:35:00Z"])
def test_an_attribute_for_scripts_near_the_heading_states_the_moment(name, value):
    assert published(f'<div><span {name}="{value}"></span></div>') == "2024-06-10T11:35:00Z"


@pytest.mark.parametrize("attribute", ['property="dc:date dc:created" content', 'property="schema:datePublished" content', "datetime"])
def test_a_property_of_rdfa_and_a_datetime_near_the_heading_state_the_moment(attribute):
    assert published(f'<div><span {attribute}="2024-06-10T13:35:00+02:00"></span></div>') == "2024-06-10T11:35:00Z"


@pytest.mark.parametrize("kind", ["Review", "MediaReview", "Recipe", "JobPosting"])
def test_the_article_of_a_page_comes_before_what_it_may_hold(kind):
    script = f'[{{"@type": "{kind}", "datePublished": "2020-01-01"}}, {{"@type": "NewsArticle", "datePublished": "2024-06-17"}}]'
    assert published("", f'<script type="application/ld+json">{script}</script>') == "2024-06-17"


def test_an_attribute_with_the_last_change_or_of_another_article_states_nothing():
    other = '<div class="related"><span data-time="1718019300"></span></div>'
    assert published(f'<span data-updated-time="1718019300"></span><span data-time="95"></span>{other}') is None


@pytest.mark.parametrize(
    "line",
    [
        "Submitted by Ruth Amsel on Tue, 10/08/2013 - 14:02",
        "By Ruth Amsel on 8 October 2013",
        "Ingediend door Ruth Amsel op 8 oktober 2013",
    ],
)
def test_the_line_of_a_system_that_names_who_submitted_an_article_gives_its_author(line):
    page = f"<html><body><article><h1>Ferry carries rice before the rain</h1><p>{line}</p>{PROSE}</article></body></html>"
    assert extract_text(page, "https://harbour.example/a", today=date(2026, 11, 24)).authors == ["Ruth Amsel"]
