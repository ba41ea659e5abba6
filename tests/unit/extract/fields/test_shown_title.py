"""The title is the headline that a page shows, without what stands around it."""

from __future__ import annotations

import pytest

from worker.extract.fields.title_parts import whole_title
from worker.extract.pipeline import extract_text

PROSE = "".join(
    f"<p>The ferry across the lower river carried {number} carts of rice to the far bank before the rain, the harbour master said.</p>"
    for number in ("forty", "fifty", "sixty")
)
HEADLINE = "Ferry carries rice before the rain"


def title_of(head: str, heading: str) -> str | None:
    return extract_text(f"<html><head>{head}</head><body><div>Menu</div>{heading}{PROSE}</body></html>", "https://harbour.example/a").title


@pytest.mark.parametrize("count", ["(3) ", "(12) ", "(99+) "])
def test_the_number_of_unread_messages_is_no_part_of_a_title(count):
    assert title_of(f"<title>{count}{HEADLINE} - Harbour</title>", "") == HEADLINE


@pytest.mark.parametrize("heading", ["(500) Days of Summer on the ferry", "(2024) Rice of the year on the ferry"])
def test_a_number_that_the_headline_shows_stays(heading):
    assert title_of(f"<title>{heading}</title>", f"<h1>{heading}</h1>") == heading


@pytest.mark.parametrize("broken", ["Ferry carries<br>rice<br/>before the rain", "<span>Ferry carries</span><br>rice before the rain"])
def test_the_only_heading_is_the_title_where_nothing_else_states_one(broken):
    assert title_of("", f"<h1>{broken}</h1>") == HEADLINE


@pytest.mark.parametrize(
    "heading",
    [
        f"<span class='kicker'>Opinion</span> <span>{HEADLINE}</span>",
        f"<a href='/river'>River news</a> {HEADLINE}",
        f"<small>Exclusive:</small> {HEADLINE}",
        f"{HEADLINE} <small>What the harbour master saw on the lower river</small>",
        f"{HEADLINE}<span class='badge'>Subscribers</span>",
    ],
)
@pytest.mark.parametrize("head", [f"<title>{HEADLINE} | Harbour</title>", f'<meta property="og:title" content="{HEADLINE}">'])
def test_a_label_with_an_element_of_its_own_in_the_heading_is_no_part_of_the_title(heading, head):
    assert title_of(head, f"<h1>{heading}</h1>") == HEADLINE


@pytest.mark.parametrize(
    "label",
    [
        "<span class='visually-hidden'>Story for subscribers</span>",
        "<span style='position:absolute; clip: rect(0 0 0 0)'>Story for subscribers</span> ",
        "<i hidden>Story</i><b class='sr-only'>for subscribers</b>",
        "<svg aria-hidden='true'><title>Plus</title><path d='M8 0v16'/></svg>",
        "<span class='SR-ONLY'>Story for <b>subscribers</b></span><svg><title>Plus</title></svg>",
    ],
)
@pytest.mark.parametrize("form", ["{label}{line}", "{line} {label}", "{label}<em>Ferry</em> carries rice before the rain"])
@pytest.mark.parametrize("head", ["", f"<title>{HEADLINE} | Harbour</title>"])
def test_what_a_page_hides_in_a_heading_is_no_part_of_the_title(label, form, head):
    assert title_of(head, f"<h1>{form.format(label=label, line=HEADLINE)}</h1>") == HEADLINE


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("<font>Rice before the rain:<br>The ferry crosses<br/>another forty times</font>", None),
        ("Ferry carries forty carts,<br>Fifty more wait<br>on the far bank", None),
        ("<div>The ferry across the</div><div>Lower River carried rice</div>", None),
        ("Report:<br>Ferry carries rice before the rain", "Ferry carries rice before the rain"),
        ("Ferry carries rice before the rain<br>by Virginia Lowther", "Ferry carries rice before the rain"),
        ("Ferry carries rice before the rain.<br>Fifty carts wait on the far bank", "Ferry carries rice before the rain."),
    ],
)
def test_a_headline_goes_on_behind_a_line_break(heading, title):
    whole = " ".join(part for part in heading.replace("<", "\0<").replace(">", ">\0").split("\0") if part and part[0] != "<")
    assert title_of("<title>Harbour - Online edition</title>", f"<h1>{heading}</h1>") == (title or whole)


STATED = '<meta property="og:site_name" content="Bramholt Post"><meta property="og:title" content="{}">'
SLOGAN = "Bramholt Post – News for the valley"


@pytest.mark.parametrize("page", ["Bramholt Post", SLOGAN, ""])
@pytest.mark.parametrize("above", ["", "<h1><a href='/'>Bramholt Post</a></h1>"])
def test_a_slogan_behind_the_name_of_the_site_is_no_title(page, above):
    assert title_of(f"<title>{page}</title>{STATED.format(SLOGAN)}", f"{above}<h1>{HEADLINE}</h1>") == HEADLINE


@pytest.mark.parametrize(
    ("stated", "page", "heading"),
    [
        ("Bramholt Post – Fifty carts of salt wait", "Fifty carts of salt wait - Bramholt Post", f"<h1>{HEADLINE}</h1>"),
        ("Bramholt Post – Fifty carts of salt wait", "Bramholt Post – Fifty carts of salt wait", f"<h1>{HEADLINE}</h1>"),
        (SLOGAN, "Bramholt Post", f"<h1>{HEADLINE}</h1><h1>Ferry master retires</h1>"),
        (SLOGAN, "Bramholt Post", "<h1>Sign up for what is new in the morning</h1>"),
        ("News for the valley", "News for the valley", f"<h1>{HEADLINE}</h1>"),
    ],
)
def test_what_may_be_the_headline_of_the_page_is_no_slogan(stated, page, heading):
    title = title_of(f"<title>{page}</title>{STATED.format(stated)}", heading)
    assert title == stated.removeprefix("Bramholt Post – ")


def test_a_heading_whose_whole_text_is_hidden_below_a_picture_is_the_title():
    assert title_of("", f"<h1><img src='/a.png'><span class='sr-only'>{HEADLINE}</span></h1>") == HEADLINE


def test_emphasis_within_a_headline_stays():
    assert title_of(f"<title>{HEADLINE} - Harbour</title>", "<h1><em>Ferry</em> carries <b>rice</b> before the rain</h1>") == HEADLINE


def test_the_name_counts_where_the_stated_headline_is_a_summary():
    data = '{"@type": "Article", "name": "Ferry fatigue", "headline": "weariness of those who cross a river again and again"}'
    head = f'<title>Ferry fatigue - Lexicon</title><script type="application/ld+json">{data}</script>'
    assert title_of(head, "<h1>Ferry fatigue</h1>") == "Ferry fatigue"


def test_the_whole_heading_counts_where_the_title_element_is_cut():
    head = "<title>The Lower River - Ferry carries rice before the rain</title>"
    assert (
        title_of(head, "<h2>Ferry carries rice before the rain and carts of salt</h2>")
        == "Ferry carries rice before the rain and carts of salt"
    )


def test_a_section_of_one_word_behind_a_bar_is_no_part_of_the_title():
    assert title_of(f"<title>{HEADLINE} | Sport</title>", "") == HEADLINE


@pytest.mark.parametrize("title", ["Ferry | Rice", f"{HEADLINE} - Finally", f"{HEADLINE} | Ferry"])
def test_a_short_title_or_a_word_of_the_text_stays_whole(title):
    assert title_of(f"<title>{title}</title>", "") == title


@pytest.mark.parametrize("label", ["12 May 2025 | by Harriet Penn", "by Harriet Penn", "Updated 12 May 2025"])
def test_a_byline_or_a_date_within_the_heading_is_no_part_of_the_title(label):
    assert title_of("<title>Harbour</title>", f"<h1>{HEADLINE} <small>{label}</small></h1>") == HEADLINE


def test_a_byline_and_a_date_within_the_heading_are_read():
    heading = f"<h1>{HEADLINE} <small><span>12 May 2025</span> | by <span>Harriet Penn</span></small></h1>"
    article = extract_text(f"<title>Harbour</title><body>{heading}{PROSE}", "https://harbour.example/a")
    assert (article.title, article.authors, article.published_at) == (HEADLINE, ["Harriet Penn"], "2025-05-12")


@pytest.mark.parametrize(
    ("heading", "head", "title"),
    [
        ("« La barque avant la pluie »", "", "« La barque avant la pluie »"),
        ("\u201cFerry carries rice before the rain\u201d", "Ferry carries rice before the rain", HEADLINE),
        ("\u201cFerry carries rice before the rain", "Ferry carries rice before the rain", HEADLINE),
        ("Ferry carries rice before \u201cthe rain\u201d", "", "Ferry carries rice before \u201cthe rain\u201d"),
        ("\u201cFerry\u201d carries rice before \u201crain\u201d", "", "\u201cFerry\u201d carries rice before \u201crain\u201d"),
    ],
)
def test_quotation_marks_go_only_where_they_are_around_all_of_a_heading(heading, head, title):
    assert title_of(f"<title>{head or heading} | Harbour News</title>", f"<h1>{heading}</h1>") == title


LONG = "Regional ferry to keep carrying its rice until a new contract with three neighbouring districts has been signed and paid for"


@pytest.mark.parametrize("cut", [f"{LONG[:100]}...", f"{LONG[:100]}…", LONG[:100], LONG[: LONG.index(" with three")]])
def test_a_headline_that_a_system_cut_is_taken_whole(cut):
    assert title_of(f'<title>{LONG} - Harbour</title><meta property="og:title" content="{cut}">', f"<h1>{LONG}</h1>") == LONG


@pytest.mark.parametrize("rest", [": What it means for the districts", " – an answer", " What it means for the districts"])
def test_a_subtitle_is_not_the_rest_of_a_headline(rest):
    stated = "Regional ferry to keep carrying its rice until a new contract is signed"
    assert whole_title(stated, [stated + rest]) == stated


@pytest.mark.parametrize("site", ['<meta property="og:site_name" content="The Lower River Harbour News">', ""])
def test_the_name_of_the_site_as_stated_title_gives_way_to_the_heading(site):
    name = "The Lower River Harbour News"
    head = f'<title>{name}</title><meta property="og:title" content="{name}">{site}'
    heading = "Troisième nuit de gel : les abricots de la vallée perdus"
    text = "<p>Troisième nuit de gel dans la vallée : les abricots sont perdus, disent les arboriculteurs qui ont veillé.</p>" * 3
    page = f"<html><head>{head}</head><body><h1>{heading}</h1>{text}</body></html>"
    assert extract_text(page, "https://presse.example/a").title == heading


def test_the_headline_counts_that_is_in_the_language_of_the_text():
    head = (
        '<title>Keepers return to Port-Maren | Maren</title><meta property="og:title" content="Keepers return to Port-Maren after years">'
    )
    heading = "Deux gardiens reprennent le phare de Port-Maren"
    text = "<p>À Port-Maren, deux gardiens reprennent le phare après trente ans, et la commune paie leur chauffage.</p>" * 3
    page = f"<html><head>{head}</head><body><h1>{heading}</h1>{text}</body></html>"
    assert extract_text(page, "https://presse.example/a").title == heading


def test_a_slogan_below_the_sites_name_is_not_the_title():
    page = f"""<title>The Harbour Gazette | Serving the river since 1871</title><body><h1>The Harbour Gazette</h1>
        <h2>Serving the river since 1871</h2><div>Menu</div><h3>{HEADLINE}</h3>{PROSE}"""
    assert extract_text(page, "https://harbourgazette.example/a").title == HEADLINE


def test_the_heading_of_a_section_is_not_the_title():
    page = f"""<title>{HEADLINE} | Letters to the editor | Harbour</title><body><h1>Letters to the editor</h1>
        <p>Write to us, 4 Mill Lane.</p><h2>{HEADLINE}</h2>{PROSE}"""
    assert extract_text(page, "https://harbour.example/a").title == HEADLINE


def test_a_heading_that_goes_on_after_a_stated_quotation_is_the_title():
    whole = "‘Who owns the rice?’ – questions to the harbour master"
    head = f'<title>{whole} - Harbour</title><meta name="twitter:title" content="‘Who owns the rice?’">'
    assert title_of(head, f"<h1>{whole}</h1><h3>Who owns the rice?</h3>") == whole
